using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows;

/// <summary>
/// The engine as a function: a definition, what the run remembers, what happened and the time give the new state and what the host
/// has to do. The given state is left as it is. Late or repeated events answer with the same state and no command.
/// </summary>
public static class Stepper
{
    /// <summary>More steps than this in one burst mean a loop that never waits: the run faults.</summary>
    public const int MostSteps = 10_000;

    /// <summary>More executions than this at once mean branches that multiply: the run faults.</summary>
    public const int MostAtOnce = 2_000;

    /// <summary>A run remembers so many steps that can be undone; one more is an incident before it is carried out.</summary>
    public const int MostToCompensate = 500;

    public static Step Step(WorkflowDefinition definition, RunState state, RunEvent @event, DateTimeOffset now) =>
        Step(definition, state, @event, now, choose: null);

    /// <param name="choose">Of a dry run: the outcome of an activity with conditions, instead of looking at them; null: look.</param>
    internal static Step Step(
        WorkflowDefinition definition,
        RunState state,
        RunEvent @event,
        DateTimeOffset now,
        Func<Activity, string?>? choose
    )
    {
        if (state.Status is RunStatus.Finished or RunStatus.Cancelled || !Concerns(state, @event))
            return new(state, []);
        var burst = new Burst(definition, RunCopy.Of(state), now, choose);
        switch (@event)
        {
            case RunEvent.Started started:
                burst.Begin(started.Input);
                break;
            case RunEvent.Completed completed:
                burst.Answered(completed);
                break;
            case RunEvent.Waits waits:
                burst.Suspend(burst.Find(waits.Execution)!, waits.Bookmarks);
                break;
            case RunEvent.Resumed resumed:
                burst.Resume(resumed.Bookmark, resumed.Payload);
                break;
            case RunEvent.Failed failed:
                burst.Fail(burst.Find(failed.Execution)!, failed.Error);
                break;
            case RunEvent.Retried retried:
                burst.Retry(burst.Find(retried.Execution)!, retried);
                break;
            case RunEvent.Skipped skipped:
                burst.Skip(burst.Find(skipped.Execution)!, skipped);
                break;
            case RunEvent.Cancelled cancelled:
                burst.CancelRun(cancelled.Reason, cancelled.Compensate);
                break;
            case RunEvent.Migrated:
                burst.LookAgain();
                break;
        }
        return burst.Answer();
    }

    private static bool Concerns(RunState state, RunEvent @event) =>
        @event switch
        {
            RunEvent.Started => state is { Next: 1, Executions.Count: 0 },
            RunEvent.Completed completed => Is(state, completed.Execution, ExecutionStatus.Called),
            RunEvent.Waits waits => Is(state, waits.Execution, ExecutionStatus.Called),
            RunEvent.Failed failed => Is(state, failed.Execution, ExecutionStatus.Called),
            RunEvent.Retried retried => Is(state, retried.Execution, ExecutionStatus.Faulted),
            RunEvent.Skipped skipped => Is(state, skipped.Execution, ExecutionStatus.Faulted),
            RunEvent.Resumed resumed => state.Executions.Exists(e => e.Bookmarks.Exists(b => b.Id == resumed.Bookmark)),
            RunEvent.Cancelled cancelled => !(cancelled.Compensate && state.Cancelling is not null),
            _ => true,
        };

    private static bool Is(RunState state, string execution, ExecutionStatus status) =>
        state.Executions.Exists(e => e.Id == execution && e.Status == status);
}
