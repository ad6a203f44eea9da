using System.Globalization;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Benchmarks.Matching;

/// <summary>Campaigns with a day's numbers for each channel, always the same, and the rules that look at them.</summary>
internal static class Market
{
    public const int Channels = 6;
    public static readonly DateOnly Today = new(2026, 3, 29);

    /// <summary>Goal and budget of every campaign, in minor units.</summary>
    public const double GoalCpa = 20_00;
    public const long Budget = 1_500_00;

    private static readonly string[] Codes = [.. Enumerable.Range(0, Channels).Select(i => $"channel-{i}")];
    private static readonly Dictionary<string, double> Goals = new(StringComparer.Ordinal) { ["cpa"] = GoalCpa };

    public static IReadOnlyList<Rule> Rules() =>
        [
            Read("threshold", "for each: channel in a campaign\nwhen: cpa(7d) > 1.2 * goal.cpa"),
            Read(
                "join",
                """
                for each: pair of channels (loser, winner) in a campaign
                when:
                  all:
                    - loser.cpa(7d) > goal.cpa
                    - winner.cpa(7d) < goal.cpa
                    - loser.cpa(7d) > 2 * winner.cpa(7d)
                """
            ),
            Read("aggregate", "for each: campaign\nwhen: spend(7d) > 90% * budget"),
            Read("absence", "for each: campaign\nwhen:\n  no channel: conversions(7d) >= 20"),
        ];

    /// <summary>A join with numbers of its own, so that nothing can be shared with the others.</summary>
    public static Rule JoinRule(int number, int round) =>
        Read(
            $"r{number:0000}",
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                for each: pair of channels (loser, winner) in a campaign
                when:
                  all:
                    - loser.cpa({1 + (number % 28)}d) > {1 + number + round}% * goal.cpa
                    - winner.roas(7d) > 1.{number:0000} * loser.roas(7d)
                    - loser.conversions(7d) >= {number % 50} and winner.conversions(7d) >= 30
                """
            )
        );

    public static List<Snapshot> Create(int campaigns)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, campaigns).Select(i => Campaign(random, i))];
    }

    /// <summary>Numbers of yesterday for a channel of a campaign.</summary>
    public static (int Campaign, int Channel, DayFact Day) AnyDay(Random random, int campaign, int channel)
    {
        var spend = random.Next(50_00, 400_00);
        return (
            campaign,
            channel,
            new(Today.AddDays(-1), spend, spend * random.Next(1, 4), 10_000, random.Next(100, 400), random.Next(1, 25), null)
        );
    }

    public static string NameOf(int campaign) => string.Create(CultureInfo.InvariantCulture, $"campaign-{campaign:00000}");

    public static string CodeOf(int channel) => Codes[channel];

    private static Snapshot Campaign(Random random, int number) =>
        new()
        {
            Campaign = NameOf(number),
            Currency = "CNY",
            Now = new(Today.ToDateTime(new(9, 0)), TimeSpan.Zero),
            Today = Today,
            FlightStart = Today.AddDays(-1),
            FlightEnd = Today.AddDays(55),
            FlightBudgetMinor = Budget,
            Goals = Goals,
            Channels =
            [
                .. Enumerable
                    .Range(0, Channels)
                    .Select(i => new ChannelState(
                        Codes[i],
                        Codes[i],
                        100_00,
                        50_00,
                        200_00,
                        Shiftable: true,
                        Active: true,
                        [AnyDay(random, number, i).Day]
                    )),
            ],
        };

    private static Rule Read(string id, string conditions)
    {
        var (rule, problems) = RuleFile.Parse($"rule: {id}\n{conditions}\nthen:\n  - notify: somebody\n", id + ".yaml");
        return rule ?? throw new InvalidOperationException(problems[0].ToString());
    }
}
