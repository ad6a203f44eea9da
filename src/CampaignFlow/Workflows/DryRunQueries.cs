using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>Checks and dry runs of what is published. Both only read.</summary>
public sealed class DryRunQueries(CampaignFlowDb db, WorkflowQueries workflows, DefinitionChecks checks)
{
    private const int MostOthers = 20;

    /// <summary>What the checks find in a stored version, against what is published now.</summary>
    public async Task<IReadOnlyList<Problem>> CheckAsync(WorkflowDefinition definition, CancellationToken cancellationToken) =>
        checks.Check(definition, await db.WorkflowVersions.Select(v => v.DefinitionId).Distinct().ToListAsync(cancellationToken));

    public async Task<DryRunRequest> RequestAsync(
        WorkflowDefinition definition,
        DryRunForm form,
        TimeZoneInfo zone,
        CancellationToken cancellationToken
    )
    {
        var others = await OthersAsync(definition, cancellationToken);
        return new()
        {
            Start = form.Start,
            Inputs = form.Values(zone),
            Choices = form.Choices,
            NextEvent = checks.NextEvent,
            Others = id => others.GetValueOrDefault(id),
        };
    }

    /// <summary>How the steps stand at the end, for the drawing.</summary>
    public static IReadOnlyDictionary<string, StepState> States(DryRunResult result)
    {
        var states = result
            .Steps.Where(s => s.Within is null && s.EndedAt is not null && !s.Withdrawn)
            .Select(s => s.Activity.Id)
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(id => id, _ => StepState.Done, StringComparer.Ordinal);
        foreach (var stuck in result.Stuck)
            states[stuck.Activity.Id] = result.Status == RunStatus.Faulted ? StepState.Failed : StepState.Waiting;
        return states;
    }

    // Those that are executed on the way, and those that they execute.
    private async Task<Dictionary<string, WorkflowDefinition>> OthersAsync(
        WorkflowDefinition definition,
        CancellationToken cancellationToken
    )
    {
        var found = new Dictionary<string, WorkflowDefinition>(StringComparer.Ordinal);
        var open = new Queue<WorkflowDefinition>([definition]);
        while (found.Count < MostOthers && open.TryDequeue(out var next))
            foreach (var id in Executed(next).Where(id => !found.ContainsKey(id)))
            {
                var version = await db
                    .WorkflowVersions.Where(v => v.DefinitionId == id && v.Published)
                    .OrderByDescending(v => v.Version)
                    .Select(v => (Guid?)v.Id)
                    .FirstOrDefaultAsync(cancellationToken);
                if (version is { } known && await workflows.ReadAsync(known, cancellationToken) is { } other)
                {
                    found[id] = other;
                    open.Enqueue(other);
                }
            }
        return found;
    }

    private static IEnumerable<string> Executed(WorkflowDefinition definition) =>
        definition
            .Activities.Values.Select(a => a.Inputs.GetValueOrDefault("WorkflowDefinitionId"))
            .Where(i => i is { IsConstant: true, Value: not null })
            .Select(i => i!.Value!.ToString())
            .Distinct(StringComparer.Ordinal)
            .ToList();
}
