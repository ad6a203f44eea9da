using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

/// <summary>Conditions over channels, silence by source and metric, portfolios and schedules.</summary>
public class CountedChannelsTests
{
    private static readonly Snapshot Campaign = World.Of(
        World.Channel("good", 100_00, World.Days(28, 10_00, 40_00, 5)) with
        {
            Source = "google-ads",
        },
        World.Channel("fair", 100_00, World.Days(28, 10_00, 20_00, 5)) with
        {
            Source = "google-ads",
        },
        World.Channel("blind", 100_00, World.Days(28, 10_00, 20_00, 5)[..24]) with
        {
            Source = "tencent",
        },
        World.Channel("off", 100_00) with
        {
            Active = false,
        }
    );

    [Theory]
    [InlineData("any channel: roas(7d) > 3", true)]
    [InlineData("any channel: roas(7d) > 5", null)] // the blind one might
    [InlineData("every channel: roas(7d) > 3", false)]
    [InlineData("every channel: roas(7d) > 1", null)]
    [InlineData("no channel: roas(7d) > 3", false)]
    [InlineData("no channel: roas(7d) > 5", null)]
    [InlineData("at least 2 channels: roas(7d) >= 2", true)]
    [InlineData("at least 3 channels: roas(7d) >= 2", null)]
    [InlineData("at least 3 channels: roas(7d) >= 3", false)]
    [InlineData("at least 4 channels: roas(7d) > 1", false)] // there are only three, one of them blind
    [InlineData("at least 4 channels: leads(7d) > 1", false)] // nobody reports leads, and still four cannot be
    [InlineData("any channel: { all: [ \"roas(7d) < others.roas(7d)\", \"spend(7d) > 1 EUR\" ] }", null)]
    [InlineData("any channel: { no data: 3d }", true)]
    [InlineData("no data: 3d", false)] // somebody speaks
    [InlineData("no data: 3d from tencent", true)]
    [InlineData("no data: 3d from google-ads", false)]
    [InlineData("no data: 3d from blind", true)] // by its code
    [InlineData("no data: 3d from baidu", null)] // nobody of that name
    [InlineData("no data: 3d of leads from google-ads", true)] // they report, but no leads
    [InlineData("no data: 3d of conversions from google-ads", false)]
    public void Channels_are_counted_in_three_valued_logic(string when, bool? expected)
    {
        var rule = World.Rule($"rule: r\nfor each: campaign\nwhen:\n  {when}\nthen: {{ notify: me }}\n");
        var kind = expected switch
        {
            true => VerdictKind.Fired,
            false => VerdictKind.NotFired,
            null => VerdictKind.Unknown,
        };
        var verdict = World.Only(rule, Campaign);
        Assert.True(kind == verdict.Kind, verdict.Why.En);
        Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", verdict.Why.Zh);
    }

    [Fact]
    public void A_count_names_who_holds_and_says_why_the_next_does_not()
    {
        var rule = World.Rule("rule: r\nfor each: campaign\nwhen:\n  at least 2 channels: roas(7d) > 3\nthen: { notify: me }\n");
        var seen = Campaign with { Channels = [.. Campaign.Channels.Where(c => c.Code != "blind")] };
        Assert.Equal(
            "for at least 2 channels (roas(7d) > 3): good (1/2); fair: roas(7d) > 3: 2 <= 3, 1 short",
            World.Only(rule, seen).Why.En
        );
        Assert.Equal("至少 2 个渠道（近7日ROAS > 3）：good（1/2）；fair：近7日ROAS 2 ≤ 3，差 1", World.Only(rule, seen).Why.Zh);
    }

    [Fact]
    public void Without_an_active_channel_nothing_is_said_of_every_one()
    {
        var rule = World.Rule("rule: r\nfor each: campaign\nwhen:\n  every channel: roas(7d) > 1\nthen: { notify: me }\n");
        var none = Campaign with { Channels = [.. Campaign.Channels.Select(c => c with { Active = false })] };
        Assert.Equal(VerdictKind.Unknown, World.Only(rule, none).Kind);
    }

