using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>How far a run has come in its own version.</summary>
/// <param name="At">Activities at work, waiting or failed; no container that only waits for them.</param>
/// <param name="Arrived">Sources of tokens: finished, and their branch waits for others.</param>
/// <param name="Past">Everything that lies behind these, finished or left aside.</param>
internal sealed record Standing(IReadOnlyList<string> At, IReadOnlyList<string> Arrived, IReadOnlySet<string> Past)
{
    internal static Standing Of(RunState state, WorkflowDefinition definition, Layout layout)
    {
        var parents = state.Executions.Select(e => e.Parent).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var at = state.Executions.Where(e => !parents.Contains(e.Id)).Select(e => e.Activity).Distinct(StringComparer.Ordinal).ToList();
        var arrived = state
            .Executions.Where(e => e.Memory is not null && definition.Activities[e.Activity].Graph is not null)
            .SelectMany(e => Tokens.Of(e.Memory!).Connections.Select(c => definition.Activities[e.Activity].Graph!.Connections[c].Source))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var past = at.Concat(arrived).SelectMany(layout.Behind).ToHashSet(StringComparer.Ordinal);
        foreach (var source in arrived)
            past.UnionWith(Layout.Within(definition.Activities[source]).Select(a => a.Id));
        // What a loop has brought the run back to is not behind it.
        past.ExceptWith(at);
        return new(at, arrived, past);
    }
}
