using System.Collections.Concurrent;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>What a definition may use: the stepper's own activities and those the slices registered as <see cref="IActivity"/>.</summary>
public sealed class ActivityCatalogue(IServiceScopeFactory scopes)
{
    private readonly Lazy<IReadOnlyList<ActivityType>> product = new(() =>
    {
        using var scope = scopes.CreateScope();
        return [.. scope.ServiceProvider.GetServices<IActivity>().Select(a => a.Type).OrderBy(t => t.Type, StringComparer.Ordinal)];
    });

    public IReadOnlyList<ActivityType> Product => product.Value;
    public IReadOnlyList<ActivityType> All => [.. BuiltInActivities.All.Concat(Product).DistinctBy(t => t.Type, StringComparer.Ordinal)];
}

/// <summary>Stored versions, each parsed once: a version never changes.</summary>
public sealed class DefinitionCache(ActivityCatalogue catalogue)
{
    private readonly ConcurrentDictionary<Guid, WorkflowDefinition> parsed = [];

    /// <summary>The version, if it was asked for before.</summary>
    public WorkflowDefinition? Find(Guid version) => parsed.GetValueOrDefault(version);

    /// <exception cref="InvalidOperationException">The version is not there, or it uses what this program no longer has.</exception>
    public async Task<WorkflowDefinition> GetAsync(CampaignFlowDb db, Guid version, CancellationToken cancellationToken)
    {
        if (parsed.TryGetValue(version, out var known))
            return known;
        var stored =
            await db.WorkflowVersions.AsNoTracking().SingleOrDefaultAsync(v => v.Id == version, cancellationToken)
            ?? throw new InvalidOperationException($"The version {version} of its workflow is not stored.");
        var used = await UsedWorkflows.PinnedAsync(db, stored, cancellationToken);
        var (definition, problems) = WorkflowJson.Parse(stored.Json, stored.DefinitionId + ".json", catalogue.Product, used);
        if (definition is null)
            throw new InvalidOperationException(
                $"Version {stored.Version} of '{stored.DefinitionId}' cannot be read any more: {string.Join("; ", problems)}"
            );
        return parsed.GetOrAdd(version, definition);
    }
}
