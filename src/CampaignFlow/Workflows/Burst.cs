using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>The run cannot go on as things are, and another attempt would not change that: it stops as an incident at once.</summary>
internal sealed class RunRefusal(string message) : Exception(message);

/// <summary>
/// One run from its events until every branch waits again: asks the stepper, runs the activities it names inside the burst's
/// transaction, and gathers what <see cref="BurstCommit"/> writes.
/// </summary>
internal sealed class Burst(Guid run, WorkflowDefinition definition, RunState state, BurstScope scope, DateTimeOffset now, Faults faults)
{
    private readonly Dictionary<string, (Bookmark Bookmark, string Execution, string Type)> known = state
        .Executions.SelectMany(e => e.Bookmarks.Select(b => (Bookmark: b, Execution: e.Id, definition.Activities[e.Activity].Type)))
        .ToDictionary(b => b.Bookmark.Id, StringComparer.Ordinal);

    /// <summary>The stepper settles these itself: there is nothing to withdraw. Requests alone it hands to the product.</summary>
    private static readonly HashSet<string> BuiltIn =
    [
        .. BuiltInActivities.All.Select(a => a.Type).Except(Http.SendHttpRequest.Types, StringComparer.Ordinal),
    ];

    private readonly Queue<RunCommand> queue = [];

    public WorkflowDefinition Definition => definition;
    public RunState State { get; private set; } = state;
    public List<JournalEntry> Journal { get; } = [];
    public List<RunCommand.Signal> Signals { get; } = [];
    public List<RunCommand.StartRun> Starts { get; } = [];

    /// <summary>Steps until the stepper has nothing more to run.</summary>
    public async Task ApplyAsync(RunEvent happened, CancellationToken cancellationToken)
    {
        // Whoever is resumed is called again and settles itself what else it had asked for.
        var resumed = happened is RunEvent.Resumed r ? known.GetValueOrDefault(r.Bookmark).Execution : null;
        Step(happened);
        while (queue.TryDequeue(out var command))
        {
            switch (command)
            {
                case RunCommand.Execute execute:
                    Step(await ExecuteAsync(execute, cancellationToken));
                    break;
                case RunCommand.Wait wait:
                    known[wait.Bookmark.Id] = (wait.Bookmark, wait.Execution, TypeOf(wait.Execution));
                    break;
                case RunCommand.Forget forget:
                    if (known.Remove(forget.Bookmark, out var gone) && gone.Execution != resumed)
                        await WithdrawAsync(gone.Bookmark, gone.Type, cancellationToken);
                    break;
                case RunCommand.Write write:
                    Journal.Add(new(now, "Message", null, null, null, null, write.Text));
                    break;
                case RunCommand.Signal signal:
                    Signals.Add(signal);
                    break;
                case RunCommand.StartRun start:
                    Starts.Add(start);
                    break;
                case RunCommand.Journal line:
                    Journal.Add(line.Entry);
                    break;
            }
        }
    }

    /// <summary>Bookmarks that the signal resumes, as the run stands now.</summary>
    public IReadOnlyList<string> WaitingFor(string kind, string key) =>
        [.. State.Executions.SelectMany(e => e.Bookmarks).Where(b => b.Kind == kind && b.Key == key).Select(b => b.Id)];

    /// <summary>Bookmarks whose time has come, earliest first.</summary>
    public IReadOnlyList<string> Due() =>
        [
            .. State
                .Executions.SelectMany(e => e.Bookmarks)
                .Where(b => b.DueAt <= now)
                .OrderBy(b => b.DueAt)
                .ThenBy(b => b.Id, StringComparer.Ordinal)
                .Select(b => b.Id),
        ];

    private void Step(RunEvent happened)
    {
        var step = Stepper.Step(definition, State, happened, now);
        State = step.State;
        foreach (var command in step.Commands)
            queue.Enqueue(command);
    }

    // A wait may already have been ended by a later command of the same step.
    private string TypeOf(string execution) =>
        State.Executions.Find(e => e.Id == execution) is { } live ? definition.Activities[live.Activity].Type : "";

    private async Task<RunEvent> ExecuteAsync(RunCommand.Execute execute, CancellationToken cancellationToken)
    {
        if (await scope.FindAsync(execute.Type, cancellationToken) is not { } activity)
            return new RunEvent.Failed(execute.Execution, $"Nobody implements '{execute.Type}' here.");
        var call = new ActivityCall(
            run,
            State.CorrelationId,
            execute.Activity,
            $"{run}:{execute.Execution}",
            execute.Inputs,
            execute.Resumption,
            now
        );
        using var work = Instruments.Begin("activity", execute.Type).Tag("activity.id", execute.Activity).Tag("activity.key", call.Key);
        var before = await scope.MarkAsync(cancellationToken);
        faults.Hit(Faults.BeforeActivity);
        try
        {
            var result = await activity.RunAsync(call, cancellationToken);
            await scope.SaveAsync(cancellationToken);
            faults.Hit(Faults.AfterActivity);
            return result switch
            {
                ActivityResult.Done done => new RunEvent.Completed(execute.Execution, [done.Outcome], done.Outputs),
                ActivityResult.Wait wait => new RunEvent.Waits(execute.Execution, wait.Bookmarks),
                _ => throw new InvalidOperationException($"Unknown result {result.GetType().Name} of '{execute.Type}'."),
            };
        }
        catch (ActivityFault fault)
        {
            work.Fail(fault);
            await scope.ReturnToAsync(before, cancellationToken);
            return new RunEvent.Failed(execute.Execution, fault.Message);
        }
    }

    private async Task WithdrawAsync(Bookmark bookmark, string type, CancellationToken cancellationToken)
    {
        if (type.Length == 0 || BuiltIn.Contains(type) || await scope.FindAsync(type, cancellationToken) is not { } activity)
            return;
        await scope.MarkAsync(cancellationToken);
        await activity.WithdrawAsync(bookmark, cancellationToken);
        await scope.SaveAsync(cancellationToken);
    }

    /// <summary>What a child run hands to the run that waits for it.</summary>
    public static JsonNode? Outcome(RunState state) =>
        new JsonObject(state.Output.Select(o => KeyValuePair.Create(o.Key, o.Value?.DeepClone())));
}
