using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

/// <summary>Snapshots and rules, small enough to read in a test.</summary>
internal static class World
{
    public static DateOnly Today { get; } = new(2026, 3, 29);

    public static ChannelState Channel(string code, long budget, params DayFact[] days) =>
        new(code, code, budget, 0, budget * 10, true, true, days);

    /// <summary>The same numbers on each of the last days, oldest first.</summary>
    public static DayFact[] Days(int count, long spend, long revenue, double conversions, long clicks = 100) =>
        [.. Enumerable.Range(0, count).Select(i => Day(count - i, spend, revenue, conversions, clicks))];

    public static DayFact Day(int ago, long? spend, long? revenue, double? conversions, long? clicks = 100) =>
        new(Today.AddDays(-ago), spend, revenue, 10_000, clicks, conversions, null);

    public static Snapshot Of(params ChannelState[] channels) =>
        new()
        {
            Campaign = "c",
            Currency = "EUR",
            Now = new(Today.ToDateTime(new(9, 0)), TimeSpan.Zero),
            Today = Today,
            FlightStart = Today.AddDays(-28),
            FlightEnd = Today.AddDays(27),
            Channels = channels,
        };

    public static Rule Rule(string text, string id = "r", MetricBook? book = null)
    {
        var (rule, problems) = RuleFile.Parse(text, id + ".yaml", book);
        Assert.Empty(problems);
        return rule!;
    }

    public static Rule ChannelRule(
        string when,
        string then = "notify: somebody",
        string rest = "",
        string id = "r",
        MetricBook? book = null
    ) => Rule($"rule: {id}\nfor each: channel in a campaign\nwhen: {when}\nthen:\n  - {then}\n{rest}", id, book);

    public static Rule CampaignRule(string when, string then = "notify: somebody", string rest = "", string id = "r") =>
        Rule($"rule: {id}\nfor each: campaign\nwhen: {when}\nthen:\n  - {then}\n{rest}", id);

    public static Rule PairRule(string rest = "", string id = "r", string shift = "15% of loser.budget") =>
        Rule(
            $"""
            rule: {id}
            for each: pair of channels (loser, winner) in a campaign
            when: winner.roas(7d) > 1.5 * loser.roas(7d)
            choose: highest winner.roas(7d)
            then:
              - shift: {shift} to winner
            {rest}
            """,
            id
        );

    public static Verdict Only(Rule rule, Snapshot snapshot) => Assert.Single(RuleEngine.Evaluate([rule], snapshot));

    public static Verdict Of(this IEnumerable<Verdict> verdicts, string subject) =>
        verdicts.First(v => v.Subject.GetValueOrDefault("loser", v.Subject.GetValueOrDefault("channel", "")) == subject);
}
