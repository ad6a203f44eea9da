using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Turns what a file asks for into actions on this subject, and says them in one line.</summary>
internal sealed class VerdictActions(Rule rule, Candidate candidate, Snapshot snapshot)
{
    private IReadOnlyDictionary<string, ChannelState> Roles => candidate.Facts.Roles;

    private ChannelState? Subject => Roles.GetValueOrDefault("channel") ?? Roles.GetValueOrDefault("loser");

    public List<RuleAction> Of(long amount, Phrase why) =>
        [.. candidate.Branch!.Then.Select(a => Action(a, amount, why)).OfType<RuleAction>()];

    public Phrase Headline(long amount) => Phrase.Join(candidate.Branch!.Then.Select(a => Say(a, amount)), ", ", "，");

    private RuleAction? Action(AskedAction asked, long amount, Phrase why) =>
        asked switch
        {
            AskedAction.Shift => new RuleAction.Shift(Roles["loser"].Code, Roles["winner"].Code, amount),
            AskedAction.Lift or AskedAction.Cut or AskedAction.Scale => candidate.Move!.To is { } to
                ? new RuleAction.Lift(to.Code, amount)
                : new RuleAction.Cut(candidate.Move.From!.Code, amount),
            AskedAction.Revert revert => snapshot.LastShiftTo(Roles[revert.Role].Code) is { } last
                ? new RuleAction.Revert(last.Rule, last.Date, last.To!, last.From!, amount)
                : null,
            AskedAction.Pause pause => new RuleAction.Pause(Roles[pause.Role].Code),
            AskedAction.Resume resume => new RuleAction.Resume(Roles[resume.Role].Code),
            AskedAction.Mark mark => new RuleAction.Mark(Roles.GetValueOrDefault(mark.Role)?.Code, mark.Word),
            AskedAction.Notify notify => new RuleAction.Notify(
                notify.Whom,
                new($"{rule.Title.En}. {why.En}", $"{rule.Title.Zh}。{why.Zh}")
            ),
            AskedAction.Ask ask => new RuleAction.Ask(
                ask.Whom,
                new($"{rule.Title.En} ({ask.What.En}). {why.En}", $"{rule.Title.Zh}（{ask.What.Zh}）。{why.Zh}"),
                ask.Within,
                ask.Otherwise
            ),
            AskedAction.Task task => new RuleAction.Task(task.Whom, On(task.What), why, task.Within),
            AskedAction.Issue issue => new RuleAction.Issue(Subject?.Code, On(issue.What), why),
            AskedAction.Experiment experiment => new RuleAction.Experiment(Subject?.Code, On(experiment.Question), why),
            AskedAction.Start start => new RuleAction.Start(start.Workflow),
            AskedAction.Signal signal => new RuleAction.Signal(signal.Event),
            AskedAction.Hold hold => new RuleAction.Hold(hold.What, Roles.GetValueOrDefault(hold.What)?.Code),
            AskedAction.Advance advance => new RuleAction.Advance(advance.To),
            _ => throw new InvalidOperationException($"{asked.GetType().Name} is not an action."),
        };

    private Phrase Say(AskedAction action, long amount)
    {
        var money = new Money(amount, snapshot.Currency);
        return action switch
        {
            AskedAction.Shift => new Phrase(
                $"shift {money} a day from {Roles["loser"].Name} to {Roles["winner"].Name}",
                $"每日从 {Roles["loser"].Name} 转 {money} 到 {Roles["winner"].Name}"
            ),
            AskedAction.Lift or AskedAction.Cut or AskedAction.Scale => candidate.Move!.To is { } to
                ? new($"lift {to.Name} by {money} a day from the reserve", $"从预备金每日增加 {to.Name} {money}")
                : new($"cut {candidate.Move.From!.Name} by {money} a day", $"每日削减 {candidate.Move.From!.Name} {money}"),
            AskedAction.Revert revert when snapshot.LastShiftTo(Roles[revert.Role].Code) is { } last => new(
                $"take back {money} a day of what {Roles[revert.Role].Name} got on {Outlook.Text(last.Date)}",
                $"撤回 {Roles[revert.Role].Name} 于 {Outlook.Text(last.Date)} 获得的预算中每日 {money}"
            ),
            AskedAction.Pause pause => new($"pause {Roles[pause.Role].Name}", $"暂停 {Roles[pause.Role].Name}"),
            AskedAction.Resume resume => new($"resume {Roles[resume.Role].Name}", $"恢复 {Roles[resume.Role].Name}"),
            AskedAction.Mark mark => Roles.GetValueOrDefault(mark.Role) is { } marked
                ? new($"mark {marked.Name} as {mark.Word}", $"把 {marked.Name} 标记为“{mark.Word}”")
                : new($"mark the {mark.Role} as {mark.Word}", $"把{RuleWords.Role(mark.Role)}标记为“{mark.Word}”"),
            AskedAction.Notify notify => new($"notify {notify.Whom}", $"通知{RuleWords.Chinese(notify.Whom)}"),
            AskedAction.Ask ask => new($"ask {ask.Whom}", $"询问{RuleWords.Chinese(ask.Whom)}"),
            AskedAction.Task task => new($"task for {task.Whom}", $"派任务给{RuleWords.Chinese(task.Whom)}"),
            AskedAction.Issue issue => new($"open the issue '{issue.What.En}'", $"建立问题“{issue.What.Zh}”"),
            AskedAction.Experiment experiment => new(
                $"suggest the experiment '{experiment.Question.En}'",
                $"建议实验“{experiment.Question.Zh}”"
            ),
            AskedAction.Start start => new($"start {start.Workflow}", $"启动流程 {start.Workflow}"),
            AskedAction.Signal signal => new($"signal {signal.Event}", $"发出信号 {signal.Event}"),
            AskedAction.Hold hold when Roles.TryGetValue(hold.What, out var held) => new(
                $"hold changes of {held.Name}",
                $"暂停调整 {held.Name}"
            ),
            AskedAction.Hold hold => new($"hold {hold.What}", $"暂停{RuleWords.Chinese(hold.What)}"),
            AskedAction.Advance advance => new($"advance to {advance.To}", $"进入{RuleWords.Chinese(advance.To)}"),
            _ => Phrase.Same(""),
        };
    }

    /// <summary>What an author wrote, with the channel it is about.</summary>
    private Phrase On(Phrase words) => Subject is { } one ? new($"{one.Name}: {words.En}", $"{one.Name}: {words.Zh}") : words;
}
