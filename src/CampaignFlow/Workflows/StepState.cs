using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;

namespace CampaignFlow.Workflows;

/// <summary>How one activity of a definition stands in one run.</summary>
public enum StepState
{
    Untouched,
    Done,
    Working,
    Waiting,
    Failed,
}

/// <summary>Words and colours of runs and their steps, the same on every page.</summary>
public static class RunWords
{
    public static Phrase Of(StepState state) =>
        state switch
        {
            StepState.Done => new("done", "已完成"),
            StepState.Working => new("at work", "执行中"),
            StepState.Waiting => new("waits", "等待中"),
            StepState.Failed => new("failed", "失败"),
            _ => new("not reached", "未到达"),
        };

    public static Tone ToneOf(StepState state) =>
        state switch
        {
            StepState.Done => Tone.Holds,
            StepState.Working => Tone.Look,
            StepState.Waiting => Tone.YourTurn,
            StepState.Failed => Tone.Blocks,
            _ => Tone.Quiet,
        };

    public static (Phrase Text, Tone Tone) Of(RunStatus status) =>
        status switch
        {
            RunStatus.Running => (new("Running", "运行中"), Tone.Look),
            RunStatus.Suspended => (new("Waiting", "等待中"), Tone.YourTurn),
            RunStatus.Finished => (new("Finished", "已完成"), Tone.Holds),
            RunStatus.Faulted => (new("Stopped by a failure", "出错停止"), Tone.Blocks),
            _ => (new("Cancelled", "已取消"), Tone.Quiet),
        };

    /// <param name="what">As the journal says it: Started, Completed, …</param>
    public static Phrase OfJournal(string what) =>
        what switch
        {
            "Started" => new("started", "开始"),
            "Completed" => new("completed", "完成"),
            "Faulted" => new("failed", "失败"),
            "Suspended" => new("waits", "等待"),
            "Resumed" => new("resumed", "继续"),
            "Cancelled" => new("cancelled", "取消"),
            "Finished" => new("finished", "结束"),
            "Message" => new("says", "消息"),
            "Retried" => new("tried again", "重试"),
            "Skipped" => new("skipped", "跳过"),
            "Migrated" => new("went over to another version", "迁移到其他版本"),
            "RolledBack" => new("went back to its version", "退回原版本"),
            _ => Phrase.Same(what),
        };

    /// <summary>State of each activity from what is live in the run and what its journal says; what was not touched is not there.</summary>
    public static IReadOnlyDictionary<string, StepState> Steps(RunState state, IEnumerable<JournalCount> journal)
    {
        var steps = new Dictionary<string, StepState>(StringComparer.Ordinal);
        foreach (var line in journal.Where(j => j.Step is not null && j.What == "Completed"))
            steps[line.Step!] = StepState.Done;
        foreach (var execution in state.Executions)
            steps[execution.Activity] = execution.Status switch
            {
                ExecutionStatus.Faulted => StepState.Failed,
                ExecutionStatus.Waiting => StepState.Waiting,
                _ => StepState.Working,
            };
        return steps;
    }
}
