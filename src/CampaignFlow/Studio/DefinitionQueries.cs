using System.Globalization;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>Drafts and versions under the names and numbers by which the designer asks for them.</summary>
internal sealed class DefinitionQueries(CampaignFlowDb db)
{
    public const string DraftPrefix = "draft:";

    /// <param name="which">Elsa's version options: Latest (the draft, if there is one), Published, Draft, LatestOrPublished, or a number.</param>
    public async Task<StoredDefinition?> FindAsync(string id, string? which, CancellationToken cancellationToken)
    {
        var all = await AllAsync([id], cancellationToken);
        return which switch
        {
            null or "" or "Latest" or "LatestOrPublished" => all.FirstOrDefault(d => d.IsLatest),
            "Draft" => all.FirstOrDefault(d => d.Revision is not null),
            "Published" or "PublishedOrLatest" => all.FirstOrDefault(d => d.IsPublished),
            _ => int.TryParse(which, CultureInfo.InvariantCulture, out var number) ? all.FirstOrDefault(d => d.Version == number) : null,
        };
    }

    /// <param name="versionId">A version's id, or <c>draft:ID</c>.</param>
    public async Task<StoredDefinition?> FindVersionAsync(string versionId, CancellationToken cancellationToken)
    {
        if (versionId.StartsWith(DraftPrefix, StringComparison.Ordinal))
            return await FindAsync(versionId[DraftPrefix.Length..], "Draft", cancellationToken);
        if (!Guid.TryParse(versionId, out var guid))
            return null;
        var id = await db.WorkflowVersions.Where(v => v.Id == guid).Select(v => v.DefinitionId).SingleOrDefaultAsync(cancellationToken);
        return id is null ? null : (await AllAsync([id], cancellationToken)).FirstOrDefault(d => d.VersionId == versionId);
    }

    /// <summary>Newest first within each definition: the draft, then its versions.</summary>
    /// <param name="ids">Empty: every definition.</param>
    public async Task<IReadOnlyList<StoredDefinition>> AllAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var versions = await db
            .WorkflowVersions.AsNoTracking()
            .Where(v => ids.Count == 0 || ids.Contains(v.DefinitionId))
            .OrderBy(v => v.DefinitionId)
            .ThenByDescending(v => v.Version)
            .ToListAsync(cancellationToken);
        var drafts = await db
            .WorkflowDrafts.AsNoTracking()
            .Where(d => ids.Count == 0 || ids.Contains(d.DefinitionId))
            .ToDictionaryAsync(d => d.DefinitionId, StringComparer.Ordinal, cancellationToken);
        return
        [
            .. versions
                .Select(v => v.DefinitionId)
                .Union(drafts.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .SelectMany(id => Of(drafts.GetValueOrDefault(id), versions.Where(v => v.DefinitionId == id))),
        ];
    }

    public static StoredDefinition Of(WorkflowDraft draft, int newest) =>
        new(
            draft.DefinitionId,
            DraftPrefix + draft.DefinitionId,
            draft.Name,
            newest + 1,
            IsLatest: true,
            IsPublished: false,
            draft.At,
            draft.Json,
            draft.Revision
        );

    private static IEnumerable<StoredDefinition> Of(WorkflowDraft? draft, IEnumerable<WorkflowVersion> versions)
    {
        // What a changed file offers is for people to take over first: nobody goes on from it unasked.
        var newest = versions.FirstOrDefault(v => v.MadeBy is not null || v.PublishedAt is not null) ?? versions.FirstOrDefault();
        var inForce = versions.FirstOrDefault(v => v.Published);
        if (draft is not null)
            yield return Of(draft, versions.Select(v => v.Version).DefaultIfEmpty().Max());
        foreach (var version in versions)
            yield return new(
                version.DefinitionId,
                version.Id.ToString(),
                version.Name,
                version.Version,
                version == newest && draft is null,
                version == inForce,
                version.CreatedAt,
                version.Json,
                null
            );
    }
}
