using System.Text.Json;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Workflows;

public enum RunStatus
{
    Running,
    Suspended,
    Finished,
    Faulted,
    Cancelled,
}

/// <summary>
/// All that a run remembers, as plain data that goes to one JSON column. State is a row, not a stack: after any step it can be
/// stored, the process killed, and the run continued elsewhere.
/// </summary>
public sealed record RunState
{
    public RunStatus Status { get; set; } = RunStatus.Running;

    /// <summary>Next execution number; ids are never reused within a run.</summary>
    public int Next { get; set; } = 1;

    /// <summary>Live activity executions; a finished one is removed once its parent has taken note.</summary>
    public List<Execution> Executions { get; init; } = [];

    /// <summary>Executions that have not run yet; only a burst that was cut short leaves any.</summary>
    public List<string> Queue { get; init; } = [];

    /// <summary>Values of the inputs the run was started with.</summary>
    public Dictionary<string, JsonNode?> Input { get; init; } = [];

    /// <summary>Variables by scope: key is the execution id of the container that declares them ("" for the workflow itself).</summary>
    public Dictionary<string, Dictionary<string, JsonNode?>> Variables { get; init; } = [];

    /// <summary>Latest outputs by activity id, for <c>getOutputFrom</c>.</summary>
    public Dictionary<string, Dictionary<string, JsonNode?>> Outputs { get; init; } = [];

    /// <summary>Outputs of the workflow itself.</summary>
    public Dictionary<string, JsonNode?> Output { get; init; } = [];

    /// <summary>What completed and can be undone, in the order of its completion; null when nothing can.</summary>
    public List<Compensable>? Compensable { get; set; }

    /// <summary>Why the run is being cancelled, while what it did is undone; null when it is not.</summary>
    public string? Cancelling { get; set; }

    /// <summary>The run's key: what tells its pauses from those of other runs.</summary>
    public string? Key { get; set; }

    public string? CorrelationId { get; set; }
    public string? Name { get; set; }

    /// <summary>What started the run by itself, until its activity has taken note; null when somebody started it.</summary>
    public RunTrigger? Trigger { get; set; }

    /// <summary>What went wrong, when <see cref="Status"/> is <see cref="RunStatus.Faulted"/>.</summary>
    public string? Error { get; set; }
}

/// <summary>A request, an event or a time started the run at one of the definition's <see cref="Definition.WorkflowTrigger"/>s.</summary>
/// <param name="Activity">Id of the activity that is already answered.</param>
public sealed record RunTrigger(string Activity, JsonNode? Payload);

public enum ExecutionStatus
{
    /// <summary>An <see cref="RunCommand.Execute"/> went out and its answer has not come back yet.</summary>
    Called,

    /// <summary>Waits for one of its bookmarks.</summary>
    Waiting,

    /// <summary>A container whose children are at work.</summary>
    Open,

    /// <summary>Failed; a person can retry, skip or cancel it.</summary>
    Faulted,
}

/// <summary>One execution of one activity; a loop makes several of the same activity.</summary>
public sealed record Execution
{
    public required string Id { get; init; }

    /// <summary>Id of the activity in the definition.</summary>
    public required string Activity { get; init; }

    /// <summary>Execution id of the container, null for the root.</summary>
    public string? Parent { get; init; }

    public ExecutionStatus Status { get; set; }

    /// <summary>What a container remembers: position, tokens, loop index.</summary>
    public JsonObject? Memory { get; set; }

    public List<Bookmark> Bookmarks { get; init; } = [];

    /// <summary>How often it has been tried; 1 at first.</summary>
    public int Attempt { get; set; } = 1;

    public string? Error { get; set; }

    /// <summary>When it failed for good, while it is <see cref="ExecutionStatus.Faulted"/>.</summary>
    public DateTimeOffset? FaultedAt { get; set; }

    /// <summary>When its time is over; null: never, or it has not begun.</summary>
    public DateTimeOffset? Deadline { get; set; }

    /// <summary>What woke it and is not worked off yet: a failed one goes on from there when it is tried again.</summary>
    public Resumption? Resumption { get; set; }

    /// <summary>Inputs that a person set in place of the definition's.</summary>
    public Dictionary<string, JsonNode?>? Inputs { get; set; }

    /// <summary>Inputs as they were when it began; kept only for what can be undone.</summary>
    public Dictionary<string, JsonNode?>? Given { get; set; }

    /// <summary>How often what it had asked for was withdrawn because its time was over; null: never. Asking again is another effect.</summary>
    public int? Round { get; set; }

    /// <summary>What it undoes, when it is a compensation.</summary>
    public Compensable? Compensates { get; set; }
}

/// <summary>A completed execution that can be undone, with what went in and came out. JSON that is too large is left out.</summary>
/// <param name="Scope">CurrentValue and CurrentIndex of the loop round it stood in.</param>
public sealed record Compensable(
    string Execution,
    string Activity,
    Dictionary<string, JsonNode?>? Inputs,
    Dictionary<string, JsonNode?>? Outputs,
    Dictionary<string, JsonNode?>? Scope
)
{
    /// <summary>Name under which the activity that undoes it sees all this.</summary>
    public const string Variable = "Compensated";
}

/// <summary>
/// What a run waits for. A signal with the same <paramref name="Kind"/> and <paramref name="Key"/> (and, if the signal names one, the
/// run's correlation) resumes it; with <paramref name="DueAt"/> time does.
/// </summary>
/// <param name="Id">Unique within the run.</param>
/// <param name="Kind">timer, event, task, approval, gate…</param>
/// <param name="Key">Event name, task id, …; empty for a timer.</param>
/// <param name="DueAt">When time itself resumes it (UTC); null: never.</param>
public sealed record Bookmark(string Id, string Kind, string Key, DateTimeOffset? DueAt = null)
{
    public const string Timer = "timer";
    public const string Event = "event";

