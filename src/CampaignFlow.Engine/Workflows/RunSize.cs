using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows;

/// <summary>How much a run may remember, measured as characters of JSON: a run that outgrows it stops as an incident and is not stored.</summary>
public static class RunSize
{
    /// <summary>Of one variable or output.</summary>
    public const int LargestValue = 1024 * 1024;

    /// <summary>Of the whole state.</summary>
    public const int LargestState = 4 * 1024 * 1024;

    /// <returns>A sentence that names the largest part; null when the state is small enough.</returns>
    public static string? TooLarge(RunState state, WorkflowDefinition definition)
    {
        var parts = Parts(state, definition).ToList();
        var total = parts.Sum(p => p.Size);
        return total <= LargestState ? null : Sentence(parts, total);
    }

    /// <summary>The sentence for a state that is known to be too large.</summary>
    /// <param name="stored">Characters of its JSON.</param>
    public static string Refusal(RunState state, WorkflowDefinition definition, long stored) =>
        Sentence([.. Parts(state, definition)], stored);

    internal static long Of(JsonNode? node) =>
        node switch
        {
            null => 4,
            JsonObject map => 2 + map.Sum(p => p.Key.Length + 4 + Of(p.Value)),
            JsonArray list => 2 + list.Sum(item => 1 + Of(item)),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => 2 + value.ToString().Length,
            _ => 8,
        };

    internal static string Text(long characters) =>
        characters >= 1024 * 1024
            ? (characters / 1024.0 / 1024).ToString("0.#", CultureInfo.InvariantCulture) + " MB"
            : (characters / 1024).ToString(CultureInfo.InvariantCulture) + " KB";

    private static string Sentence(List<(string What, long Size)> parts, long total)
    {
        var (what, size) = parts.MaxBy(p => p.Size);
        return $"The run would remember {Text(total)}, at most {Text(LargestState)} are kept. Most of it is {what} with {Text(size)}: store less in it.";
    }

    private static IEnumerable<(string What, long Size)> Parts(RunState state, WorkflowDefinition definition)
    {
        string Name(string activity) => definition.Activities.TryGetValue(activity, out var found) ? found.Name : activity;
        var all = state
            .Variables.SelectMany(scope => scope.Value.Select(v => ($"variable '{v.Key}'", Of(v.Value))))
            .Concat(state.Outputs.SelectMany(a => a.Value.Select(o => ($"output '{o.Key}' of '{Name(a.Key)}'", Of(o.Value)))))
            .Concat(state.Input.Select(i => ($"input '{i.Key}'", Of(i.Value))))
            .Concat(state.Output.Select(o => ($"output '{o.Key}' of the workflow", Of(o.Value))))
            .Concat(
                (state.Compensable ?? []).Select(c =>
                    ($"what is kept for undoing '{Name(c.Activity)}'", Sum(c.Inputs) + Sum(c.Outputs) + Sum(c.Scope))
                )
            )
            .Concat(state.Executions.Select(e => ($"the memory of '{Name(e.Activity)}'", e.Memory is null ? 0 : Of(e.Memory))));
        return [("the run itself", 100L * state.Executions.Count), .. all];
    }

    private static long Sum(Dictionary<string, JsonNode?>? values) => values?.Sum(v => Of(v.Value)) ?? 0;
}
