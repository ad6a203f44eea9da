using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>A rule as one sentence, so that nobody has to read YAML to approve it.</summary>
internal static class RuleSentence
{
    public static Phrase Of(Rule rule)
    {
        var subject = rule.ForEach switch
        {
            ForEach.Pair => new Phrase("For each pair of channels", "对每一对渠道"),
            ForEach.Channel => new("For each channel", "对每个渠道"),
            ForEach.Paused => new("For each paused channel", "对每个已暂停渠道"),
            ForEach.Portfolio => new("For all campaigns of one owner and currency", "对同一负责人同一币种的全部活动"),
            _ => new("For the campaign", "对整个活动"),
        };
        var branches = Phrase.Join(rule.Branches.Select(Of), "; otherwise, ", "；否则，");
        var mode = rule.Mode switch
        {
            AskedMode.Observe => new Phrase("only observed, nothing is changed", "仅观察，不做改动"),
            AskedMode.Auto => new("done automatically within the limits", "在限制内自动执行"),
            AskedMode.AskAbove above => new(
                $"done automatically up to {above.Amount.Text}, asked above",
                $"{above.Amount.Sentence.Zh}以内自动执行，超出须批准"
            ),
            _ => new("always asked first", "须先批准"),
        };
        if (rule.Schedule != Schedule.Daily)
            mode = new($"{mode.En}; looked at {rule.Schedule.Sentence.En}", $"{mode.Zh}；{rule.Schedule.Sentence.Zh}检查");
        return new($"{subject.En}: {branches.En}; {mode.En}.", $"{subject.Zh}：{branches.Zh}；{mode.Zh}。");
    }

    public static Phrase Of(When when) =>
        when switch
        {
            When.Holds holds => holds.Formula.Sentence,
            When.Unless unless => new($"not ({Of(unless.Of).En})", $"并非（{Of(unless.Of).Zh}）"),
            When.Any { Of: [var only] } => Of(only),
            When.Any any => Wrapped(Phrase.Join(any.Of.Select(Of), " or ", "，或")),
            When.All all => Phrase.Join(all.Of.Select(Of), " and ", "，且"),
            When.NoData none => NoData(none),
            When.Channels channels => Counted(channels),
            When.Learning { Expected: true } => new("it is in the learning phase", "处于学习期"),
            _ => new("it is not in the learning phase", "不在学习期"),
        };

    private static Phrase NoData(When.NoData none)
    {
        var of = none.Of is { } metric ? new Phrase($" of {metric}", RuleVocabulary.Label(metric)) : new("", "");
        var from = none.From is { } source ? new Phrase($" from {source}", $"{source} ") : new("", "");
        return new($"there is no data{of.En}{from.En} for {none.Days}d", $"{from.Zh}连续 {none.Days} 日无{of.Zh}数据");
    }

    private static Phrase Counted(When.Channels channels)
    {
        var (one, many, zh) = channels.OfCampaigns ? ("campaign", "campaigns", "活动") : ("channel", "channels", "渠道");
        var of = Of(channels.Of);
        return channels.HowMany switch
        {
            HowMany.Any => new($"for any {one} ({of.En})", $"任一{zh}（{of.Zh}）"),
            HowMany.Every => new($"for every {one} ({of.En})", $"每个{zh}（{of.Zh}）"),
            HowMany.No => new($"for no {one} ({of.En})", $"没有{zh}（{of.Zh}）"),
            _ => new($"for at least {channels.Least} {many} ({of.En})", $"至少 {channels.Least} 个{zh}（{of.Zh}）"),
        };
    }

    private static Phrase Of(Branch branch)
    {
        var actions = Phrase.Join(branch.Then.Select(Of), ", ", "，");
        var when = Of(branch.When);
        return new($"when {when.En}, {actions.En}", $"当{when.Zh}时，{actions.Zh}");
    }

    private static Phrase Of(AskedAction action) =>
        action switch
        {
            AskedAction.Shift shift => new($"shift {shift.Amount.Text} to the winner", $"把{shift.Amount.Sentence.Zh}转给接收方"),
            AskedAction.Lift lift => new(
                $"lift its budget by {lift.Amount.Text} from the reserve",
                $"从预备金增加{lift.Amount.Sentence.Zh}"
            ),
            AskedAction.Cut cut => new($"cut its budget by {cut.Amount.Text} to the reserve", $"削减{cut.Amount.Sentence.Zh}并归入预备金"),
            AskedAction.Scale scale => new($"scale its budget to {scale.Target.Text}", $"把预算调到{scale.Target.Sentence.Zh}"),
            AskedAction.Revert => new("take its last shift back", "撤回最近一次转入"),
            AskedAction.Resume => new("resume it", "恢复该渠道"),
            AskedAction.Mark mark => new($"mark the {mark.Role} as {mark.Word}", $"把{RuleWords.Role(mark.Role)}标记为“{mark.Word}”"),
            AskedAction.Issue issue => new($"open the issue '{issue.What.En}'", $"建立问题“{issue.What.Zh}”"),
            AskedAction.Task task => new(
                $"give the {task.Whom} the task to {task.What.En} within {Wording.Hours(task.Within.TotalHours).En}",
                $"给{RuleWords.Chinese(task.Whom)}派任务“{task.What.Zh}”，{Wording.Hours(task.Within.TotalHours).Zh}内完成"
            ),
            AskedAction.Experiment experiment => new(
                $"suggest the experiment '{experiment.Question.En}'",
                $"建议实验“{experiment.Question.Zh}”"
            ),
            AskedAction.Start start => new($"start {start.Workflow}", $"启动流程 {start.Workflow}"),
            AskedAction.Signal signal => new($"signal {signal.Event}", $"发出信号 {signal.Event}"),
            AskedAction.Pause { Role: "channel" } => new("pause it", "暂停该渠道"),
            AskedAction.Pause pause => new($"pause the {pause.Role}", pause.Role == "loser" ? "暂停让出方" : "暂停接收方"),
            AskedAction.Notify notify => new($"notify {notify.Whom}", $"通知{RuleWords.Chinese(notify.Whom)}"),
            AskedAction.Ask ask => new(
                $"ask the {ask.Whom} {ask.What.En} within {Wording.Hours(ask.Within.TotalHours).En}, else {ask.Otherwise}",
                $"请{RuleWords.Chinese(ask.Whom)}在 {Wording.Hours(ask.Within.TotalHours).Zh}内答复（{ask.What.Zh}），否则：{RuleWords.Chinese(ask.Otherwise)}"
            ),
            AskedAction.Hold hold => new($"hold {hold.What}", $"暂停{RuleWords.Chinese(hold.What)}"),
            AskedAction.Advance advance => new($"advance to {advance.To}", $"进入{RuleWords.Chinese(advance.To)}"),
            _ => default,
        };

    private static Phrase Wrapped(Phrase phrase) => new($"({phrase.En})", $"（{phrase.Zh}）");
}
