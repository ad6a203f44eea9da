using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>
/// Takes a version out of use: the definition starts no new runs until another version is published; running ones go on. A publication
/// that waits for its second person is withdrawn by it.
/// </summary>
public sealed class RetractVersion(CampaignFlowDb db, TimeProvider clock)
{
    /// <returns>Null when it is done, else why not.</returns>
    public async Task<Phrase?> HandleAsync(string definitionId, int number, Author by, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await VersionWords.TakeTurnsAsync(db, definitionId, cancellationToken);
        var now = clock.GetUtcNow();
        var retracted = await db
            .WorkflowVersions.Where(v => v.DefinitionId == definitionId && v.Version == number && (v.Published || v.AskedAt != null))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(v => v.Published, false)
                        .SetProperty(v => v.AskedAt, (DateTimeOffset?)null)
                        .SetProperty(v => v.RetractedAt, now)
                        .SetProperty(v => v.RetractedBy, by.Name),
                cancellationToken
            );
        if (retracted != 1)
            return await db.WorkflowVersions.AnyAsync(v => v.DefinitionId == definitionId && v.Version == number, cancellationToken)
                ? new Phrase($"Version {number} is not in use.", $"第 {number} 版未在使用中。")
                : VersionWords.Unknown(definitionId, number);
        db.Note(null, now, by.Name, new($"Retracted {definitionId} version {number}.", $"撤回了 {definitionId} 第 {number} 版。"));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }
}
