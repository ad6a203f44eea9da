namespace CampaignFlow.Engine.Rules;

/// <summary>
/// Snapshot → match → resolve → guard → verdicts. A function: the same rules and snapshot, in any order of files, give the same
/// verdicts. Rules propose; nothing here moves money.
/// </summary>
public static class RuleEngine
{
    public static IReadOnlyList<Verdict> Evaluate(IReadOnlyList<Rule> rules, Snapshot snapshot)
    {
        // One order of channels, so that sums round alike and ties fall alike however they were listed.
        snapshot = snapshot with
        {
            Channels = [.. snapshot.Channels.OrderBy(c => c.Code, StringComparer.Ordinal)],
        };
        var numbers = new SnapshotNumbers(snapshot);
        var matching = new Matching(numbers, new Certainty(numbers));
        var proposals = new Proposals(snapshot);
        // Whoever wants everything held speaks first; then priority, smallest change, rule id.
        var inOrder = rules
            .Select(rule => (Rule: rule, Matches: matching.Of(rule).ToList()))
            .OrderByDescending(r => r.Matches.Exists(m => m.Holds && Holds(m)))
            .ThenByDescending(r => r.Rule.Priority)
            .ThenBy(r => r.Matches.Where(m => m.Holds).Select(Size).DefaultIfEmpty(0).Min())
            .ThenBy(r => r.Rule.Id, StringComparer.Ordinal);
        var verdicts = new List<Verdict>();
        foreach (var (_, matches) in inOrder)
        foreach (var match in InOrder(matches))
            verdicts.Add(Decide(match, proposals));
        return verdicts;
    }

    /// <summary>Within a rule the worst loser goes first, then the largest effect.</summary>
    private static IEnumerable<Match> InOrder(IEnumerable<Match> matches) =>
        matches
            .OrderByDescending(m => m.Holds)
            .ThenByDescending(m => m.Urgency)
            .ThenByDescending(m => m.Holds ? Size(m) : 0)
            .ThenBy(m => m.Candidates[0].Key, StringComparer.Ordinal);

    private static bool Holds(Match match) => match.Candidates[0].Branch!.Then.Any(a => a is AskedAction.Hold);

    private static double Size(Match match) =>
        match.Candidates[0].Asked is { } asked ? (double.IsNaN(asked) ? 0 : asked)
        : match.Candidates[0].Branch!.Then.Any(a => a is AskedAction.Pause) ? match.Candidates[0].Facts.Roles.Values.Sum(c => c.BudgetMinor)
        : 0;

    /// <summary>The best candidate that no guard stops; when all are stopped, why the best one is.</summary>
    private static Verdict Decide(Match match, Proposals proposals)
    {
        if (!match.Holds)
            return VerdictText.NoMatch(match);
        Verdict? first = null;
        foreach (var candidate in match.Candidates)
        {
            var verdict = Propose(match, candidate, proposals);
            if (verdict.Kind == VerdictKind.Fired)
            {
                if (match.Rule.Mode is not AskedMode.Observe)
                    proposals.Add(match.Rule, Guards.Subjects([.. candidate.Facts.Roles.Values]), verdict.Actions);
                return verdict;
            }
            first ??= verdict;
        }
        return first!;
    }

    private static Verdict Propose(Match match, Candidate candidate, Proposals proposals)
    {
        var rule = match.Rule;
        var text = new VerdictText(match, candidate, proposals.Snapshot);
        var asked = candidate.Asked;
        if (asked is { } amount && double.IsNaN(amount))
            return text.UnknownAmount();
        if (Guards.Object(rule, candidate, proposals) is { } objection)
            return text.Stopped(objection, asked);
        ShiftSize? size = null;
        if (asked is { } wanted)
        {
            size = ShiftLimits.Size(rule, candidate, wanted, proposals);
            if (size.Objection is { } limit)
                return text.Stopped(limit, asked);
        }
        return text.Fired(size, asked);
    }
}
