using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

/// <summary>"Not yet" says when, where that can honestly be told, and says nothing where it cannot.</summary>
public class WhenItHoldsTests
{
    /// <summary>Ten days at 10 EUR and 4.2 conversions a day; the flight has 20 more.</summary>
    private static readonly Snapshot Young = World.Of(
        World.Channel("a", 100_00, World.Days(10, 10_00, 30_00, 4.2)),
        World.Channel("b", 100_00, World.Days(10, 10_00, 20_00, 4.2))
    ) with
    {
        FlightStart = World.Today.AddDays(-10),
        FlightEnd = World.Today.AddDays(20),
        FlightBudgetMinor = 400_00,
        Goals = new Dictionary<string, double> { ["cpa"] = 1_00 },
    };

    [Theory]
    [InlineData(
        "conversions(flight) >= 50",
        "at 4.2 conversions a day in about 2 days, on 2026-03-31",
        "按目前每日转化 4.2的速度，约 2 天后（2026-03-31）满足"
    )]
    [InlineData("conversions(14d) >= 54", "at 4.2 conversions a day in about 3 days, on 2026-04-01", null)] // the window is still filling
    [InlineData("conversions(14d) >= 90", null, null)] // it will be full before: nobody knows
    [InlineData("conversions(7d) >= 40", null, null)] // it is full
    [InlineData("conversions(flight) >= 500", "at 4.2 conversions a day not before the flight ends on 2026-04-18", null)]
    [InlineData("spend(flight) > 90% * campaign.budget", "at €10.00 spend a day not before the flight ends on 2026-04-18", null)]
    [InlineData("campaign.spend(flight) > 90% * campaign.budget", "at €20.00 spend a day in about 9 days, on 2026-04-07", null)]
    [InlineData("campaign.days_left <= 5d", "holds from 2026-04-13 on", "自 2026-04-13 起满足")]
    [InlineData("campaign.flight_left < 25%", "holds from 2026-04-11 on", null)]
    [InlineData("consecutive(3, roas(1d) > 2.5)", null, null)] // holds for a
    [InlineData("roas(7d) > 4", null, null)] // a ratio may go either way
    [InlineData("spend(flight) < 50 EUR", null, null)] // never again, and not by waiting
    public void A_condition_says_when_it_would_hold(string when, string? en, string? zh)
    {
        var verdict = RuleEngine.Evaluate([World.ChannelRule(when)], Young).Of("a");
        Assert.Equal(en, verdict.Clauses[0].Outlook?.En);
        if (zh is not null)
            Assert.Equal(zh, verdict.Clauses[0].Outlook?.Zh);
        if (en is not null)
            Assert.EndsWith(en, verdict.Why.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Days_in_a_row_say_the_earliest_day()
    {
        var turning = World.Of(
            World.Channel(
                "a",
                100_00,
                [.. World.Days(10, 10_00, 10_00, 1)[..8], World.Day(2, 10_00, 30_00, 1), World.Day(1, 10_00, 30_00, 1)]
            )
        );
        var clause = Assert.Single(World.Only(World.ChannelRule("consecutive(3, roas(1d) > 2)"), turning).Clauses);
        Assert.EndsWith(
            "held 2 of 3 days in a row; 2026-03-30 at the earliest, if it holds every day",
            clause.Sentence.En,
            StringComparison.Ordinal
        );
        Assert.EndsWith("已连续 2/3 日；若此后每日满足，最早于 2026-03-30", clause.Sentence.Zh, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "guard: { at least: 54 conversions in 14d }",
        "12 short; at 4.2 a day in about 3 days",
        "差 12；按目前每日 4.2，约 3 天后满足"
    )]
    [InlineData("guard: { at least: 60 conversions in 7d }", "at 4.2 a day 7 days never hold more than about 29.4", "7 日约只有 29.4")]
    public void A_small_sample_says_when_it_will_be_large_enough(string guard, string en, string zh)
    {
        var verdict = RuleEngine.Evaluate([World.ChannelRule("roas(7d) > 1", rest: guard)], Young).Of("a");
        Assert.Equal("sample", verdict.BlockedBy);
        Assert.EndsWith(en, verdict.Why.En, StringComparison.Ordinal);
        Assert.EndsWith(zh, verdict.Why.Zh, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        "guard: { at most: 2 changes per campaign per week }",
        "2 of 2 changes of the last 7 days are used, free again on 2026-03-31"
    )]
    [InlineData("guard: { cooldown: 5d per channel }", "a was changed 3d ago, cooldown 5d until 2026-03-31")]
    public void A_limit_says_when_it_is_free_again(string guard, string expected)
    {
        var snapshot = Young with
        {
            Changes =
            [
                new("x", "a", "b", 1_00, World.Today.AddDays(-5), Waiting: false),
                new("x", "b", "a", 1_00, World.Today.AddDays(-3), Waiting: false),
            ],
        };
        var rule = World.ChannelRule("roas(7d) > 1", "pause: channel", guard);
        Assert.Equal(expected, RuleEngine.Evaluate([rule], snapshot).Of("a").Why.En);
    }

    [Theory]
    [InlineData("change(revenue, 7d) > 0%", "needs more days; known from 2026-04-02 if data keep coming")]
    [InlineData("revenue(14d, previous) > 0", "needs more days; known from 2026-04-16 if data keep coming")]
    [InlineData("change(revenue, 28d) > 0%", "needs more days than the flight has")]
    [InlineData("usual(revenue, 56d) > 0", "needs more days; known from 2026-04-17 if data keep coming")]
    public void What_needs_more_days_says_from_when_it_is_known(string when, string expected)
    {
        var verdict = RuleEngine.Evaluate([World.ChannelRule(when)], Young).Of("a");
        Assert.Equal(VerdictKind.Unknown, verdict.Kind);
        Assert.EndsWith(expected, verdict.Why.En, StringComparison.Ordinal);
    }
}
