using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Puts a decision into a verdict: actions, clauses and the sentence that explains it.</summary>
internal sealed class VerdictText(Match match, Candidate candidate, Snapshot snapshot)
{
    private const int MostReasons = 3;

    private Rule Rule => match.Rule;

    private SnapshotFacts Facts => candidate.Facts;

    public static Verdict NoMatch(Match match)
    {
        var candidate = match.Candidates[0];
        var clauses = match.Rule.Branches.SelectMany(b => WhenTest.Explain(b.When, candidate.Facts)).ToList();
        var kind = candidate.Holds is null ? VerdictKind.Unknown : VerdictKind.NotFired;
        bool? told = kind == VerdictKind.Unknown ? null : false;
        var reasons = Reasons(clauses.Where(c => c.Holds == told));
        var subject = match.Rule.ForEach switch
        {
            ForEach.Pair => new Phrase(
                $"{candidate.Facts.Roles["loser"].Name}, nearest winner {candidate.Facts.Roles["winner"].Name}: ",
                $"{candidate.Facts.Roles["loser"].Name}（最接近的接收方：{candidate.Facts.Roles["winner"].Name}）："
            ),
            ForEach.Channel => new($"{candidate.Facts.Roles["channel"].Name}: ", $"{candidate.Facts.Roles["channel"].Name}："),
            _ => new("", ""),
        };
        return new VerdictText(match, candidate, candidate.Facts.Numbers.Snapshot).Verdict(
            kind,
            clauses,
            [],
            null,
            new(subject.En + reasons.En, subject.Zh + reasons.Zh)
        );
    }

    public Verdict UnknownAmount()
    {
        var shift = candidate.Branch!.Then.OfType<AskedAction.Shift>().First();
        var why = Phrase.Join(shift.Amount.Facts.Where(f => double.IsNaN(Facts.Values([f])[0])).Select(Facts.WhyMissing));
        return Verdict(VerdictKind.Unknown, Clauses(), [], null, new($"the amount is unknown: {why.En}", $"金额无法确定：{why.Zh}"));
    }

    public Verdict Stopped(Objection objection, double? asked) =>
        Verdict(
            objection.Lost ? VerdictKind.Lost : VerdictKind.Blocked,
            Clauses(),
            objection.Lost ? [] : Actions(asked is { } amount ? (long)Math.Floor(amount) : 0, objection.Why),
            objection.By,
            objection.Why
        );

    public Verdict Fired(ShiftSize? size, double? asked)
    {
        var clauses = Clauses();
        var reasons = Reasons(clauses.Where(c => c.Holds == true));
        var headline = Headline(size?.AmountMinor ?? 0);
        var cut = size?.CutBy is { } limit
            ? new Phrase(
                $" (cut from {Say(asked!.Value)} by {ShiftLimits.Name(limit).En})",
                $"（原为 {Say(asked.Value)}，受{ShiftLimits.Name(limit).Zh}限制）"
            )
            : new("", "");
        var others =
            match.Candidates.Count > 1
                ? new Phrase(
                    $"; chosen from {match.Candidates.Count} winners that match",
                    $"；从 {match.Candidates.Count} 个满足条件的接收方中择优"
                )
                : new("", "");
        var why = new Phrase($"{headline.En}{cut.En}: {reasons.En}{others.En}", $"{headline.Zh}{cut.Zh}：{reasons.Zh}{others.Zh}");
        return Verdict(VerdictKind.Fired, clauses, Actions(size?.AmountMinor ?? 0, why), null, why);
    }

    private Verdict Verdict(
        VerdictKind kind,
        IReadOnlyList<Clause> clauses,
        IReadOnlyList<RuleAction> actions,
        string? blockedBy,
        Phrase why
    ) =>
        new()
        {
            Rule = Rule.Id,
            RuleHash = Rule.Hash,
            Subject = Facts.Roles.ToDictionary(r => r.Key, r => r.Value.Code, StringComparer.Ordinal),
            Kind = kind,
            Clauses = clauses,
            Actions = actions,
            BlockedBy = blockedBy,
            Why = why,
            Mode = Mode(),
        };

    /// <summary>A threshold that cannot be worked out, such as one in another currency, means ask.</summary>
    private Mode Mode() =>
        Rule.Mode switch
        {
            AskedMode.Observe => new Mode.Observe(),
            AskedMode.Auto => new Mode.Auto(),
            AskedMode.AskAbove above when above.Amount.Number(Facts) is { } limit => new Mode.AskAbove((long)Math.Floor(limit)),
            _ => new Mode.Ask(),
        };

    private List<Clause> Clauses() => [.. WhenTest.Explain(candidate.Branch!.When, Facts)];

    private static Phrase Reasons(IEnumerable<Clause> clauses) => Phrase.Join(clauses.Select(c => c.Sentence).Take(MostReasons));

    private List<RuleAction> Actions(long amount, Phrase why) => [.. candidate.Branch!.Then.Select(a => Action(a, amount, why))];

    private RuleAction Action(AskedAction asked, long amount, Phrase why) =>
        asked switch
        {
            AskedAction.Shift => new RuleAction.Shift(Facts.Roles["loser"].Code, Facts.Roles["winner"].Code, amount),
            AskedAction.Pause pause => new RuleAction.Pause(Facts.Roles[pause.Role].Code),
            AskedAction.Notify notify => new RuleAction.Notify(
                notify.Whom,
                new($"{Rule.Title.En}. {why.En}", $"{Rule.Title.Zh}。{why.Zh}")
            ),
            AskedAction.Ask ask => new RuleAction.Ask(
                ask.Whom,
                new($"{Rule.Title.En} ({ask.What}). {why.En}", $"{Rule.Title.Zh}（{RuleWords.Chinese(ask.What)}）。{why.Zh}"),
                ask.Within,
                ask.Otherwise
            ),
            AskedAction.Hold hold => new RuleAction.Hold(hold.What),
            AskedAction.Advance advance => new RuleAction.Advance(advance.To),
            _ => throw new InvalidOperationException($"{asked.GetType().Name} is not an action."),
        };

    private Phrase Headline(long amount)
    {
        var parts = candidate.Branch!.Then.Select(a =>
            a switch
            {
                AskedAction.Shift => new Phrase(
                    $"shift {Say(amount)} a day from {Facts.Roles["loser"].Name} to {Facts.Roles["winner"].Name}",
                    $"每日从 {Facts.Roles["loser"].Name} 转 {Say(amount)} 到 {Facts.Roles["winner"].Name}"
                ),
                AskedAction.Pause pause => new($"pause {Facts.Roles[pause.Role].Name}", $"暂停 {Facts.Roles[pause.Role].Name}"),
                AskedAction.Notify notify => new($"notify {notify.Whom}", $"通知{RuleWords.Chinese(notify.Whom)}"),
                AskedAction.Ask ask => new($"ask {ask.Whom}", $"询问{RuleWords.Chinese(ask.Whom)}"),
                AskedAction.Hold hold => new($"hold {hold.What}", $"暂停{RuleWords.Chinese(hold.What)}"),
                AskedAction.Advance advance => new($"advance to {advance.To}", $"进入{RuleWords.Chinese(advance.To)}"),
                _ => Phrase.Same(""),
            }
        );
        return Phrase.Join(parts, ", ", "，");
    }

    private Money Say(double minor) => new((long)Math.Floor(minor), snapshot.Currency);
}
