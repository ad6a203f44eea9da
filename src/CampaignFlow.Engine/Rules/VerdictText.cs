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
            ForEach.Channel or ForEach.Paused => new(
                $"{candidate.Facts.Roles["channel"].Name}: ",
                $"{candidate.Facts.Roles["channel"].Name}："
            ),
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

    /// <summary>A rule that does not get to look at any subject.</summary>
    public static Verdict Mute(Rule rule, VerdictKind kind, Phrase why) =>
        new()
        {
            Rule = rule.Id,
            RuleHash = rule.Hash,
            Subject = new Dictionary<string, string>(StringComparer.Ordinal),
            Kind = kind,
            Clauses = [],
            Actions = [],
            Why = why,
            Mode = rule.Mode is AskedMode.Observe ? new Mode.Observe() : new Mode.Ask(),
        };

    public Verdict UnknownAmount()
    {
        var amount = candidate
            .Branch!.Then.Select(a =>
                a switch
                {
                    AskedAction.Shift shift => shift.Amount,
                    AskedAction.Lift lift => lift.Amount,
                    AskedAction.Cut cut => cut.Amount,
                    AskedAction.Scale scale => scale.Target,
                    _ => null,
                }
            )
            .OfType<Formula>()
            .First();
        var why = Phrase.Join(amount.Facts.Where(f => double.IsNaN(Facts.Values([f])[0])).Select(Facts.WhyMissing));
        return Verdict(VerdictKind.Unknown, Clauses(), [], null, new($"the amount is unknown: {why.En}", $"金额无法确定：{why.Zh}"));
    }

    public Verdict Stopped(Objection objection, double? asked) =>
        Verdict(
            objection.Lost ? VerdictKind.Lost : VerdictKind.Blocked,
            Clauses(),
            objection.Lost ? [] : Actions(asked is { } amount ? (long)Math.Floor(Math.Min(amount, long.MaxValue / 2d)) : 0, objection.Why),
            objection.By,
            objection.Why
        );

    public Verdict Fired(MoveSize? size, double? asked)
    {
        var clauses = Clauses();
        var reasons = Reasons(clauses.Where(c => c.Holds == true));
        var headline = Headline(size?.AmountMinor ?? 0);
        var cut = size?.CutBy is { } limit
            ? new Phrase(
                $" (cut from {Say(asked!.Value)} by {MoveLimits.Name(limit).En})",
                $"（原为 {Say(asked.Value)}，受{MoveLimits.Name(limit).Zh}限制）"
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

    private Mode Mode() => GuardLimits.Stricter(Wanted(), snapshot.LimitsOf(Rule.Id)?.Mode)!;

    /// <summary>A threshold that cannot be worked out, such as one in another currency, means ask.</summary>
    private Mode Wanted() =>
        Rule.Mode switch
        {
            AskedMode.Observe => new Mode.Observe(),
            AskedMode.Auto => new Mode.Auto(),
            AskedMode.AskAbove above when above.Amount.Number(Facts) is { } limit => new Mode.AskAbove((long)Math.Floor(limit)),
            _ => new Mode.Ask(),
        };

    private List<Clause> Clauses() => [.. WhenTest.Explain(candidate.Branch!.When, Facts)];

    private static Phrase Reasons(IEnumerable<Clause> clauses) => Phrase.Join(clauses.Select(c => c.Sentence).Take(MostReasons));

    private List<RuleAction> Actions(long amount, Phrase why) => new VerdictActions(Rule, candidate, snapshot).Of(amount, why);

    private Phrase Headline(long amount) => new VerdictActions(Rule, candidate, snapshot).Headline(amount);

    private Money Say(double minor) => new((long)Math.Floor(Math.Min(minor, long.MaxValue / 2d)), snapshot.Currency);
}
