using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

/// <summary>Windows, functions and state facts: each line on numbers that can be worked out by hand.</summary>
public class LanguageTests
{
    /// <summary>
    /// 56 days on which "up" earns its day's number in euros, "flat" 10 EUR; today is a Sunday, so yesterday is a Saturday. Saturdays of
    /// "weekly" earn 50 EUR, its other days 10.
    /// </summary>
    private static readonly Snapshot Campaign = World.Of(
        World.Channel(
            "up",
            100_00,
            [.. Enumerable.Range(1, 56).Reverse().Select(ago => World.Day(ago, 10_00, (57 - ago) * 100, 57 - ago))]
        ),
        World.Channel("flat", 100_00, World.Days(56, 10_00, 10_00, 5)) with
        {
            Learning = true,
        },
        World.Channel(
            "weekly",
            200_00,
            [.. Enumerable.Range(1, 56).Reverse().Select(ago => World.Day(ago, 10_00, ago % 7 == 1 ? 50_00 : 10_00, 1))]
        )
    ) with
    {
        FlightStart = World.Today.AddDays(-56),
        FlightEnd = World.Today.AddDays(27),
        ReserveMinor = 50_00,
        Goals = new Dictionary<string, double> { ["revenue"] = 10_000_00, ["cpa"] = 3_00 },
        Changes = [new("r", "flat", "up", 5_00, World.Today.AddDays(-4), Waiting: false)],
        Promotions = [new("double 11", World.Today.AddDays(-3), World.Today.AddDays(-2))],
    };

    [Theory]
    [InlineData("up", "revenue(7d, previous) == 322 EUR", true)] // 43 + … + 49
    [InlineData("up", "revenue(7d) > 1.16 * revenue(7d, previous)", false)] // 371 / 322
    [InlineData("up", "revenue(yesterday, week_before) == 49 EUR", true)]
    [InlineData("up", "revenue(3d..1d, previous) == 156 EUR", true)] // 51 + 52 + 53
    [InlineData("up", "revenue(56d, previous) > 0", null)] // before the flight
    [InlineData("up", "median(revenue, 5d) == 54 EUR", true)]
    [InlineData("weekly", "usual(revenue, 56d) == 50 EUR", true)] // Saturdays, not all days
    [InlineData("weekly", "deviation(revenue, 56d) == 0", true)] // a Saturday like the others
    [InlineData("up", "usual(revenue, 56d) == 28 EUR", true)] // 49, 42, …, 7: the middle of seven
    [InlineData("up", "deviation(revenue, 56d) == 2", true)] // 28 above usual, half of them within 14
    [InlineData("up", "top(1, revenue, 7d) and not top(1, cpa, 7d)", false)] // its CPA is the lowest, so the best
    [InlineData("up", "top(1, cpa, 7d) and bottom(3, cpa, 7d) and not bottom(2, cpa, 7d)", true)]
    [InlineData("weekly", "bottom(1, cpa, 7d)", true)] // 10 EUR for one conversion
    [InlineData("up", "others.revenue(yesterday) == 60 EUR", true)]
    [InlineData("up", "low(roas, 7d) < 5.3 and high(roas, 7d) > 5.3", true)]
    [InlineData("up", "low(roas, 7d) > 4 and high(roas, 7d) < 6", true)]
    [InlineData("up", "since_change == 4d and campaign.since_change >= 4d", true)]
    [InlineData("weekly", "since_change > 1d", null)] // never changed
    [InlineData("up", "campaign.days_left == 27d and campaign.days_run == 56d", true)]
    [InlineData("up", "campaign.flight_left < 33%", true)] // 27 of 84
    [InlineData("up", "campaign.reserve == 50 EUR", true)]
    [InlineData("flat", "learning and not promotion", true)]
    [InlineData("up", "learning", false)]
    [InlineData("weekly", "forecast(spend) == 840 EUR", true)] // 560 and 28 more days of 10
    [InlineData("weekly", "forecast(revenue) == 1320 EUR", true)] // 880 and 28 days, of them four Saturdays
    [InlineData("weekly", "forecast(roas) == 132 / 84", true)] // from sums
    [InlineData("weekly", "probability(forecast(spend) > 800 EUR) == 100%", true)]
    [InlineData("up", "page_load(7d) > 3s", null)] // nobody reports it
    public void A_line_means_what_the_page_says(string channel, string when, bool? expected) =>
        Says(expected, RuleEngine.Evaluate([World.ChannelRule(when)], Campaign).Of(channel));

    [Theory]
    [InlineData("forecast(revenue) > 4_900 EUR", true)]
    [InlineData("probability(forecast(revenue) > goal.revenue) < 50%", true)]
    [InlineData("pace(revenue) < 100% and pace(revenue, weekdays) < 100%", true)]
    [InlineData("pace(revenue, curve) > 0%", null)] // no curve is given
    [InlineData("probability(roas(7d) > 100) == 0%", true)]
    public void A_campaign_line_means_what_the_page_says(string when, bool? expected) =>
        Says(expected, World.Only(World.Rule($"rule: r\nfor each: campaign\nwhen: {when}\nthen: {{ notify: me }}\n"), Campaign));

