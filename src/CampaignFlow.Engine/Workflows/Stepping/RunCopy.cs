using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Workflows.Stepping;

/// <summary>
/// A copy that can be changed without touching the original. JSON values are shared: the stepper replaces them and never changes
/// them in place.
/// </summary>
internal static class RunCopy
{
    internal static RunState Of(RunState state) =>
        state with
        {
            Executions = [.. state.Executions.Select(e => e with { Bookmarks = [.. e.Bookmarks] })],
            Queue = [.. state.Queue],
            Compensable = state.Compensable is null ? null : [.. state.Compensable],
            Input = Copy(state.Input),
            Variables = Copy(state.Variables),
            Outputs = Copy(state.Outputs),
            Output = Copy(state.Output),
        };

    private static Dictionary<string, JsonNode?> Copy(Dictionary<string, JsonNode?> values) => new(values, StringComparer.Ordinal);

    private static Dictionary<string, Dictionary<string, JsonNode?>> Copy(Dictionary<string, Dictionary<string, JsonNode?>> scopes) =>
        scopes.ToDictionary(scope => scope.Key, scope => Copy(scope.Value), StringComparer.Ordinal);
}