    [Theory]
    [InlineData("when:\n  any campaign: roas(7d) > 1", "'any campaign' is not a key known here; known: all, any, unless")]
    [InlineData("when:\n  any chanel: roas(7d) > 1", "'any chanel' is not a key known here; did you mean 'any channel'?")]
    [InlineData("when:\n  at least 0 channels: roas(7d) > 1", "'at least' counts from 1 to 100")]
    [InlineData("when:\n  any channel: { any channel: roas(7d) > 1 }", "one count of channels cannot stand inside another")]
    [InlineData("when: { no data: soon }", "'no data' reads '1d, 1d of conversions, 1d from google-ads', found 'soon'")]
    [InlineData("when: { no data: 1d of roas }", "'roas' is not a reported metric known here")]
    [InlineData("when: { no data: 401d }", "expected days such as 2d, from 1d to 400d, found '401d'")]
    [InlineData("when: roas(7d) > 1\ncheck: evry hour", "'evry hour' is not when to look known here; did you mean")]
    public void A_mistake_is_named(string rest, string expected) =>
        Assert.Contains(
            RuleFile.Parse($"rule: r\nfor each: campaign\n{rest}\nthen: {{ notify: me }}\n", "r.yaml").Problems,
            p => p.Text.En.StartsWith(expected, StringComparison.Ordinal)
        );

    [Fact]
    public void A_portfolio_looks_at_campaigns_as_a_campaign_looks_at_channels()
    {
        var rule = World.Rule(
            """
            rule: r
            for each: portfolio
            when:
              all:
                - portfolio.roas(7d) > 2
                - any campaign: roas(7d) < goal.roas and spend(7d) > 100 EUR
                - every campaign: roas(7d) < 2 * average.roas(7d)
            then: { notify: me }
            """
        );
        var weak = Spring("weak", 20_00, 2.5);
        var strong = Spring("strong", 60_00, 2.5);
        var portfolio = Portfolio.Of("Chen Jing", [weak, strong]).Portfolio!;
        var verdict = Assert.Single(RuleEngine.Evaluate([rule], portfolio));
        Assert.True(verdict.Kind == VerdictKind.Fired, verdict.Why.En);
        Assert.Contains("weak (1/2)", verdict.Why.En, StringComparison.Ordinal);
        Assert.Empty(RuleEngine.Evaluate([rule], weak)); // one campaign is no portfolio
        Assert.Empty(RuleEngine.Evaluate([World.ChannelRule("roas(7d) > 1")], portfolio));
    }

    [Fact]
    public void Currencies_are_kept_apart()
    {
        Snapshot[] mixed =
        [
            Spring("a", 20_00, 1),
            Spring("b", 20_00, 1) with
            {
                Currency = "CNY",
            },
            Spring("c", 20_00, 1) with
            {
                Owner = "Li",
            },
        ];
        Assert.Equal(["/CNY", "/EUR", "Li/EUR"], Portfolio.Split(mixed).Select(p => $"{p.Owner}/{p.Currency}"));
        Assert.Equal("amounts of CNY, EUR have no sum; make one portfolio of each currency", Portfolio.Of("x", mixed).Refusal?.En);
        Assert.Equal("a portfolio needs at least one campaign", Portfolio.Of("x", []).Refusal?.En);
    }

    [Theory]
    [InlineData("every day", true, null)]
    [InlineData("every sunday", true, null)] // 2026-03-29
    [InlineData("every monday", false, "looked at every monday, next on 2026-03-30")]
    [InlineData("every working day", false, "looked at every working day, next on 2026-03-30")]
    [InlineData("every 4 days", true, null)] // the 28th day of the flight
    [InlineData("every 3 days", false, "looked at every 3 days, next on 2026-03-31")]
    public void A_rule_is_looked_at_on_its_days(string check, bool due, string? why)
    {
        var verdict = World.Only(World.CampaignRule("campaign.days_run > 0d", rest: $"check: {check}"), Campaign);
        Assert.Equal(due ? VerdictKind.Fired : VerdictKind.NotFired, verdict.Kind);
        if (why is not null)
            Assert.Equal(why, verdict.Why.En);
    }

    private static Snapshot Spring(string code, long revenue, double goal) =>
        World.Of(
            World.Channel("a", 100_00, World.Days(28, 20_00, revenue, 5)),
            World.Channel("b", 100_00, World.Days(28, 10_00, revenue, 5))
        ) with
        {
            Campaign = code,
            Goals = new Dictionary<string, double> { ["roas"] = goal },
        };
}
