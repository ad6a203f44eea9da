using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Shell;

namespace CampaignFlow.Rules;

/// <summary>What modes, verdicts and outcomes are called on pages, and in which colour.</summary>
public static class RuleWords
{
    public static Phrase Of(AskedMode mode) =>
        mode switch
        {
            AskedMode.Observe => new("Observes only", "仅观察"),
            AskedMode.Auto => new("Acts alone", "自动执行"),
            AskedMode.AskAbove above => new(
                $"Acts alone up to {above.Amount.Text}, asks above",
                $"{above.Amount.Sentence.Zh}以内自动执行，超出须批准"
            ),
            _ => new("Always asks", "须先批准"),
        };

    public static (Phrase Text, Tone Tone) Of(VerdictKind kind) =>
        kind switch
        {
            VerdictKind.Fired => (new("Would act", "会触发"), Tone.Holds),
            VerdictKind.Blocked => (new("Stopped by a guard", "被护栏拦下"), Tone.Blocks),
            VerdictKind.Lost => (new("Another comes first", "让位于其他"), Tone.Look),
            VerdictKind.Unknown => (new("Cannot tell", "数据不足"), Tone.Look),
            _ => (new("Does not apply", "不触发"), Tone.Quiet),
        };

    public static (Phrase Text, Tone Tone) Of(DecisionOutcome outcome) =>
        outcome switch
        {
            DecisionOutcome.Applied => (new("Applied", "已执行"), Tone.Holds),
            DecisionOutcome.Waiting => (new("Waits for approval", "待批准"), Tone.YourTurn),
            DecisionOutcome.Refused => (new("Refused", "已拒绝"), Tone.Blocks),
            DecisionOutcome.Observed => (new("Only observed", "仅观察"), Tone.Quiet),
            DecisionOutcome.Rejected => (new("Rejected by a person", "人工否决"), Tone.Look),
            DecisionOutcome.Expired => (new("Nobody answered", "超时未答复"), Tone.Look),
            DecisionOutcome.RolledBack => (new("Rolled back", "已撤销"), Tone.Look),
            DecisionOutcome.NotFired => (new("Did not apply", "未触发"), Tone.Quiet),
            _ => (new("Could not tell", "数据不足"), Tone.Quiet),
        };

    public static Phrase OfAction(string action) =>
        action switch
        {
            "shift" => new("Budget shift", "预算调整"),
            "pause" => new("Pause", "暂停渠道"),
            "notify" => new("Notice", "通知"),
            "hold" => new("Hold", "暂缓调整"),
            "ask" => new("Question", "询问"),
            "advance" => new("Advance", "推进阶段"),
            "lift" => new("Budget lift", "增加预算"),
            "cut" => new("Budget cut", "削减预算"),
            "revert" => new("Shift taken back", "撤回调整"),
            "resume" => new("Resume", "恢复渠道"),
            "mark" => new("Mark", "标记"),
            "task" => new("Task", "任务"),
            "issue" => new("Issue", "问题"),
            "experiment" => new("Experiment", "实验"),
            "start" => new("Workflow", "启动流程"),
            "signal" => new("Signal", "信号"),
            _ => Phrase.Same("–"),
        };
}
