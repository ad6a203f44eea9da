using CampaignFlow.Engine;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Machine;

namespace CampaignFlow.Benchmarks.Matching;

/// <summary>One way of finding which rules hold for which subjects.</summary>
internal interface IContender
{
    string Name { get; }

    /// <returns>How much holds.</returns>
    int Load(IReadOnlyList<Snapshot> market);

    /// <returns>How much was told about the change.</returns>
    int Change(IReadOnlyList<(int Campaign, int Channel, DayFact Day)> days);

    /// <summary>How much holds now.</summary>
    int Holding();
}

/// <summary>The product's network and memories.</summary>
internal sealed class ByMachine(IReadOnlyList<Rule> rules) : IContender
{
    public const string Title = "ours";
    private readonly RuleMachine machine = new(RuleNetwork.OfCampaigns(rules));
    private int holding;

    public string Name => Title;

    public int Load(IReadOnlyList<Snapshot> market)
    {
        foreach (var campaign in market)
            machine.Put(campaign);
        return Count(machine.Fire());
    }

    public int Change(IReadOnlyList<(int Campaign, int Channel, DayFact Day)> days)
    {
        foreach (var (campaign, channel, day) in days)
            machine.Change(Market.NameOf(campaign), Market.CodeOf(channel), day);
        return Count(machine.Fire());
    }

    public int Holding() => holding;

    private int Count(IReadOnlyList<Activation> fired)
    {
        foreach (var one in fired)
            holding += one.Holds == true ? 1 : -1;
        return fired.Count;
    }
}

/// <summary>
/// No memory: every rule's conditions are interpreted for every subject, pairs in nested loops, the days added up anew for every value,
/// and after a change all of it again.
/// </summary>
internal sealed class Naive(IReadOnlyList<Rule> rules) : IContender
{
    public const string Title = "naive";
    private IReadOnlyList<Snapshot> market = [];
    private int holding;

    public string Name => Title;

    public int Load(IReadOnlyList<Snapshot> all)
    {
        market = all;
        return holding = market.Sum(campaign => rules.Sum(rule => Subjects(rule, campaign).Count(f => Holds(rule.Branches[0].When, f))));
    }

    public int Change(IReadOnlyList<(int Campaign, int Channel, DayFact Day)> days)
    {
        var next = market.ToArray();
        foreach (var (campaign, channel, day) in days)
            next[campaign] = next[campaign] with
            {
                Channels = [.. next[campaign].Channels.Select((c, i) => i == channel ? c with { Days = [day] } : c)],
            };
        return Load(next);
    }

    public int Holding() => holding;

    private static IEnumerable<Facts> Subjects(Rule rule, Snapshot campaign) =>
        rule.ForEach switch
        {
            ForEach.Campaign => [new(campaign, [])],
            ForEach.Channel => campaign.Channels.Select(c => new Facts(campaign, new() { ["channel"] = c })),
            _ => campaign.Channels.SelectMany(l =>
                campaign.Channels.Where(w => w != l).Select(w => new Facts(campaign, new() { ["loser"] = l, ["winner"] = w }))
            ),
        };

    private static bool Holds(When when, Facts facts) =>
        when switch
        {
            When.All all => all.Of.All(w => Holds(w, facts)),
            When.Holds line => line.Formula.Holds(facts) == true,
            When.Channels none => !facts.Campaign.Channels.Any(c => Holds(none.Of, new(facts.Campaign, new() { ["channel"] = c }))),
            _ => throw new NotSupportedException(when.ToString()),
        };

    private sealed class Facts(Snapshot campaign, Dictionary<string, ChannelState> roles) : FactSource
    {
        public Snapshot Campaign => campaign;

        public override string Currency => campaign.Currency;

        public override Phrase Missing(Fact.Named fact) => default;

        public override double Read(Fact.Named fact)
        {
            if (fact.Who == "goal")
                return campaign.Goals[fact.Term.Name];
            if (fact.Window is not { } window)
                return campaign.FlightBudgetMinor!.Value;
            var channels = roles.TryGetValue(fact.Who, out var one) ? [one] : campaign.Channels;
            double Sum(string metric) =>
                channels
                    .SelectMany(c => c.Days)
                    .Where(d => d.Date >= campaign.Today.AddDays(-window.From) && d.Date <= campaign.Today.AddDays(-window.To))
                    .Sum(d => metric == "spend" ? d.SpendMinor ?? 0 : d.Conversions ?? 0);
            return fact.Term.Parts is { } parts ? parts.Of(Sum) : Sum(fact.Term.Name);
        }
    }
}

/// <summary>The four rules as a programmer would write them for these numbers alone: what nothing general can beat.</summary>
internal sealed class ByHand : IContender
{
    public const string Title = "floor";
    private (double Spend, double Conversions)[][] numbers = [];
    private int[] held = [];

    public string Name => Title;

    public int Load(IReadOnlyList<Snapshot> market)
    {
        numbers =
        [
            .. market.Select(m =>
                m.Channels.Select(c => (c.Days.Sum(d => (double)d.SpendMinor!.Value), c.Days.Sum(d => d.Conversions!.Value))).ToArray()
            ),
        ];
        held = [.. numbers.Select(Held)];
        return held.Sum();
    }

    public int Change(IReadOnlyList<(int Campaign, int Channel, DayFact Day)> days)
    {
        foreach (var (campaign, channel, day) in days)
            numbers[campaign][channel] = (day.SpendMinor!.Value, day.Conversions!.Value);
        foreach (var campaign in days.Select(d => d.Campaign).Distinct())
            held[campaign] = Held(numbers[campaign]);
        return days.Count;
    }

    public int Holding() => held.Sum();

    private static int Held((double Spend, double Conversions)[] channels)
    {
        var (holding, spend, some) = (0, 0d, false);
        foreach (var (cost, orders) in channels)
        {
            var cpa = cost / orders;
            holding += cpa > 1.2 * Market.GoalCpa ? 1 : 0;
            spend += cost;
            some |= orders >= 20;
            if (cpa > Market.GoalCpa)
                foreach (var (other, more) in channels)
                    holding += other / more < Market.GoalCpa && cpa > 2 * (other / more) ? 1 : 0;
        }
        return holding + (spend > 0.9 * Market.Budget ? 1 : 0) + (some ? 0 : 1);
    }
}
