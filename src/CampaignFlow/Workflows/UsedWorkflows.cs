using System.Text.Json;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>
/// Workflows used as activities. Which version is meant is decided once, when the using version is stored, and kept with it: a
/// later version of the used workflow changes no run and no published definition.
/// </summary>
internal static class UsedWorkflows
{
    /// <summary>As deep as the reader goes; pins cannot go in circles, but a table may be mended by hand.</summary>
    private const int Deepest = 11;

    private sealed record Pin(string DefinitionId, string? VersionId, int? Version, Guid Id)
    {
        public WorkflowUse Use => new(DefinitionId, VersionId, Version);
    }

    /// <returns>JSON for <see cref="WorkflowVersion.Uses"/>; null when the document uses none.</returns>
    public static async Task<string?> PinAsync(CampaignFlowDb db, string json, CancellationToken cancellationToken)
    {
        var pins = await FindAsync(db, json, cancellationToken);
        return pins.Count == 0 ? null : JsonSerializer.Serialize(pins, RunJson.Options);
    }

    /// <summary>What the version was published with.</summary>
    public static async Task<Func<WorkflowUse, UsedWorkflow?>> PinnedAsync(
        CampaignFlowDb db,
        WorkflowVersion version,
        CancellationToken cancellationToken
    ) => await ReadAsync(db, Pins(version), 0, cancellationToken);

    /// <summary>What the document would use if it were published now.</summary>
    public static async Task<Func<WorkflowUse, UsedWorkflow?>> NewestAsync(
        CampaignFlowDb db,
        string json,
        CancellationToken cancellationToken
    ) => await ReadAsync(db, await FindAsync(db, json, cancellationToken), 0, cancellationToken);

    /// <summary>Files that lie together: for what is not stored yet.</summary>
    public static UsedWorkflow? InFolder(IReadOnlyDictionary<string, string> texts, WorkflowUse use) =>
        texts.TryGetValue(use.DefinitionId, out var text)
            ? new(use.DefinitionId + ".json", text) { Uses = inner => InFolder(texts, inner) }
            : null;

    /// <summary>Names of the files, each after those it uses; a circle begins anywhere.</summary>
    public static IReadOnlyList<string> UsedFirst(IReadOnlyDictionary<string, string> texts)
    {
        var order = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in texts.Keys.Order(StringComparer.Ordinal))
            Visit(name);
        return order;

        void Visit(string name)
        {
            if (!seen.Add(name))
                return;
            foreach (var use in WorkflowJson.Uses(texts[name]).Where(u => texts.ContainsKey(u.DefinitionId)))
                Visit(use.DefinitionId);
            order.Add(name);
        }
    }

    // The version that the document names, where it is one of ours; else the newest that is published.
    private static async Task<List<Pin>> FindAsync(CampaignFlowDb db, string json, CancellationToken cancellationToken)
    {
        var pins = new List<Pin>();
        foreach (var use in WorkflowJson.Uses(json))
        {
            Guid? id = Guid.TryParse(use.VersionId, out var named) ? named : null;
            var found = await db
                .WorkflowVersions.AsNoTracking()
                .Where(v => v.DefinitionId == use.DefinitionId && (v.Published || v.Id == id))
                .OrderByDescending(v => v.Id == id)
                .ThenByDescending(v => v.Version == use.Version)
                .ThenByDescending(v => v.Version)
                .Select(v => (Guid?)v.Id)
                .FirstOrDefaultAsync(cancellationToken);
            if (found is { } version)
                pins.Add(new(use.DefinitionId, use.VersionId, use.Version, version));
        }
        return pins;
    }

    private static async Task<Func<WorkflowUse, UsedWorkflow?>> ReadAsync(
        CampaignFlowDb db,
        IReadOnlyList<Pin> pins,
        int depth,
        CancellationToken cancellationToken
    )
    {
        var used = new Dictionary<WorkflowUse, UsedWorkflow>();
        foreach (var pin in pins.Where(_ => depth <= Deepest))
        {
            if (await db.WorkflowVersions.AsNoTracking().SingleOrDefaultAsync(v => v.Id == pin.Id, cancellationToken) is { } version)
                used[pin.Use] = new(version.DefinitionId + ".json", version.Json)
                {
                    Uses = await ReadAsync(db, Pins(version), depth + 1, cancellationToken),
                };
        }
        return used.GetValueOrDefault;
    }

    private static List<Pin> Pins(WorkflowVersion version) =>
        version.Uses is null ? [] : JsonSerializer.Deserialize<List<Pin>>(version.Uses, RunJson.Options)!;
}
