using CampaignFlow.Engine.Rules.Machine;

namespace CampaignFlow.Engine.Rules;

/// <summary>Money that a candidate would move before any limit.</summary>
/// <param name="From">Null: the reserve.</param>
/// <param name="To">Null: the reserve.</param>
/// <param name="AmountMinor">NaN when unknown.</param>
internal sealed record Move(ChannelState? From, ChannelState? To, double AmountMinor);

/// <summary>One subject of a rule with the branch that holds for it; null when none does.</summary>
internal sealed record Candidate(SnapshotFacts Facts, Branch? Branch, bool? Holds)
{
    /// <summary>What the rule would move before any limit; null when it moves nothing.</summary>
    public Move? Move => Branch?.Then.Select(Of).FirstOrDefault(m => m is not null);

    /// <summary>In minor units; NaN when unknown, null when it moves nothing.</summary>
    public double? Asked => Move?.AmountMinor;

    public string Key => string.Join('/', Facts.Roles.OrderBy(r => r.Key, StringComparer.Ordinal).Select(r => r.Value.Code));

    private Move? Of(AskedAction action)
    {
        double Number(Expressions.Formula formula) => formula.Number(Facts) ?? double.NaN;
        switch (action)
        {
            case AskedAction.Shift shift:
                return new(Facts.Roles["loser"], Facts.Roles["winner"], Number(shift.Amount));
            case AskedAction.Lift lift:
                return new(null, Facts.Roles[lift.Role], Number(lift.Amount));
            case AskedAction.Cut cut:
                return new(Facts.Roles[cut.Role], null, Number(cut.Amount));
            case AskedAction.Scale scale:
                var channel = Facts.Roles[scale.Role];
                var more = Number(scale.Target) - channel.BudgetMinor;
                return more < 0 ? new(channel, null, -more) : new(null, channel, more);
            case AskedAction.Revert revert:
                var snapshot = Facts.Numbers.Snapshot;
                var receiver = Facts.Roles[revert.Role];
                return
                    snapshot.LastShiftTo(receiver.Code) is { } last
                    && snapshot.Channels.FirstOrDefault(c => c.Code == last.From) is { } giver
                    ? new(receiver, giver, last.AmountMinor)
                    : null;
            default:
                return null;
        }
    }
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

/// <summary>The subjects of a rule with what its conditions say of each.</summary>
internal sealed class Matching(RuleNetwork network, CampaignMemory memory)
{
    private Snapshot Snapshot => memory.Snapshot;

    public IEnumerable<Match> Of(Rule rule) =>
        rule.ForEach switch
        {
            ForEach.Campaign or ForEach.Portfolio => [new(rule, [Test(rule, 0, [])])],
            ForEach.Channel => Each(rule, active: true),
            ForEach.Paused => Each(rule, active: false),
            _ => Rows(active: true).Select(loser => Pair(rule, loser)).OfType<Match>(),
        };

    private IEnumerable<Match> Each(Rule rule, bool active) =>
        Rows(active).Select(row => new Match(rule, [Test(rule, row, new() { ["channel"] = Snapshot.Channels[row] })]));

    private IEnumerable<int> Rows(bool active) =>
        Enumerable.Range(0, Snapshot.Channels.Count).Where(row => Snapshot.Channels[row].Active == active);

    private Match? Pair(Rule rule, int row)
    {
        var channels = Snapshot.Channels;
        var loser = channels[row];
        var candidates = Rows(active: true)
            .Where(winner => winner != row)
            .Select(winner => Test(rule, (row * channels.Count) + winner, new() { ["loser"] = loser, ["winner"] = channels[winner] }))
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
        var asWinner = Facts(rule, new() { ["loser"] = loser, ["winner"] = loser });
        return -Rank(rule, new(asWinner, null, null));
    }

    private static int Nearness(Rule rule, Candidate candidate) => rule.Branches.Max(branch => WhenTest.Held(branch.When, candidate.Facts));

    private SnapshotFacts Facts(Rule rule, Dictionary<string, ChannelState> roles) => memory.Facts(rule.Guard, roles);

    /// <param name="subject">As the network counts a rule's subjects.</param>
    private Candidate Test(Rule rule, int subject, Dictionary<string, ChannelState> roles)
    {
        var truth = memory.Truths(network.PlaceOf(rule), out _)[subject];
        return new(
            Facts(rule, roles),
            truth >= RuleMatcher.FirstBranch ? rule.Branches[truth - RuleMatcher.FirstBranch] : null,
            truth == RuleMatcher.Unknown ? null : truth != RuleMatcher.False
        );
    }
}
