using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows.DryRuns;

namespace CampaignFlow.Notifications;

/// <summary>How kinds and states of mails read.</summary>
public static class MailKinds
{
    private static readonly Dictionary<string, Phrase> Known = new(StringComparer.Ordinal)
    {
        ["approval-request"] = new("Approval request", "审批请求"),
        ["approval-result"] = new("Approval result", "审批结果"),
        ["shift-applied"] = new("Shift applied", "调整已生效"),
        ["task-assigned"] = new("New task", "新任务"),
        ["gate-blocked"] = new("Gate blocked", "关口受阻"),
        ["stage-entered"] = new("Stage entered", "进入新阶段"),
        ["data-missing"] = new("Data missing", "缺少数据"),
        ["daily-digest"] = new("Daily digest", "每日摘要"),
        ["report-ready"] = new("Report ready", "报告就绪"),
        ["rule-notice"] = new("Rule fired", "规则触发"),
        ["role-notice"] = new("Notice of a workflow", "流程通知"),
        ["workflow"] = new("Mail of a workflow", "流程邮件"),
        ["review-reminder"] = new("Review reminder", "复盘提醒"),
    };

    public static Phrase Of(string kind) => Known.GetValueOrDefault(kind, Phrase.Same(kind));

    /// <summary>What an activity says of a mail it would send.</summary>
    public static RehearsedMail Rehearsed(string kind, IReadOnlyList<string> roles) => new(kind, Of(kind), roles);

    public static Phrase Of(MailState state) =>
        state switch
        {
            MailState.Queued => new("Queued", "待发送"),
            MailState.Sending => new("Sending", "发送中"),
            MailState.Sent => new("Sent", "已发送"),
            _ => new("Failed", "发送失败"),
        };
}
