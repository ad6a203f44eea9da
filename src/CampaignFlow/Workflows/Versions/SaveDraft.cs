using System.Security.Cryptography;
using System.Text;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>Stores a definition as a new version that nobody runs yet; every saving is kept.</summary>
public sealed class SaveDraft(CampaignFlowDb db, ActivityCatalogue catalogue, TimeProvider clock)
{
    /// <param name="revertOf">The version whose text it is.</param>
    /// <returns>The number of the version, or what is wrong with the text.</returns>
    public async Task<(int? Version, IReadOnlyList<Problem> Problems)> HandleAsync(
        string definitionId,
        string json,
        Author by,
        int? revertOf,
        CancellationToken cancellationToken
    )
    {
        var used = await UsedWorkflows.NewestAsync(db, json, cancellationToken);
        var (definition, problems) = WorkflowJson.Parse(json, definitionId + ".json", catalogue.Product, used);
        if (definition is null)
            return (null, problems);
        var last = await db.WorkflowVersions.Where(v => v.DefinitionId == definitionId).MaxAsync(v => (int?)v.Version, cancellationToken);
        var draft = new WorkflowVersion
        {
            DefinitionId = definitionId,
            Version = (last ?? 0) + 1,
            Name = definition.Name,
            Json = json,
            Hash = HashOf(json),
            CreatedAt = clock.GetUtcNow(),
            MadeBy = by.Name,
            RevertOf = revertOf,
            Uses = await UsedWorkflows.PinAsync(db, json, cancellationToken),
        };
        db.WorkflowVersions.Add(draft);
        await db.SaveChangesAsync(cancellationToken);
        return (draft.Version, []);
    }

    internal static string HashOf(string json) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json)));
}
