using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Workflows;

/// <summary>What people asked of a run and has not been stepped yet, in order: the JSON of <see cref="Run.Pending"/>.</summary>
internal static class PendingEvents
{
    private sealed record Line(string Verb, string? Execution = null, string? Text = null)
    {
        public IReadOnlyDictionary<string, JsonNode?>? Inputs { get; init; }
        public IReadOnlyDictionary<string, JsonNode?>? Variables { get; init; }
        public string? Why { get; init; }
    }

    public static string Append(string? pending, params IEnumerable<RunEvent> events) =>
        JsonSerializer.Serialize(Lines(pending).Concat(events.Select(Write)), RunJson.Options);

    public static IReadOnlyList<RunEvent> Read(string? pending) => [.. Lines(pending).Select(Read)];

    private static List<Line> Lines(string? pending) =>
        pending is null ? [] : JsonSerializer.Deserialize<List<Line>>(pending, RunJson.Options)!;

    private static Line Write(RunEvent happened) =>
        happened switch
        {
            RunEvent.Retried retry => new("retry", retry.Execution)
            {
                Inputs = retry.Inputs,
                Variables = retry.Variables,
                Why = retry.Why,
            },
            RunEvent.Skipped skip => new("skip", skip.Execution, skip.Outcome) { Why = skip.Why },
            RunEvent.Cancelled cancel => new(cancel.Compensate ? "undo" : "cancel", Text: cancel.Reason),
            RunEvent.Migrated => new("migrated"),
            _ => throw new ArgumentException($"{happened.GetType().Name} is no verb of a person.", nameof(happened)),
        };

    private static RunEvent Read(Line line) =>
        line.Verb switch
        {
            "retry" => new RunEvent.Retried(line.Execution!)
            {
                Inputs = line.Inputs,
                Variables = line.Variables,
                Why = line.Why,
            },
            "skip" => new RunEvent.Skipped(line.Execution!, line.Text!) { Why = line.Why },
            "cancel" => new RunEvent.Cancelled(line.Text!),
            "undo" => new RunEvent.Cancelled(line.Text!, Compensate: true),
            "migrated" => new RunEvent.Migrated(),
            _ => throw new InvalidOperationException($"Unknown verb '{line.Verb}' in a pending event."),
        };
}
