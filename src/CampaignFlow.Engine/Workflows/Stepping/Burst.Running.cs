using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Stepping;

/// <summary>Taking up events and working off the line.</summary>
internal sealed partial class Burst
{
    internal void Answered(RunEvent.Completed completed)
    {
        var self = Find(completed.Execution)!;
        foreach (var (name, value) in completed.Outputs)
            SetOutput(self, name, value);
        var activity = ActivityOf(self);
        var outcomes = completed.Outcomes.Count > 0 ? completed.Outcomes : [.. activity.Described.Outcomes.Take(1)];
        if (BuiltInActivities.Of(activity) is not { } builtIn)
        {
            Complete(self, outcomes);
            return;
        }
        self.Status = ExecutionStatus.Open;
        Guarded(self, () => builtIn.Answered(this, self, activity, outcomes));
    }

    internal void Resume(string bookmarkId, JsonNode? payload)
    {
        var self = state.Executions.First(e => e.Bookmarks.Exists(b => b.Id == bookmarkId));
        var bookmark = self.Bookmarks.First(b => b.Id == bookmarkId);
        // What else it waited for is forgotten: whoever goes on waiting says so again.
        Forget(self);
        switch (bookmark.Kind)
        {
            case Bookmark.Timeout:
                TimeOut(self);
                break;
            case Bookmark.Retry:
                TryAgain(self);
                break;
            default:
                Journal("Resumed", self, Describe(bookmark), JournalData.Of(payload));
                self.Status = ExecutionStatus.Open;
                self.Resumption = new(bookmark, payload?.DeepClone());
                GoOn(self, ActivityOf(self), self.Resumption);
                break;
        }
    }

    private void GoOn(Execution self, Activity activity, Resumption back)
    {
        if (BuiltInActivities.Of(activity) is { } builtIn)
            Guarded(self, () => builtIn.Resumed(this, self, activity, back.Bookmark, back.Payload?.DeepClone()));
        else
            Guarded(self, () => Call(self, activity, back));
    }

    /// <summary>Resumes every execution of this run that waits for the signal.</summary>
    internal void SignalSelf(string kind, string key, JsonNode? payload)
    {
        var waiting = state.Executions.SelectMany(e => e.Bookmarks).Where(b => b.Kind == kind && b.Key == key).Select(b => b.Id).ToList();
        foreach (var bookmark in waiting.Where(id => state.Executions.Exists(e => e.Bookmarks.Exists(b => b.Id == id))))
            Resume(bookmark, payload);
    }

    internal void LookAgain()
    {
        foreach (var flowchart in state.Executions.Where(e => e.Memory is not null && ActivityOf(e).Graph is not null).ToList())
            if (_live.ContainsKey(flowchart.Id))
                Guarded(flowchart, () => Flowchart.LookAgain(this, flowchart, ActivityOf(flowchart)));
    }

    /// <summary>Works until nothing can go on by itself, then says how the run stands.</summary>
    internal Step Answer()
    {
        while (!_over && !_halted && _queue.TryDequeue(out var next))
        {
            if (Find(next) is not { Status: ExecutionStatus.Open } self)
                continue;
            if (++_steps > Stepper.MostSteps)
            {
                Stop(self, $"'{ActivityOf(self).Name}' is in a loop without a wait: {Stepper.MostSteps} steps and no end in sight.");
                break;
            }
            Run(self);
        }
        state.Queue.Clear();
        state.Queue.AddRange(_queue);
        if (!_over)
        {
            state.Error = Errors();
            state.Status =
                state.Error is not null ? RunStatus.Faulted
                : state.Executions.Exists(e => e.Status == ExecutionStatus.Called) ? RunStatus.Running
                : RunStatus.Suspended;
        }
        return new(state, _commands);
    }

    private void Run(Execution self)
    {
        var activity = ActivityOf(self);
        if (self.Memory is null)
            Declare(self.Id, activity.Variables);
        if (activity.Timeout is { } timeout)
            self.Deadline ??= Now + timeout.After;
        var started = _commands.Count;
        Journal("Started", self, null);
        var builtIn = BuiltInActivities.Of(activity);
        if (builtIn is not null && state.Trigger is { } trigger && trigger.Activity == activity.Id)
        {
            state.Trigger = null;
            self.Resumption = new(new("", "trigger", ""), trigger.Payload?.DeepClone());
        }
        if (self.Resumption is { } back)
            GoOn(self, activity, back);
        else if (activity.Compensation is not null && state.Compensable?.Count >= Stepper.MostToCompensate)
            Stop(self, $"'{activity.Name}' is one too many: {Stepper.MostToCompensate} steps of this run can be undone already.");
        else if (builtIn is not null)
            Guarded(self, () => builtIn.Run(this, self, activity));
        else
            Guarded(self, () => Call(self, activity, null));
        NoteInputs(self, activity, started);
        if (_live.ContainsKey(self.Id) && self.Status == ExecutionStatus.Open)
            WatchTheClock(self);
    }

    internal void Call(Execution self, Activity activity, Resumption? resumption)
    {
        var inputs = activity.Described.Inputs.ToDictionary(i => i.Name, i => Value(self, i.Name)?.DeepClone(), StringComparer.Ordinal);
        self.Status = ExecutionStatus.Called;
        Tell(new RunCommand.Execute(self.Id, activity.Id, activity.Type, inputs, resumption) { Round = self.Round ?? 0 });
    }

    private void Guarded(Execution self, Action action)
    {
        try
        {
            action();
        }
        catch (ActivityFault fault)
        {
            if (_live.ContainsKey(self.Id))
                Fail(self, fault.Message);
        }
    }

    private void Declare(string scope, IReadOnlyList<Variable> variables)
    {
        if (variables.Count == 0)
            return;
        if (!state.Variables.TryGetValue(scope, out var values))
            state.Variables[scope] = values = new(StringComparer.Ordinal);
        foreach (var variable in variables)
            values[variable.Name] = variable.Initial?.DeepClone();
    }
}
