using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Shell;

namespace CampaignFlow.Workflows.Waiting;

/// <summary>One run as it stands now, with the names of its steps.</summary>
internal sealed record Look(Run Run, RunState State, WorkflowDefinition? Definition, string? Zone, DateTimeOffset Now)
{
    public Wait At(RunBookmark bookmark) =>
        new()
        {
            Bookmark = bookmark,
            Step = StepOf(bookmark.Execution),
            Execution = State.Executions.Find(e => e.Id == bookmark.Execution),
            Zone = Zone,
            Now = Now,
        };

    public Phrase AtWork()
    {
        if (WorkflowRuns.IsFresh(State))
            return Run.Owner is null
                ? new("Is about to make its first step.", "即将执行第一步。")
                : new("Is at work on its first step.", "正在执行第一步。");
        // While it is at work the row shows where it stood before: a step that has been called, or one whose turn it is.
        var at =
            State.Executions.Find(e => e.Status == ExecutionStatus.Called || State.Queue.Contains(e.Id))
            ?? State.Executions.Find(e => e.Status == ExecutionStatus.Faulted)
            ?? OnlyOne(State.Executions.FindAll(e => e.Status == ExecutionStatus.Waiting));
        if (at is null)
            return new("Is at work.", "正在执行。");
        var step = StepOf(at.Id);
        return new($"Is at work on '{step.En}'.", $"正在执行“{step.Zh}”。");
    }

    public Phrase Stopped()
    {
        if (State.Executions.Find(e => e.Status == ExecutionStatus.Faulted) is not { } failed)
            return new(
                $"Stopped: {GeneralReasons.Dot(Run.Error ?? "")} {Times(Run.Attempts).En}.",
                $"已停止：{GeneralReasons.Dot(Run.Error ?? "")}{Times(Run.Attempts).Zh}。"
            );
        var (step, error, times) = (StepOf(failed.Id), GeneralReasons.Dot(failed.Error ?? Run.Error ?? ""), Times(failed.Attempt));
        return new($"Stopped: '{step.En}' failed: {error} {times.En}.", $"已停止：“{step.Zh}”失败：{error}{times.Zh}。");
    }

    public Phrase TriedAgain()
    {
        var again = Moments.In(Run.LeaseUntil ?? Now, Now);
        return new(
            $"The last attempt failed: {GeneralReasons.Dot(Run.Error ?? "")} {Times(Run.Attempts).En} of {Claims.MaxAttempts}; will be tried again {again.En}.",
            $"上次执行失败：{GeneralReasons.Dot(Run.Error ?? "")}{Times(Run.Attempts).Zh}（最多 {Claims.MaxAttempts} 次），{again.Zh}重试。"
        );
    }

    private Phrase StepOf(string execution) =>
        State.Executions.Find(e => e.Id == execution) is { } live
        && Definition?.Activities.TryGetValue(live.Activity, out var activity) == true
            ? ActivityNames.Of(activity)
            : Phrase.Same(execution);

    private static Execution? OnlyOne(List<Execution> waiting) => waiting is [var one] ? one : null;

    private static Phrase Times(int attempts) => new(attempts == 1 ? "1 attempt" : $"{attempts} attempts", $"已尝试 {attempts} 次");
}