    /// <summary>A request to a fixed path; the key is method and path: <c>POST orders/7</c>.</summary>
    public const string Http = "http";

    /// <summary>A request to a path with parts in braces: <c>POST orders/{id}</c>.</summary>
    public const string HttpRoute = "http-route";

    /// <summary>The engine's own: the pause before the next attempt.</summary>
    public const string Retry = "retry";

    /// <summary>The engine's own: the execution's time is over.</summary>
    public const string Timeout = "timeout";

    /// <summary>True when the activity itself did not ask for it and hears nothing of it.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsEngines => Kind is Retry or Timeout;
}

/// <summary>What happens to a run. The stepper takes one and answers with a new state and commands.</summary>
public abstract record RunEvent
{
    private RunEvent() { }

    public sealed record Started(IReadOnlyDictionary<string, JsonNode?> Input) : RunEvent;

    /// <summary>An activity that was called has finished. Unknown or finished executions change nothing.</summary>
    public sealed record Completed(string Execution, IReadOnlyList<string> Outcomes, IReadOnlyDictionary<string, JsonNode?> Outputs)
        : RunEvent;

    /// <summary>An activity that was called wants to wait.</summary>
    public sealed record Waits(string Execution, IReadOnlyList<Bookmark> Bookmarks) : RunEvent;

    /// <summary>A bookmark's signal arrived or its time came. A bookmark that is gone changes nothing.</summary>
    public sealed record Resumed(string Bookmark, JsonNode? Payload) : RunEvent;

    public sealed record Failed(string Execution, string Error) : RunEvent;

    /// <summary>A person tries a faulted execution again.</summary>
    public sealed record Retried(string Execution) : RunEvent
    {
        /// <summary>Inputs to take in place of the definition's; null: none.</summary>
        public IReadOnlyDictionary<string, JsonNode?>? Inputs { get; init; }

        /// <summary>Variables in reach that are set first; null: none.</summary>
        public IReadOnlyDictionary<string, JsonNode?>? Variables { get; init; }

        /// <summary>Who and why, for the journal.</summary>
        public string? Why { get; init; }
    }

    /// <summary>A person goes on without it, leaving by the given outcome.</summary>
    public sealed record Skipped(string Execution, string Outcome) : RunEvent
    {
        /// <summary>Who and why, for the journal.</summary>
        public string? Why { get; init; }
    }

    /// <param name="Compensate">What completed and can be undone is undone first, last done first; then the run is cancelled.</param>
    public sealed record Cancelled(string Reason, bool Compensate = false) : RunEvent;

    /// <summary>The run goes on in another version: branches that wait for each other look again.</summary>
    public sealed record Migrated : RunEvent;
}

/// <summary>What the host has to do, in this order, before it commits the new state.</summary>
public abstract record RunCommand
{
    private RunCommand() { }

    /// <summary>
    /// Run a product activity and answer with <see cref="RunEvent.Completed"/>, <see cref="RunEvent.Waits"/> or <see cref="RunEvent.Failed"/>.
    /// <paramref name="Resumption"/> is the bookmark that woke it, null on the first call. The idempotency key is run:execution.
    /// </summary>
    public sealed record Execute(
        string Execution,
        string Activity,
        string Type,
        IReadOnlyDictionary<string, JsonNode?> Inputs,
        Resumption? Resumption
    ) : RunCommand
    {
        /// <summary>Over 0 when its earlier effects were withdrawn, and part of the idempotency key then.</summary>
        public int Round { get; init; }
    }

    public sealed record Wait(string Execution, Bookmark Bookmark) : RunCommand;

    public sealed record Forget(string Bookmark) : RunCommand;

    /// <summary>A line from WriteLine.</summary>
    public sealed record Write(string Text) : RunCommand;

    /// <summary>Send a signal to other runs (PublishEvent).</summary>
    public sealed record Signal(string Kind, string Key, string? Correlation, JsonNode? Payload) : RunCommand;

    /// <summary>Start another run (ExecuteWorkflow waits for it on a bookmark of kind "run", DispatchWorkflow does not).</summary>
    public sealed record StartRun(string Definition, string Key, string? Correlation, IReadOnlyDictionary<string, JsonNode?> Input)
        : RunCommand;

    public sealed record Journal(JournalEntry Entry) : RunCommand;
}

/// <summary>Why a product activity is called again.</summary>
public sealed record Resumption(Bookmark Bookmark, JsonNode? Payload);

/// <summary>One line of a run's history.</summary>
/// <param name="What">
/// Started, Completed, Failed (and tried again), Faulted, Suspended, Resumed, TimedOut, Retried, Skipped, Compensating, Cancelled,
/// Finished, Message.
/// </param>
public sealed record JournalEntry(
    DateTimeOffset At,
    string What,
    string? Activity,
    string? ActivityName,
    string? Type,
    string? Execution,
    string? Text
)
{
    /// <summary>JSON of what went in (Started, Resumed) or came out (Completed); cut when it is long, secrets masked. Null: nothing.</summary>
    public string? Data { get; init; }
}

/// <summary>New state and commands: what <c>Stepper.Step</c> answers.</summary>
public sealed record Step(RunState State, IReadOnlyList<RunCommand> Commands);

/// <summary>JSON settings for states, payloads and inputs: camelCase, enums as words.</summary>
public static class RunJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
        };
        options.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter());
        return options;
    }
}
