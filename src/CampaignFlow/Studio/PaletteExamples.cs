using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Studio;

/// <summary>One example for each activity, in the operator's words; it stands behind the activity's help.</summary>
internal static class PaletteExamples
{
    private static readonly IReadOnlyDictionary<string, Phrase> Known = new Dictionary<string, Phrase>(StringComparer.Ordinal)
    {
        ["CampaignFlow.EnterStage"] = new("enter C7 execution when everything is approved", "审批全部通过后进入 C7 投放执行"),
        ["CampaignFlow.Gate"] = new(
            "competitors >= 1 and budget_approved before strategy ends",
            "策略阶段结束前须满足 competitors >= 1 且 budget_approved"
        ),
        ["CampaignFlow.HumanTask"] = new("the analyst fills in the baseline within 3 days", "数据分析师在 3 天内填写基线"),
        ["CampaignFlow.Approval"] = new("manager and finance approve the budget within 2 days", "运营经理与财务在 2 天内审批预算"),
        ["CampaignFlow.ReviewReminder"] = new("on Sunday evening, mail agenda and numbers of the week", "每周日晚发送本周议程和数据"),
        ["CampaignFlow.EvaluateRules"] = new("every morning after the event rules-due", "每天早上收到 rules-due 事件后评估"),
        ["CampaignFlow.ShiftBudget"] = new(
            "move 10% from search to social, after a manager's yes",
            "经运营经理同意后，将搜索渠道预算的 10% 转至社交渠道"
        ),
        ["CampaignFlow.WaitForMetric"] = new("wait until roas(7d) >= 3, at most 14 days", "等待 roas(7d) >= 3，最长 14 天"),
        ["CampaignFlow.NotifyRole"] = new("tell the brand manager that the campaign goes live tomorrow", "通知品牌经理活动明天上线"),
        ["CampaignFlow.Report"] = new("an evaluation report when the flight is over", "投放结束后生成评估报告"),
        ["CampaignFlow.Compensate"] = new("after a rejection, undo what was already ordered", "被拒绝后，撤销已下的订单"),
        ["Elsa.Start"] = new("the first step of every flowchart", "每张流程图的第一步"),
        ["Elsa.End"] = new("after the last step of a branch", "放在分支的最后一步之后"),
        ["Elsa.Finish"] = new("stop everything when the campaign is rejected", "活动被拒绝时结束全部流程"),
        ["Elsa.Complete"] = new("leave this workflow as Approved", "以“已批准”结束本流程"),
        ["Elsa.Fault"] = new("stop with “no landing page” so that somebody looks", "以“缺少落地页”报错，等待人员处理"),
        ["Elsa.FlowDecision"] = new("Budget > 100000: yes to finance, no to launch", "Budget > 100000：是则交财务，否则上线"),
        ["Elsa.FlowSwitch"] = new("one way for each region: CN, EU, US", "按地区分路：CN、EU、US"),
        ["Elsa.FlowFork"] = new("plan and content at the same time", "计划与内容同时进行"),
        ["Elsa.FlowJoin"] = new("go on when plan and content are both done", "计划与内容都完成后继续"),
        ["Elsa.If"] = new("if Score < 60, give a task, else go on", "Score < 60 时派发任务，否则继续"),
        ["Elsa.Switch"] = new("another text for each channel", "按渠道使用不同文案"),
        ["Elsa.While"] = new("ask again while Score < 60", "Score < 60 时重复询问"),
        ["Elsa.For"] = new("three reminders, one a day", "提醒三次，每天一次"),
        ["Elsa.ForEach"] = new("one task for each channel, one after another", "逐个渠道派发任务"),
        ["Elsa.ParallelForEach"] = new("one approval for each creative, all at once", "同时审批每个素材"),
        ["Elsa.Break"] = new("leave the loop once it is approved", "批准后跳出循环"),
        ["Elsa.Parallel"] = new("mail and report at the same time", "同时发邮件和生成报告"),
        ["Elsa.Sequence"] = new("first the task, then the mail", "先派任务，再发邮件"),
        ["Elsa.SetVariable"] = new("Score becomes 80", "将 Score 设为 80"),
        ["Elsa.SetOutput"] = new("Approved becomes true for whoever called this workflow", "将输出 Approved 设为 true，供调用方使用"),
        ["Elsa.SetName"] = new("name the run after its campaign", "用活动名称命名本次运行"),
        ["Elsa.Correlate"] = new("tie the run to order 4711", "将运行关联到订单 4711"),
        ["Elsa.WriteLine"] = new("“Plan approved” in the run's journal", "在运行日志中记录“计划已批准”"),
        ["Elsa.Event"] = new("wait for rules-due, or for an event of your shop", "等待 rules-due 或商城事件"),
        ["Elsa.PublishEvent"] = new("tell other runs that stock-is-low", "向其他运行发布 stock-is-low"),
        ["Elsa.RunTask"] = new("let another system render the video, and wait", "交由其他系统渲染视频并等待"),
        ["Elsa.Delay"] = new("2.00:00:00 waits two days", "2.00:00:00 表示等待两天"),
        ["Elsa.Timer"] = new("every 06:00:00, six hours", "每 06:00:00（六小时）一次"),
        ["Elsa.Cron"] = new("0 0 9 * * MON: Mondays at nine, UTC", "0 0 9 * * MON：每周一 9 点（UTC）"),
        ["Elsa.StartAt"] = new("on 2026-11-11 at midnight", "在 2026-11-11 零点执行"),
        ["Elsa.ExecuteWorkflow"] = new("run budget-approval and wait for its answer", "执行 budget-approval 并等待结果"),
        ["Elsa.DispatchWorkflow"] = new("start incident-response and go on", "启动 incident-response 后继续"),
        ["Elsa.HttpEndpoint"] = new("POST orders/{id} from your shop", "接收商城的 POST orders/{id}"),
        ["Elsa.SendHttpRequest"] = new("POST the plan to the agency's server", "将计划 POST 给代理商服务器"),
        ["Elsa.FlowSendHttpRequest"] = new("one way on for 200, another for 404", "200 与 404 走不同分支"),
        ["Elsa.SendEmail"] = new("to agency@example.com: the brief is ready", "发给 agency@example.com：简报已就绪"),
    };

    /// <summary>The activity's help with its example.</summary>
    public static Phrase With(ActivityType type) =>
        Known.TryGetValue(type.Type, out var example)
            ? new($"{type.Help.En} Example: {example.En}.", $"{type.Help.Zh}例如：{example.Zh}。")
            : type.Help;
}