    [Theory]
    [InlineData(new[] { 100L, 300L }, 4, new[] { 0.125, 0.25, 0.625, 1 })] // stretched
    [InlineData(new[] { 100L, 100, 100, 300, 200, 0 }, 3, new[] { 0.25, 0.75, 1 })] // pressed
    [InlineData(new[] { 100L, 300L, 100L }, 2, new[] { 0.5, 1 })] // half of the second day
    [InlineData(new[] { 0L, 0L }, 2, null)] // nothing came in
    public void A_curve_follows_an_earlier_flight_of_another_length(long[] daily, int days, double[]? shares)
    {
        var curve = PaceCurve.Like(Phrase.Same("then"), [.. daily.Select(d => (long?)d)], days);
        Assert.Equal(shares, curve?.Shares);
        Assert.NotEqual(false, curve?.IsUsable);
        Assert.Null(PaceCurve.Like(Phrase.Same("then"), [.. daily, null], days)); // a gap is not nothing
    }

    [Fact]
    public void A_curve_paces_by_its_own_source()
    {
        // Nothing is expected in the first half: what came in is far ahead.
        var curve = new PaceCurve(
            new("Double 11 of 2025", "2025 双十一"),
            [.. Enumerable.Range(1, 84).Select(d => d < 84 ? d / 840.0 : 1)]
        );
        var rule = World.Rule("rule: r\nfor each: campaign\nwhen: pace(revenue, curve) > 300%\nthen: { notify: me }\n");
        var verdict = World.Only(rule, Campaign with { Curve = curve });
        Assert.Contains("(expected as Double 11 of 2025)", verdict.Why.En, StringComparison.Ordinal);
        Assert.Contains("（预期按2025 双十一推进）", verdict.Why.Zh, StringComparison.Ordinal);
        var falling = curve with { Shares = [.. curve.Shares.Reverse()] };
        Assert.Equal(VerdictKind.Unknown, World.Only(rule, Campaign with { Curve = falling }).Kind);
    }

    [Theory]
    [InlineData(6, "forecast(revenue) needs more days; known from 2026-03-30 if data keep coming", "2026-03-30")]
    [InlineData(7, "forecast: days as the last 7", null)]
    [InlineData(14, "forecast: weekdays as in the last 14 days", null)]
    public void A_forecast_names_its_method_or_refuses(int days, string expected, string? zh)
    {
        var young = World.Of(World.Channel("a", 100_00, World.Days(days, 10_00, 10_00, 1))) with
        {
            FlightStart = World.Today.AddDays(-days),
        };
        var rule = World.Rule("rule: r\nfor each: campaign\nwhen: forecast(revenue) > 1 EUR\nthen: { notify: me }\n");
        var verdict = World.Only(rule, young);
        Assert.Contains(expected, verdict.Why.En.Replace("campaign.", "", StringComparison.Ordinal), StringComparison.Ordinal);
        if (zh is not null)
            Assert.Contains(zh, verdict.Why.Zh, StringComparison.Ordinal);
    }

    [Fact]
    public void Promotion_days_can_be_left_out()
    {
        Says(
            true,
            RuleEngine.Evaluate([World.ChannelRule("revenue(3d) == 56 EUR", rest: "guard: { ignore: promotion days }")], Campaign).Of("up")
        );
        var only = RuleEngine
            .Evaluate([World.ChannelRule("revenue(3d..2d) > 0", rest: "guard: { ignore: promotion days }")], Campaign)
            .Of("up");
        Assert.Contains("has only promotion days", only.Why.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Imported_metrics_have_a_unit_a_direction_and_their_own_way_over_days()
    {
        var second = 1 / 3_600.0;
        DayFact With(int ago, double seconds, double cover) =>
            World.Day(ago, 1_00, 1_00, 10) with
            {
                More = new Dictionary<string, double>
                {
                    ["page_load"] = seconds * second,
                    ["stock_cover"] = cover * 24,
                    ["refunds"] = 2,
                    ["nps"] = 40 + ago,
                },
            };
        var campaign = World.Of(
            World.Channel("slow", 1_00, With(3, 2, 9), With(2, 4, 5), With(1, 6, 2)),
            World.Channel("b", 1_00, With(1, 1, 9))
        );
        var book = MetricBook.Standard.With(MetricBook.Level("nps", Unit.Number, "净推荐值", Better.Higher, OverDays.Latest));
        foreach (
            var when in new[]
            {
                "page_load(3d) == 4s", // the mean
                "stock_cover(3d) == 2d", // the latest
                "refund_rate(3d) == 20%", // from sums
                "consecutive(2, page_load(1d) > 3s)",
                "bottom(1, page_load, 1d)", // the slowest is the worst
                "nps(3d) == 41",
            }
        )
        {
            var (rule, problems) = RuleFile.Parse(
                $"rule: r\nfor each: channel in a campaign\nwhen: {when}\nthen: {{ notify: me }}\n",
                "r.yaml",
                book
            );
            Assert.Empty(problems);
            Says(true, RuleEngine.Evaluate([rule!], campaign).Of("slow"));
        }
        Assert.Equal(
            "cannot compare a duration with a number",
            Formula.Condition("page_load(1d) > 3", RuleVocabulary.For(ForEach.Channel)).Problems[0].Text.En
        );
    }

    [Fact]
    public void What_only_the_campaign_reports_is_read_there()
    {
        var searched = World.Day(1, null, null, null) with { More = new Dictionary<string, double> { ["brand_search"] = 700 } };
        var campaign = World.Of(World.Channel("a", 1_00, World.Day(1, 1_00, 1_00, 1))) with { Days = [searched] };
        var rule = World.Rule("rule: r\nfor each: campaign\nwhen: brand_search(1d) == 700\nthen: { notify: me }\n");
        Says(true, World.Only(rule, campaign));
    }

    private static void Says(bool? expected, Verdict verdict)
    {
        var kind = expected switch
        {
            true => VerdictKind.Fired,
            false => VerdictKind.NotFired,
            null => VerdictKind.Unknown,
        };
        Assert.True(verdict.Kind == kind, verdict.Why.En);
    }
}
