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
        Journal("Resumed", self, Describe(bookmark));
        self.Status = ExecutionStatus.Open;
        var activity = ActivityOf(self);
        if (BuiltInActivities.Of(activity) is { } builtIn)
            Guarded(self, () => builtIn.Resumed(this, self, activity, bookmark, payload?.DeepClone()));
        else
            Guarded(self, () => Call(self, activity, new Resumption(bookmark, payload?.DeepClone())));
    }

    /// <summary>Resumes every execution of this run that waits for the signal.</summary>
    internal void SignalSelf(string kind, string key, JsonNode? payload)
    {
        var waiting = state.Executions.SelectMany(e => e.Bookmarks).Where(b => b.Kind == kind && b.Key == key).Select(b => b.Id).ToList();
        foreach (var bookmark in waiting.Where(id => state.Executions.Exists(e => e.Bookmarks.Exists(b => b.Id == id))))
            Resume(bookmark, payload);
    }

    internal void Retry(Execution self)
    {
        self.Attempt++;
        self.Error = null;
        self.Status = ExecutionStatus.Open;
        JournalRun("Message", $"'{ActivityOf(self).Name}' is tried again, attempt {self.Attempt}.");
        _queue.Enqueue(self.Id);
    }

    internal void Skip(Execution self, string outcome)
    {
        JournalRun("Message", $"'{ActivityOf(self).Name}' is skipped, going on with '{outcome}'.");
        self.Error = null;
        Complete(self, outcome);
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
                Fail(self, $"'{ActivityOf(self).Name}' is in a loop without a wait: {Stepper.MostSteps} steps and no end in sight.");
                break;
            }
            Run(self);
        }
        state.Queue.Clear();
        state.Queue.AddRange(_queue);
        if (!_over)
        {
            var faulted = state.Executions.Find(e => e.Status == ExecutionStatus.Faulted);
            state.Error = faulted?.Error;
            state.Status =
                faulted is not null ? RunStatus.Faulted
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
        Journal("Started", self, null);
        var builtIn = BuiltInActivities.Of(activity);
        if (builtIn is not null && state.Trigger is { } trigger && trigger.Activity == activity.Id)
        {
            state.Trigger = null;
            Guarded(self, () => builtIn.Resumed(this, self, activity, new("", "trigger", ""), trigger.Payload?.DeepClone()));
        }
        else if (builtIn is not null)
            Guarded(self, () => builtIn.Run(this, self, activity));
        else
            Guarded(self, () => Call(self, activity, null));
    }

    internal void Call(Execution self, Activity activity, Resumption? resumption)
    {
        var inputs = activity.Described.Inputs.ToDictionary(i => i.Name, i => Value(self, i.Name)?.DeepClone(), StringComparer.Ordinal);
        self.Status = ExecutionStatus.Called;
        Tell(new RunCommand.Execute(self.Id, activity.Id, activity.Type, inputs, resumption));
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
