using CampaignFlow.Metrics;
using CampaignFlow.Simulation;

namespace CampaignFlow.Tests.Simulation;

public sealed class MarketTests
{
    private static readonly MarketPlan Plan = DoubleEleven.Plan();

    private static IEnumerable<DateOnly> Days => Enumerable.Range(0, 24).Select(Plan.StartsOn.AddDays);

    private static ChannelTotals Total(Market market, string channel, int from, int days, Func<string, DateOnly, long>? budget = null) =>
        ChannelTotals.Of(
            channel,
            Enumerable
                .Range(from, days)
                .SelectMany(i => market.Day(Plan.StartsOn.AddDays(i), budget ?? Plan.Planned))
                .Where(r => r.Channel == channel)
                .Select(r => r.Numbers)
        );

    [Fact]
    public void The_same_seed_gives_the_same_numbers_in_any_order_and_another_seed_gives_others()
    {
        var forward = Days.Select(d => new Market(Plan, 7).Day(d, Plan.Planned)).ToList();
        var market = new Market(Plan, 7);
        var backward = Days.Reverse().Select(d => market.Day(d, Plan.Planned)).Reverse().ToList();
        Assert.Equal(forward.SelectMany(r => r), backward.SelectMany(r => r));
        Assert.NotEqual(forward.SelectMany(r => r), Days.SelectMany(d => new Market(Plan, 8).Day(d, Plan.Planned)));
        // Golden: these numbers must never change, or every recorded replay does.
        var golden = market.Day(new(2026, 11, 5), Plan.Planned)[0].Numbers;
        Assert.Equal((1786167L, 5776759L, 243570L), (golden.SpendMinor, golden.RevenueMinor, golden.Impressions));
        Assert.Equal((7431L, 257.0), (golden.Clicks, golden.Conversions));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2026)]
    [InlineData(424242)]
    public void Over_any_week_the_shift_from_the_weak_to_the_strong_channel_is_clear(long seed)
    {
        var market = new Market(Plan, seed);
        for (var from = 0; from + 7 <= 24; from++)
        {
            var weak = Total(market, DoubleEleven.Tencent, from, 7);
            var strong = Total(market, DoubleEleven.Qianchuan, from, 7);
            Assert.True(strong.Roas > 2 * weak.Roas, $"day {from}: {strong.Roas} against {weak.Roas}");
            Assert.True(weak.Conversions >= 30 && strong.Conversions >= 30);
            foreach (var main in new[] { DoubleEleven.Wanxiangtai, DoubleEleven.Baidu, DoubleEleven.Xiaohongshu })
                Assert.True(Total(market, main, from, 7).Conversions >= 30);
        }
        Assert.True(Total(market, DoubleEleven.Tencent, 4, 7).CpaMinor > 1.2 * DoubleEleven.GoalCpaMinor);
        Assert.True(Total(market, DoubleEleven.PopUp, 4, 7).Conversions < 30); // too few to judge
        Assert.InRange(Total(market, DoubleEleven.Qianchuan, 0, 24).Roas!.Value, 3, 6);
    }

    [Fact]
    public void More_money_brings_more_orders_and_each_of_them_costs_more()
    {
        var market = new Market(Plan, 3);
        var (once, twice) = (
            Total(market, DoubleEleven.Baidu, 0, 24),
            Total(market, DoubleEleven.Baidu, 0, 24, (c, d) => 2 * Plan.Planned(c, d))
        );
        Assert.True(twice.Conversions > once.Conversions);
        Assert.True(twice.CpaMinor > 1.1 * once.CpaMinor);
    }

    [Fact]
    public void Spend_follows_the_budget_and_never_exceeds_it()
    {
        var market = new Market(Plan, 5);
        Assert.All(
            Days.SelectMany(d => market.Day(d, Plan.Planned)),
            r => Assert.InRange(r.Numbers.SpendMinor!.Value, 0.94 * Plan.Planned(r.Channel, default), Plan.Planned(r.Channel, default))
        );
        Assert.DoesNotContain(market.Day(Plan.StartsOn, (c, _) => c == DoubleEleven.Baidu ? 0 : 100), r => r.Channel == DoubleEleven.Baidu); // paused
        Assert.Equal(120_000_000, Plan.FlightTotalMinor);
    }

    [Fact]
    public void Late_orders_are_reported_later_until_the_day_is_final()
    {
        var market = new Market(Plan, 11);
        var day = Plan.StartsOn.AddDays(5);
        var reported = Enumerable
            .Range(1, 4)
            .Select(age =>
                market
                    .ReportedOn(day.AddDays(age), Plan.Planned)
                    .SingleOrDefault(r => r.Channel == DoubleEleven.Qianchuan && r.Numbers.Date == day)
            )
            .ToList();
        Assert.Null(reported[3]); // nothing new to say
        Assert.True(reported[0]!.Numbers.Conversions < reported[1]!.Numbers.Conversions);
        Assert.True(reported[1]!.Numbers.Conversions < reported[2]!.Numbers.Conversions);
        Assert.Equal(market.Day(day, Plan.Planned).Single(r => r.Channel == DoubleEleven.Qianchuan), reported[2]);
        Assert.All(reported.Take(3), r => Assert.Equal(reported[0]!.Numbers.SpendMinor, r!.Numbers.SpendMinor));
    }

    [Fact]
    public void One_channel_misses_one_day_until_its_file_arrives()
    {
        var gap = Assert.Single(Plan.Gaps);
        var market = new Market(Plan, 11);
        bool Has(DateOnly morning) =>
            market.ReportedOn(morning, Plan.Planned).Any(r => r.Channel == gap.Channel && r.Numbers.Date == gap.Day);
        Assert.Equal([false, false, true, false], Enumerable.Range(1, 4).Select(age => Has(gap.Day.AddDays(age))));
        Assert.Contains(
            market.ReportedOn(gap.Day.AddDays(2), Plan.Planned),
            r => r.Channel == gap.Channel && r.Numbers.Date == gap.Day.AddDays(1)
        );
    }

    [Fact]
    public void Buyers_follow_the_promotion_calendar()
    {
        var market = new Market(Plan, 1);
        var best = Days.MaxBy(d => MetricTotals.Of(market.Day(d, Plan.Planned).Select(r => r.Numbers)).RevenueMinor);
        Assert.Equal(new DateOnly(2026, 11, 11), best);
    }
}
