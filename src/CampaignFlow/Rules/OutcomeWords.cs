using CampaignFlow.Engine;
using CampaignFlow.Shell;

namespace CampaignFlow.Rules;

/// <summary>What outcomes and actions are called where people read decisions, and the outcome's colour.</summary>
public static class OutcomeWords
{
    public static (Tone Tone, Phrase Word) Of(DecisionOutcome outcome) =>
        outcome switch
        {
            DecisionOutcome.Applied => (Tone.Holds, new("Done", "已执行")),
            DecisionOutcome.Waiting => (Tone.YourTurn, new("Waits for people", "待审批")),
            DecisionOutcome.Refused => (Tone.Look, new("Refused", "未执行")),
            DecisionOutcome.Observed => (Tone.Quiet, new("Only observed", "仅观察")),
            DecisionOutcome.Rejected => (Tone.Blocks, new("Rejected", "已驳回")),
            DecisionOutcome.Expired => (Tone.Look, new("Nobody answered", "超时未审批")),
            DecisionOutcome.RolledBack => (Tone.Look, new("Rolled back", "已撤销")),
            DecisionOutcome.Unknown => (Tone.Quiet, new("Data missing", "数据不足")),
            _ => (Tone.Quiet, new("Not fired", "未触发")),
        };

    public static Phrase Action(string action) =>
        action switch
        {
            "shift" => new("Shift budget", "调整预算"),
            "pause" => new("Pause channel", "暂停渠道"),
            "notify" => new("Notify", "通知"),
            "hold" => new("Hold budget changes", "暂停预算调整"),
            "ask" => new("Ask", "请示"),
            "advance" => new("Advance", "推进阶段"),
            _ => new("Check", "检查"),
        };
}
