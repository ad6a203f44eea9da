using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>Makes a version of a draft and asks for its publication; the rules of publishing are those of every version.</summary>
internal sealed class PublishDraft(CampaignFlowDb db, DraftChecks checks, SaveDraft save, PublishVersion publish)
{
    /// <param name="askOnly">The person may not publish: a second one always has to agree.</param>
    /// <returns>The version, and what came of its publication; problems when the draft is not yet a workflow that can run.</returns>
    public async Task<(int? Version, Publication? Publication, IReadOnlyList<Problem> Problems)> HandleAsync(
        string id,
        Author by,
        bool askOnly,
        CancellationToken cancellationToken
    )
    {
        var draft = await db.WorkflowDrafts.AsNoTracking().SingleOrDefaultAsync(d => d.DefinitionId == id, cancellationToken);
        var (version, problems) = draft is null
            ? (await NewestAsync(id, cancellationToken), [])
            : await VersionOfAsync(draft, by, cancellationToken);
        if (version is null)
            return (null, null, problems);
        var publication = await publish.HandleAsync(id, version.Value, by, cancellationToken, askOnly);
        // Refused, it stays a draft that can be mended; the version made of it is one that nobody uses.
        if (draft is not null && publication is not Publication.Refused)
            await db.WorkflowDrafts.Where(d => d.DefinitionId == id && d.Revision == draft.Revision).ExecuteDeleteAsync(cancellationToken);
        return (version, publication, []);
    }

    private Task<int?> NewestAsync(string id, CancellationToken cancellationToken) =>
        db
            .WorkflowVersions.Where(v => v.DefinitionId == id)
            .NewestFirst()
            .Select(v => (int?)v.Version)
            .FirstOrDefaultAsync(cancellationToken);

    // Asking again with the same text is the same version.
    private async Task<(int? Version, IReadOnlyList<Problem> Problems)> VersionOfAsync(
        WorkflowDraft draft,
        Author by,
        CancellationToken cancellationToken
    )
    {
        var newest = await db
            .WorkflowVersions.AsNoTracking()
            .Where(v => v.DefinitionId == draft.DefinitionId)
            .NewestFirst()
            .FirstOrDefaultAsync(cancellationToken);
        if (newest?.Json == draft.Json && !newest.Published)
            return (newest.Version, []);
        var errors = await checks.ErrorsAsync(draft.DefinitionId, draft.Json, cancellationToken);
        if (errors.Count > 0)
            return (null, errors);
        return await save.HandleAsync(draft.DefinitionId, draft.Json, by, null, cancellationToken);
    }
}
