using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Stepping;

/// <summary>One burst: from an event until every branch waits, is called out, is faulted or has ended.</summary>
internal sealed partial class Burst(
    WorkflowDefinition definition,
    RunState state,
    DateTimeOffset now,
    Func<Activity, string?>? choose = null
)
{
    private readonly List<RunCommand> _commands = [];
    private readonly Dictionary<string, Execution> _live = state.Executions.ToDictionary(e => e.Id, StringComparer.Ordinal);
    private readonly Queue<string> _queue = new(state.Queue);
    private readonly Dictionary<string, List<Execution>> _children = state
        .Executions.Where(e => e.Parent is not null)
        .GroupBy(e => e.Parent!, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
    private int _steps;
    private bool _over;
    private bool _halted;

    internal WorkflowDefinition Definition => definition;

    internal RunState State => state;

    internal DateTimeOffset Now { get; } = now.ToUniversalTime();

    internal Execution? Find(string execution) => _live.GetValueOrDefault(execution);

    internal Execution? ParentOf(Execution execution) => execution.Parent is null ? null : Find(execution.Parent);

    internal List<Execution> ChildrenOf(Execution execution) => _children.TryGetValue(execution.Id, out var children) ? [.. children] : [];

    internal Activity ActivityOf(Execution execution) =>
        definition.Activities.TryGetValue(execution.Activity, out var found)
            ? found
            : throw new InvalidOperationException(
                $"Execution {execution.Id} belongs to activity '{execution.Activity}', which {definition.FileName} does not have: the run is of another version."
            );

    /// <summary>True when the flowchart it stands in goes on from this outcome.</summary>
    internal bool IsConnected(Execution self, string outcome) =>
        ParentOf(self) is { } parent
        && ActivityOf(parent).Graph is { } graph
        && graph.From(self.Activity).Any(c => string.Equals(c.Port, outcome, StringComparison.Ordinal));

    internal void Tell(RunCommand command) => _commands.Add(command);

    internal void Begin(IReadOnlyDictionary<string, JsonNode?> input)
    {
        foreach (var (name, value) in input)
            state.Input[name] = value?.DeepClone();
        var root = Schedule(null, definition.Root);
        Declare("", definition.Variables);
        foreach (var (name, value, why) in GivenInputs.Read(definition, state.Input).ToList())
            if (why is { } wrong)
                Fail(root, wrong.En);
            else
                state.Input[name] = value;
    }

    /// <summary>Puts an activity in line; it runs later in this burst.</summary>
    internal Execution Schedule(Execution? parent, Activity activity)
    {
        var execution = new Execution
        {
            Id = Number("e"),
            Activity = activity.Id,
            Parent = parent?.Id,
            Status = ExecutionStatus.Open,
        };
        state.Executions.Add(execution);
        _live[execution.Id] = execution;
        if (parent is not null)
        {
            if (!_children.TryGetValue(parent.Id, out var siblings))
                _children[parent.Id] = siblings = [];
            siblings.Add(execution);
        }
        if (state.Executions.Count <= Stepper.MostAtOnce)
        {
            _queue.Enqueue(execution.Id);
            return execution;
        }
        _halted = true;
        Stop(execution, $"'{activity.Name}' is one too many: more than {Stepper.MostAtOnce} activities are at work at once in this run.");
        return execution;
    }

    /// <summary>Puts a loop's body in line, with the current item visible to everything in it.</summary>
    internal void ScheduleRound(Execution loop, Activity body, JsonNode? item, int? index)
    {
        if (ActivityOf(loop).Captures.TryGetValue("CurrentValue", out var variable))
            SetVariable(loop, variable, item);
        var round = Schedule(loop, body);
        var scope = new Dictionary<string, JsonNode?>(StringComparer.Ordinal) { ["CurrentValue"] = item?.DeepClone() };
        if (index is { } i)
            scope["CurrentIndex"] = JsonValue.Create(i);
        state.Variables[round.Id] = scope;
    }

    internal void Complete(Execution self, params IReadOnlyList<string> outcomes)
    {
        if (!_live.ContainsKey(self.Id))
            return;
        Remember(self);
        Pass(self, outcomes);
    }

    // Leaves it by its outcomes and lets its container go on.
    private void Pass(Execution self, IReadOnlyList<string> outcomes)
    {
        Leave(self, outcomes);
        if (ParentOf(self) is not { } parent)
        {
            if (self.Parent is null)
                FinishRun();
            return;
        }
        var container = BuiltInActivities.Of(ActivityOf(parent))!;
        if (BuiltInActivities.Of(ActivityOf(self)) is { EndsContainer: true })
            Complete(parent);
        else
            Guarded(parent, () => container.ChildDone(this, parent, ActivityOf(parent), self, outcomes.Count > 0 ? outcomes : ["Done"]));
    }

    /// <summary>Ends an execution without telling its container.</summary>
    internal void Leave(Execution self, params IReadOnlyList<string> outcomes)
    {
        Remove(self, "its container is complete");
        var given = _results.TryGetValue(self.Id, out var results) ? results : null;
        Journal("Completed", self, outcomes.Count > 0 ? string.Join(", ", outcomes) : null, JournalData.Of(given));
    }

    internal void Wait(Execution self, string kind, string key, DateTimeOffset? due) =>
        Suspend(self, [new Bookmark(Number("b"), kind, key, due)]);

    internal void Suspend(Execution self, IReadOnlyList<Bookmark> bookmarks)
    {
        if (bookmarks.Count == 0)
        {
            Fail(self, $"'{ActivityOf(self).Name}' wants to wait but names nothing to wait for.");
            return;
        }
        self.Status = ExecutionStatus.Waiting;
        foreach (var asked in bookmarks)
        {
            var taken = string.IsNullOrEmpty(asked.Id) || state.Executions.Exists(e => e.Bookmarks.Exists(b => b.Id == asked.Id));
            var bookmark = asked with { Id = taken ? Number("b") : asked.Id, DueAt = asked.DueAt?.ToUniversalTime() };
            self.Bookmarks.Add(bookmark);
            Tell(new RunCommand.Wait(self.Id, bookmark));
            Journal("Suspended", self, Describe(bookmark));
        }
        self.Resumption = null;
        WatchTheClock(self);
    }

    /// <summary>Ends the run now, whatever else is under way; while it is being cancelled, goes on undoing.</summary>
    internal void FinishRun()
    {
        if (state.Cancelling is { } reason)
        {
            UndoOrEnd(reason);
            return;
        }
        End(RunStatus.Finished, "the workflow is finished", null);
    }

    private void End(RunStatus status, string why, string? reason)
    {
        _over = true;
        CancelAll(why);
        state.Status = status;
        state.Compensable = null;
        state.Cancelling = null;
        JournalRun(status.ToString(), reason);
    }

    internal void Cancel(Execution execution, string why)
    {
        Remove(execution, why);
        Journal("Cancelled", execution, why);
        // Not undone yet, so it still can be.
        if (execution.Compensates is { } undone)
            (state.Compensable ??= []).Add(undone);
    }

    private void CancelAll(string why)
    {
        foreach (var root in state.Executions.Where(e => e.Parent is null).ToList())
            Cancel(root, why);
        foreach (var orphan in state.Executions.ToList())
            Cancel(orphan, why);
        _queue.Clear();
    }

    // An execution goes with everything below it.
    private void Remove(Execution execution, string why)
    {
        foreach (var child in ChildrenOf(execution))
            Cancel(child, why);
        Forget(execution);
        // By reference: executions compare by value, field by field.
        state.Executions.RemoveAt(state.Executions.FindIndex(e => ReferenceEquals(e, execution)));
        if (execution.Parent is { } parent && _children.TryGetValue(parent, out var siblings))
            siblings.RemoveAt(siblings.FindIndex(e => ReferenceEquals(e, execution)));
        _children.Remove(execution.Id);
        _live.Remove(execution.Id);
        state.Variables.Remove(execution.Id);
    }

    private void Forget(Execution execution)
    {
        foreach (var bookmark in execution.Bookmarks)
            Tell(new RunCommand.Forget(bookmark.Id));
        execution.Bookmarks.Clear();
    }

    private string Number(string prefix) => prefix + (state.Next++).ToString(CultureInfo.InvariantCulture);

    private static string Describe(Bookmark bookmark) =>
        bookmark.DueAt is { } due
            ? string.Create(CultureInfo.InvariantCulture, $"{bookmark.Kind} {bookmark.Key} until {due:yyyy-MM-dd HH:mm:ss}Z")
                .Replace("  ", " ", StringComparison.Ordinal)
            : $"{bookmark.Kind} {bookmark.Key}";
}
