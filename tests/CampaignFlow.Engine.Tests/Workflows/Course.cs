using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Tests.Workflows;

/// <summary>One run step by step, stored and reloaded after every one of them.</summary>
internal sealed class Course
{
    private WorkflowDefinition _definition;
    private readonly List<JournalEntry> _journal = [];
    private readonly List<RunCommand.Execute> _calls = [];

    internal Course(WorkflowDefinition definition) => _definition = definition;

    internal RunState State { get; private set; } = new() { Key = "campaign:1" };
    internal DateTimeOffset Now { get; private set; } = Sample.Now;
    internal IReadOnlyList<JournalEntry> Journal => _journal;

    /// <summary>Calls that have no answer yet.</summary>
    internal IReadOnlyList<RunCommand.Execute> Calls => _calls;

    internal static Course Of(string activities, string connections = "") =>
        new(
            Sample.Parse(
                "{\"root\":{\"id\":\"f\",\"type\":\"Elsa.Flowchart\",\"activities\":["
                    + activities
                    + "],\"connections\":["
                    + connections
                    + "]}}"
            )
        );

    /// <param name="custom">Its customProperties, in single quotes.</param>
    internal static string Review(string id, string custom = "", string who = "\"Li\"") =>
        $"{{\"id\":\"{id}\",\"type\":\"Test.Review\",\"who\":{who},\"customProperties\":{Json(custom)}}}";

    internal static string Json(string custom) => "{" + custom.Replace('\'', '"') + "}";

    /// <summary><c>a.Done>b</c>.</summary>
    internal static string Lines(params string[] lines) =>
        string.Join(
            ',',
            lines
                .Select(l => l.Split('.', '>'))
                .Select(p => $"{{\"source\":{{\"activity\":\"{p[0]}\",\"port\":\"{p[1]}\"}},\"target\":{{\"activity\":\"{p[2]}\"}}}}")
        );

    internal Course Start()
    {
        Take(new RunEvent.Started(new Dictionary<string, JsonNode?>(StringComparer.Ordinal)));
        return this;
    }

    /// <summary>The run was migrated.</summary>
    internal void GoOnWith(WorkflowDefinition other, RunState state)
    {
        (_definition, State) = (other, Reloaded(state));
        Take(new RunEvent.Migrated());
    }

    internal void Take(RunEvent happened)
    {
        var step = Stepper.Step(_definition, State, happened, Now);
        State = Reloaded(step.State);
        _journal.AddRange(step.Commands.OfType<RunCommand.Journal>().Select(j => j.Entry));
        _calls.AddRange(step.Commands.OfType<RunCommand.Execute>());
    }

    /// <summary>The only open call is answered.</summary>
    internal RunCommand.Execute Answer(Func<RunCommand.Execute, RunEvent> answer)
    {
        var call = Assert.Single(_calls);
        _calls.Clear();
        Take(answer(call));
        return call;
    }

    internal RunCommand.Execute Done(string outcome = "Approved", string by = "Li") =>
        Answer(c => new RunEvent.Completed(
            c.Execution,
            [outcome],
            new Dictionary<string, JsonNode?>(StringComparer.Ordinal) { ["By"] = by }
        ));

    internal RunCommand.Execute Fails(string error = "The server is away.") => Answer(c => new RunEvent.Failed(c.Execution, error));

    internal void Waits(DateTimeOffset? due = null) =>
        Answer(c => new RunEvent.Waits(c.Execution, [new("task-" + c.Execution, "task", "7", due)]));

    internal Bookmark? Next() => State.Executions.SelectMany(e => e.Bookmarks).Where(b => b.DueAt is not null).MinBy(b => b.DueAt);

    /// <summary>The clock goes to the next due time, and what is due happens.</summary>
    internal Bookmark Pass()
    {
        var next = Next()!;
        Now = next.DueAt!.Value;
        Take(new RunEvent.Resumed(next.Id, null));
        return next;
    }

    internal Execution Faulted() => Assert.Single(State.Executions, e => e.Status == ExecutionStatus.Faulted);

    internal string Told(params string[] whats) =>
        string.Join(" ", _journal.Where(j => whats.Contains(j.What, StringComparer.Ordinal)).Select(j => $"{j.What}:{j.Activity}"));

    internal static RunState Reloaded(RunState state) =>
        JsonSerializer.Deserialize<RunState>(JsonSerializer.Serialize(state, RunJson.Options), RunJson.Options)!;
}
