using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>Makes a new version with the text of an older one and publishes it, by the same rules as any other.</summary>
public sealed class RevertTo(CampaignFlowDb db, SaveDraft save, PublishVersion publish)
{
    /// <returns>Number of the new version, and what came of its publication.</returns>
    public async Task<(int? Version, Publication Publication)> HandleAsync(
        string definitionId,
        int number,
        Author by,
        CancellationToken cancellationToken
    )
    {
        var versions = db.WorkflowVersions.AsNoTracking().Where(v => v.DefinitionId == definitionId);
        if (await versions.SingleOrDefaultAsync(v => v.Version == number, cancellationToken) is not { } old)
            return (null, new Publication.Refused(VersionWords.Unknown(definitionId, number)));
        if (
            await versions.FirstOrDefaultAsync(v => v.Hash == old.Hash && (v.Published || v.AskedAt != null), cancellationToken) is { } same
        )
            return (
                null,
                new Publication.Refused(
                    new(
                        $"Version {same.Version} says the same already and is {VersionWords.Of(VersionWords.StateOf(same)).Text.En}.",
                        $"第 {same.Version} 版内容相同，状态为“{VersionWords.Of(VersionWords.StateOf(same)).Text.Zh}”。"
                    )
                )
            );
        var (version, problems) = await save.HandleAsync(definitionId, old.Json, by, number, cancellationToken);
        return version is null
            ? (null, new Publication.Refused(Phrase.Join(problems.Select(p => p.Text))))
            : (version, await publish.HandleAsync(definitionId, version.Value, by, cancellationToken));
    }
}
