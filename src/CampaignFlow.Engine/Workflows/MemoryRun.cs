using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows;

/// <param name="Output">Lines of WriteLine.</param>
/// <param name="Waiting">What a suspended run waits for, a sentence for each bookmark.</param>
public sealed record MemoryRunResult(
    RunStatus Status,
    IReadOnlyList<string> Output,
    IReadOnlyList<JournalEntry> Journal,
    IReadOnlyList<string> Waiting,
    RunState State
);

/// <summary>
/// Runs a definition to its end without a host, on a clock that jumps to the next due time. Product activities are answered by
/// <paramref name="answer"/>; without one (or when it answers null) they complete with their first outcome, journalled as simulated.
/// </summary>
public sealed class MemoryRun(WorkflowDefinition definition, Func<RunCommand.Execute, DateTimeOffset, RunEvent?>? answer = null)
{
    /// <summary>Bursts after which a run that keeps waking itself is left suspended.</summary>
    public const int MostBursts = 10_000;

    private readonly List<string> _output = [];
    private readonly List<JournalEntry> _journal = [];
    private readonly Queue<RunEvent> _events = new();
    private RunState _state = new();
    private DateTimeOffset _now;
    private int _bursts;

    /// <summary>Called with every state on the way; what it answers is continued with. For tests that store and reload.</summary>
    public Func<RunState, RunState>? Reload { get; init; }

    /// <summary>What starts the run by itself; null: somebody does.</summary>
    public RunTrigger? Trigger { get; init; }

    /// <summary>The clock does not jump beyond this; null: as far as the timers go.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Timers after which a run that keeps waking itself is left suspended.</summary>
    public int MostTimers { get; init; } = MostBursts;

    public MemoryRunResult Start(IReadOnlyDictionary<string, JsonNode?> input, DateTimeOffset now)
    {
        _now = now.ToUniversalTime();
        _state.Trigger = Trigger;
        Take(new RunEvent.Started(input));
        while (_state.Status is RunStatus.Running or RunStatus.Suspended && _bursts < MostBursts && NextTimer() is { } due)
        {
            _now = due.DueAt!.Value > _now ? due.DueAt.Value : _now;
            Take(new RunEvent.Resumed(due.Id, null));
        }
        return new(_state.Status, _output, _journal, [.. Bookmarks().Select(Sentence)], _state);
    }

    private IEnumerable<(Execution Execution, Bookmark Bookmark)> Bookmarks() =>
        _state.Executions.SelectMany(e => e.Bookmarks.Select(b => (e, b)));

    private Bookmark? NextTimer() =>
        Bookmarks().Select(w => w.Bookmark).Where(b => b.DueAt is not null && (Until is null || b.DueAt <= Until)).MinBy(b => b.DueAt);

    private void Take(RunEvent @event)
    {
        _events.Enqueue(@event);
        while (_events.TryDequeue(out var next) && _bursts < MostBursts)
        {
            _bursts++;
            var step = Stepper.Step(definition, _state, next, _now);
            _state = Reload is null ? step.State : Reload(step.State);
            foreach (var command in step.Commands)
                Obey(command);
        }
    }

    private void Obey(RunCommand command)
    {
        switch (command)
        {
            case RunCommand.Write write:
                _output.Add(write.Text);
                break;
            case RunCommand.Journal line:
                _journal.Add(line.Entry);
                break;
            case RunCommand.Execute call:
                _events.Enqueue(answer?.Invoke(call, _now) ?? Simulated(call));
                break;
            case RunCommand.Signal signal when signal.Correlation is null || signal.Correlation == _state.CorrelationId:
                foreach (var (_, bookmark) in Bookmarks().Where(w => w.Bookmark.Kind == signal.Kind && w.Bookmark.Key == signal.Key))
                    _events.Enqueue(new RunEvent.Resumed(bookmark.Id, signal.Payload));
                break;
            case RunCommand.StartRun other:
                Message(null, $"Workflow '{other.Definition}' is not run here: simulated.");
                foreach (var (_, bookmark) in Bookmarks().Where(w => w.Bookmark is { Kind: "run" } b && b.Key == other.Key))
                    _events.Enqueue(new RunEvent.Resumed(bookmark.Id, null));
                break;
        }
    }

    private RunEvent.Completed Simulated(RunCommand.Execute call)
    {
        var activity = definition.Activities[call.Activity];
        var outcome = activity.Ports[0];
        Message(call, $"'{activity.Name}' is simulated: it completes with '{outcome}'.");
        return new(call.Execution, [outcome], new Dictionary<string, JsonNode?>(StringComparer.Ordinal));
    }

    private void Message(RunCommand.Execute? call, string text) =>
        _journal.Add(
            new(
                _now,
                "Message",
                call?.Activity,
                call is null ? null : definition.Activities[call.Activity].Name,
                call?.Type,
                call?.Execution,
                text
            )
        );

    private string Sentence((Execution Execution, Bookmark Bookmark) waiting)
    {
        var name = definition.Activities[waiting.Execution.Activity].Name;
        var bookmark = waiting.Bookmark;
        return bookmark.Kind switch
        {
            Bookmark.Event => $"'{name}' waits for the event '{bookmark.Key}'.",
            Bookmark.Timer => $"'{name}' waits until {bookmark.DueAt:yyyy-MM-dd HH:mm:ss}Z.",
            _ => $"'{name}' waits for {bookmark.Kind} '{bookmark.Key}'.",
        };
    }
}
