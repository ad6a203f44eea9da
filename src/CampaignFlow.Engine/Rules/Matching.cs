namespace CampaignFlow.Engine.Rules;

/// <summary>One subject of a rule with the branch that holds for it; null when none does.</summary>
internal sealed record Candidate(SnapshotFacts Facts, Branch? Branch, bool? Holds)
{
    /// <summary>What the rule would move before any limit, in minor units; NaN when unknown, null when it moves nothing.</summary>
    public double? Asked =>
        Branch?.Then.OfType<AskedAction.Shift>().FirstOrDefault() is { } shift ? shift.Amount.Number(Facts) ?? double.NaN : null;

    public string Key => string.Join('/', Facts.Roles.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Value.Code));
}

/// <summary>
/// A loser, a channel or the campaign. <paramref name="Candidates"/> hold, best first; when none holds, there is one:
/// the nearest miss.
/// </summary>
/// <param name="Urgency">The higher, the earlier within its rule.</param>
internal sealed record Match(Rule Rule, IReadOnlyList<Candidate> Candidates, double Urgency = 0)
{
    public bool Holds => Candidates[0].Holds == true;
}

/// <summary>Finds the subjects of a rule and tests its conditions on each.</summary>
internal sealed class Matching(SnapshotNumbers numbers, Certainty certainty)
{
    private Snapshot Snapshot => numbers.Snapshot;

    public IEnumerable<Match> Of(Rule rule) =>
        rule.ForEach switch
        {
            ForEach.Campaign => [new(rule, [Test(rule, [])])],
            ForEach.Channel => Snapshot.Channels.Where(c => c.Active).Select(c => new Match(rule, [Test(rule, new() { ["channel"] = c })])),
            _ => Snapshot.Channels.Where(c => c.Active).Select(loser => Pair(rule, loser)).OfType<Match>(),
        };

    private Match? Pair(Rule rule, ChannelState loser)
    {
        var candidates = Snapshot
            .Channels.Where(winner => winner.Code != loser.Code && winner.Active)
            .Select(winner => Test(rule, new() { ["loser"] = loser, ["winner"] = winner }))
            .ToList();
        if (candidates.Count == 0)
            return null;
        // Ranking keeps the code order among equals, so files and channels in another order change nothing.
        var matching = candidates.Where(c => c.Holds == true).OrderByDescending(c => Rank(rule, c)).ToList();
        return matching.Count > 0
            ? new(rule, matching, Urgency(rule, loser))
            : new(rule, [candidates.OrderByDescending(c => Nearness(rule, c)).ThenByDescending(c => Rank(rule, c)).First()]);
    }

    private static double Rank(Rule rule, Candidate candidate) =>
        rule.Choose is { } choose && choose.Value.Number(candidate.Facts) is { } value ? (choose.Highest ? value : -value)
        : rule.Choose is null ? 0
        : double.NegativeInfinity;

    /// <summary>What chooses the best winner also says which loser is the worst: it gives first.</summary>
    private double Urgency(Rule rule, ChannelState loser)
    {
        var asWinner = new SnapshotFacts(
            numbers,
            certainty,
            rule.Guard.IgnoreLastDays,
            new Dictionary<string, ChannelState> { ["loser"] = loser, ["winner"] = loser }
        );
        return -Rank(rule, new(asWinner, null, null));
    }

    private static int Nearness(Rule rule, Candidate candidate) => rule.Branches.Max(branch => WhenTest.Held(branch.When, candidate.Facts));

    private Candidate Test(Rule rule, Dictionary<string, ChannelState> roles)
    {
        var facts = new SnapshotFacts(numbers, certainty, rule.Guard.IgnoreLastDays, roles);
        bool? none = false;
        foreach (var branch in rule.Branches)
        {
            // An unknown case is passed over: a later one may be there exactly because data are missing.
            var holds = WhenTest.Holds(branch.When, facts);
            if (holds == true)
                return new(facts, branch, true);
            none = holds is null ? null : none;
        }
        return new(facts, null, none);
    }
}
