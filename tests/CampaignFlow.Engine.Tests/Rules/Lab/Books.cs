using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;

namespace CampaignFlow.Engine.Tests.Rules.Lab;

/// <summary>Made-up histories, small enough to reckon by hand.</summary>
internal static class Books
{
    public static DateOnly Start { get; } = new(2026, 3, 2);

    public const string Naive = """
        rule: { en: Raise what earned yesterday, zh: 昨日盈利则加预算 }
        for each: channel in a campaign
        cases:
          - when: roas(yesterday) > 1.2
            then:
              - scale: to 120% of budget
          - when: roas(yesterday) < 0.8
            then:
              - scale: to 80% of budget
        mode: auto
        """;

    /// <param name="revenue">Of a channel on a day, counted from 0; spend is 100.00 a day.</param>
    public static History Of(int days, Func<string, int, double> revenue, params string[] channels) =>
        new()
        {
            Campaign = "spring",
            Currency = "EUR",
            FlightStart = Start,
            FlightEnd = Start.AddDays(days - 1),
            Channels = [.. channels.Select(c => new HistoryChannel(c, c, 100_00, 50_00, 200_00))],
            Facts = [.. channels.SelectMany(c => Enumerable.Range(0, days).Select(d => Fact(c, d, revenue(c, d), d + 1)))],
            Mornings = [.. Enumerable.Range(1, days - 1).Select(d => new Morning(Start.AddDays(d), At(d, 9)))],
        };

    /// <param name="knownOn">The day, counted from 0, at whose dawn it is known.</param>
    public static HistoryFact Fact(string channel, int day, double roas, int knownOn) =>
        new(channel, At(knownOn, 6), new(Start.AddDays(day), 100_00, (long)(roas * 100_00), 10_000, 400, 20 * roas, null));

    public static Rule Rule(string text, string id = "r") => World.Rule(text, id);

    private static DateTimeOffset At(int day, int hour) => new(Start.AddDays(day).ToDateTime(new(hour, 0)), TimeSpan.Zero);
}
