using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

public class MetricTests
{
    /// <summary>Day n days ago spends n, earns 2n, converts once a day; today has not reported.</summary>
    private static readonly Snapshot Campaign = World.Of(
        World.Channel("a", 100_00, [.. Enumerable.Range(1, 28).Reverse().Select(n => World.Day(n, n * 100, n * 200, 1))]),
        World.Channel("b", 300_00, World.Days(28, 10_00, 50_00, 2))
    ) with
    {
        FlightBudgetMinor = 10_000_00,
        Goals = new Dictionary<string, double> { ["cpa"] = 4_00, ["revenue"] = 5_600_00 },
    };

    [Theory]
    [InlineData("spend(7d) == 28 EUR", true)] // 7 + 6 + … + 1
    [InlineData("spend(yesterday) == 1 EUR", true)]
    [InlineData("spend(3d..2d) == 5 EUR", true)]
    [InlineData("spend(flight) == 406 EUR", true)]
    [InlineData("spend(today) > 0", null)] // nothing reported yet
    [InlineData("roas(7d) == 2 and roi(7d) == 100%", true)]
    [InlineData("cpa(7d) == 4 EUR", true)] // 28 / 7, not the mean of daily ratios
    [InlineData("cpa(7d) == goal.cpa", true)]
    [InlineData("roas(7d) > goal.roas", null)] // a goal that is not set
    [InlineData("cvr(7d) == 1% and ctr(7d) == 1% and aov(7d) == 8 EUR", true)]
    [InlineData("cpc(2d..1d) == 0.015 EUR", false)] // 3 EUR over 200 clicks is 1.5 minor units
    [InlineData("cpc(2d..1d) * 200 == 3 EUR", true)]
    [InlineData("cpm(1d) == 0.1 EUR", true)]
    [InlineData("campaign.spend(7d) == 98 EUR", true)]
    [InlineData("average.spend(7d) == 49 EUR", true)]
    [InlineData("campaign.roas(1d) == 52 / 11", true)] // Σ over Σ: (2 + 50) / (1 + 10)
    [InlineData("average.roas(1d) == 52 / 11", true)] // never the mean of 2 and 5
    [InlineData("share(spend, 7d) == 28 / 98", true)]
    [InlineData("rank(roas, 7d) == 2 and rank(spend, 28d..27d) == 1", true)]
    [InlineData("change(spend, 7d) == 28 / 77 - 1", true)] // 14 + … + 8 before
    [InlineData("change(spend, 28d) < 0", null)] // no 28 days before the start
    [InlineData("trend(spend, 7d) == -25%", true)] // one less a day, mean 4
    [InlineData("trend(roas, 7d) == 0%", true)]
    [InlineData("consecutive(3, spend(1d) <= 3 EUR)", true)]
    [InlineData("consecutive(4, spend(1d) <= 3 EUR)", false)]
    [InlineData("consecutive(30, spend(1d) > 0)", null)] // longer than the flight
    [InlineData("leads(7d) == 0", null)] // not reported is not zero
    [InlineData("budget == 100 EUR and average.budget == 200 EUR", true)]
    [InlineData("campaign.budget == 10_000 EUR and campaign.daily_budget == 400 EUR", true)]
    [InlineData("pace(campaign.revenue) == 2212 / 2800", true)] // 28 of 56 days; 812 + 1400 earned
    [InlineData("spend(7d) > 5 CNY", null)] // another currency
    [InlineData("probability(cpa(7d) > 1 EUR) > 95%", true)]
    [InlineData("probability(cpa(7d) > 4 EUR) > 30% and probability(cpa(7d) > 4 EUR) < 70%", true)]
    [InlineData("probability(cvr(28d) > 1%) < 70%", true)]
    [InlineData("probability(roas(7d) > 1.9) == 100%", true)] // twice what is spent, every day
    public void A_metric_reads_the_days_it_says(string when, bool? expected)
    {
        var verdict = RuleEngine.Evaluate([World.ChannelRule(when)], Campaign).Of("a");
        var kind = expected switch
        {
            true => VerdictKind.Fired,
            false => VerdictKind.NotFired,
            null => VerdictKind.Unknown,
        };
        Assert.True(verdict.Kind == kind, verdict.Why.En);
    }

    [Fact]
    public void Ignored_days_move_the_window_back()
    {
        var verdict = RuleEngine.Evaluate([World.ChannelRule("spend(7d) == 42 EUR", rest: "guard: { ignore last: 2d }")], Campaign).Of("a");
        Assert.True(verdict.Kind == VerdictKind.Fired, verdict.Why.En); // 9 + … + 3
    }

    [Theory]
    [InlineData(
        "spend(7d) > 1 EUR",
        "spend(7d) > 1 EUR: unknown, channel.spend(7d) is missing: a has no data for 2026-03-27",
        "近7日花费 > €1.00：无法判断，近7日花费缺失：a 缺少 2026-03-27 的数据"
    )]
    [InlineData(
        "cpa(1d) > 1 EUR",
        "cpa(1d) > 1 EUR: unknown, channel.cpa(1d) cannot be worked out without conversions",
        "近1日CPA > €1.00：无法判断，近1日CPA无法计算：没有转化"
    )]
    [InlineData(
        "roas(1d) > goal.roas",
        "roas(1d) > goal.roas: unknown, goal.roas is not set",
        "近1日ROAS > 目标ROAS：无法判断，未设定目标ROAS"
    )]
    [InlineData("leads(1d) > 1", "leads(1d) > 1: unknown, channel.leads(1d) is not reported", "近1日线索 > 1：无法判断，近1日线索未上报")]
    public void A_missing_fact_is_named(string when, string en, string zh)
    {
        var snapshot = World.Of(World.Channel("a", 100_00, World.Day(4, 1, 1, 1), World.Day(3, 1, 1, 1), World.Day(1, 1_00, 1_00, 0)));
        var verdict = World.Only(World.ChannelRule(when), snapshot);
        Assert.Equal(VerdictKind.Unknown, verdict.Kind);
        Assert.Equal("a: " + en, verdict.Why.En);
        Assert.Equal("a：" + zh, verdict.Why.Zh);
    }

    /// <summary>A stall has no clicks; whoever reads a rate over all channels is told whose number is lacking.</summary>
    [Theory]
    [InlineData("probability(cvr(7d) > others.cvr(7d)) > 95%", "probability(cvr(7d) > others.cvr(7d)) > 95%: unknown, others.cvr(7d)")]
    [InlineData("cvr(7d) > campaign.cvr(7d)", "cvr(7d) > campaign.cvr(7d): unknown, campaign.cvr(7d)")]
    public void The_channel_that_leaves_a_sum_unknown_is_named(string when, string told)
    {
        DayFact[] stall = [.. World.Days(7, 1_00, 2_00, 5).Select(d => d with { Clicks = null })];
        var snapshot = World.Of(World.Channel("ads", 100_00, World.Days(7, 1_00, 2_00, 5)), World.Channel("stall", 100_00, stall));
        var verdict = RuleEngine.Evaluate([World.ChannelRule(when)], snapshot).Of("ads");
        Assert.Equal(VerdictKind.Unknown, verdict.Kind);
        Assert.Equal($"ads: {told} is unknown: stall reports no clicks", verdict.Why.En);
        Assert.EndsWith("未知：stall 未上报点击", verdict.Why.Zh, StringComparison.Ordinal);
    }
}
