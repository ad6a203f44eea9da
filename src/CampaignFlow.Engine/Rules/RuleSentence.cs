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
            When.NoData { AnyChannel: true } none => new($"any channel has no data for {none.Days}d", $"任一渠道连续 {none.Days} 日无数据"),
            When.NoData none => new($"there is no data for {none.Days}d", $"连续 {none.Days} 日无数据"),
            When.Learning { Expected: true } => new("it is in the learning phase", "处于学习期"),
            _ => new("it is not in the learning phase", "不在学习期"),
        };

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
            AskedAction.Pause { Role: "channel" } => new("pause it", "暂停该渠道"),
            AskedAction.Pause pause => new($"pause the {pause.Role}", pause.Role == "loser" ? "暂停让出方" : "暂停接收方"),
            AskedAction.Notify notify => new($"notify {notify.Whom}", $"通知{RuleWords.Chinese(notify.Whom)}"),
            AskedAction.Ask ask => new(
                $"ask the {ask.Whom} {ask.What} within {Wording.Hours(ask.Within.TotalHours).En}, else {ask.Otherwise}",
                $"请{RuleWords.Chinese(ask.Whom)}在 {Wording.Hours(ask.Within.TotalHours).Zh}内答复（{RuleWords.Chinese(ask.What)}），否则：{RuleWords.Chinese(ask.Otherwise)}"
            ),
            AskedAction.Hold hold => new($"hold {hold.What}", $"暂停{RuleWords.Chinese(hold.What)}"),
            AskedAction.Advance advance => new($"advance to {advance.To}", $"进入{RuleWords.Chinese(advance.To)}"),
            _ => default,
        };

    private static Phrase Wrapped(Phrase phrase) => new($"({phrase.En})", $"（{phrase.Zh}）");
}
