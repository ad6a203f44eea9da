using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Tasks;

namespace CampaignFlow.Desk;

/// <summary>What each answer to an approval leads to, and what silence does.</summary>
/// <param name="Return">Null where sending back makes no sense: a proposal has no author who could mend it.</param>
public sealed record Consequences(Phrase Approve, Phrase? Return, Phrase Reject, Phrase Silence)
{
    private static readonly Phrase Nothing = new(
        "The answer is noted; nothing else happens by itself.",
        "仅记录答复，系统不会自动采取其他动作。"
    );

    /// <param name="shift">Only for approvals of shifts.</param>
    public static Consequences Of(Approval approval, Campaign campaign, ShiftDiff? shift) =>
        shift is not null ? OfShift(campaign, shift)
        : approval.Stage is null ? OfRule(approval)
        : OfStage(approval);

    public Phrase? For(ApprovalState answer) =>
        answer switch
        {
            ApprovalState.Approved => Approve,
            ApprovalState.Returned => Return ?? Reject,
            _ => Reject,
        };

    private static Consequences OfShift(Campaign campaign, ShiftDiff shift)
    {
        var amount = campaign.Money(shift.AmountMinor);
        return new(
            new(
                $"{amount} a day moves from {shift.From.Name.En} to {shift.To.Name.En} at once; the operators get the list of what to set in the platforms.",
                $"每日 {amount} 立即从{shift.From.Name.Zh}转到{shift.To.Name.Zh}，运营会收到需在投放平台修改的清单。"
            ),
            Return: null,
            new("Nothing is moved and the proposal is closed.", "预算不变，提案关闭。"),
            new("The proposal expires and no money moves.", "提案过期，预算不变。")
        );
    }

    private static Consequences OfRule(Approval approval) =>
        approval.Kind == "pause"
            ? new(
                new("The channel is paused at once.", "立即暂停该渠道。"),
                Return: null,
                new("The channel goes on.", "该渠道继续投放。"),
                new("The channel goes on; the rule may ask again.", "该渠道继续投放，规则可能再次询问。")
            )
            : new(Nothing, Return: null, Nothing, new("The question is closed without an answer.", "问题关闭，视为未答复。"));

    private static Consequences OfStage(Approval approval)
    {
        var (yes, back) = approval.Kind switch
        {
            "goals" => (
                new Phrase("The goals are frozen and strategy work begins.", "目标锁定，进入策略制定。"),
                new Phrase("The task “Check the goals are SMART” comes back.", "“核对目标是否符合 SMART”重新成为待办。")
            ),
            "budget" => (
                new(
                    "The ledger opens with this total; from then on only balanced shifts change it.",
                    "账本以此总额开账，此后只能做收支平衡的调整。"
                ),
                new("The planning tasks come back, and the plan can be changed.", "排期与预算重新成为待办，可以修改方案。")
            ),
            "content" => (
                new("The content gate opens when every item has its asset.", "全部素材齐备后，内容关口放行。"),
                new("The content calendar comes back as a task.", "内容日历重新成为待办。")
            ),
            "launch" => (
                new("The campaign goes live on its first day.", "活动在首日自动上线。"),
                new("The launch checklist comes back as a task; nothing goes live.", "上线检查表重新成为待办，不会上线。")
            ),
            _ => (new("The process goes on.", "流程继续。"), new("The process goes back a step.", "流程退回上一步。")),
        };
        var silence = new Phrase($"Silence is never a yes. {back.En}", $"沉默不等于同意。{back.Zh}");
        return new(yes, back, back, silence);
    }
}
