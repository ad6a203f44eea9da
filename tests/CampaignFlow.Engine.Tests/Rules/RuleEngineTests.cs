using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

public class RuleEngineTests
{
    private static readonly ChannelState Poor = World.Channel("poor", 100_00, World.Days(28, 90_00, 60_00, 8));
    private static readonly ChannelState Good = World.Channel("good", 100_00, World.Days(28, 90_00, 360_00, 16));
    private static readonly ChannelState Best = World.Channel("best", 100_00, World.Days(28, 90_00, 450_00, 16));

    [Fact]
    public void A_loser_gives_to_the_winner_that_is_chosen()
    {
        var verdict = RuleEngine.Evaluate([World.PairRule()], World.Of(Poor, Good, Best)).Of("poor");
        Assert.Equal(VerdictKind.Fired, verdict.Kind);
        Assert.Equal(new RuleAction.Shift("poor", "best", 15_00), verdict.Actions[0]);
        Assert.Equal(
            "shift €15.00 a day from poor to best: winner.roas(7d) > 1.5 * loser.roas(7d): 5 > 1; chosen from 2 winners that match",
            verdict.Why.En
        );
        Assert.Equal(
            "每日从 poor 转 €15.00 到 best：接收方近7日ROAS 5 > 1.5 × 让出方近7日ROAS（1）；从 2 个满足条件的接收方中择优",
            verdict.Why.Zh
        );
    }

    [Fact]
    public void A_winner_that_is_full_leaves_its_place_to_the_next()
    {
        var verdict = RuleEngine.Evaluate([World.PairRule()], World.Of(Poor, Good, Best with { CeilingMinor = 100_00 })).Of("poor");
        Assert.Equal(new RuleAction.Shift("poor", "good", 15_00), verdict.Actions[0]);
    }

    [Theory]
    [InlineData(
        "guard: { at least: 60 conversions }",
        "sample",
        "poor conversions(7d) 56 < minimum sample 60, 4 short; at 8 a day 7 days never hold more than about 56",
        "poor 近7日转化 56 < 最小样本 60，差 4；按目前每日 8，7 日约只有 56"
    )]
    [InlineData(
        "guard: { keep at least: 100 EUR per day }",
        "floor",
        "poor keeps at least €100.00 a day and has €100.00",
        "poor 每日至少保留 €100.00，现为 €100.00"
    )]
    [InlineData(
        "guard: { keep at least: 20 CNY per day }",
        "floor",
        "what to keep is unknown: ¥20.00 is not in the campaign's currency EUR",
        null
    )]
    public void A_guard_says_its_numbers(string guard, string by, string en, string? zh)
    {
        var verdict = RuleEngine.Evaluate([World.PairRule(guard)], World.Of(Poor, Good)).Of("poor");
        Assert.Equal((VerdictKind.Blocked, by, en), (verdict.Kind, verdict.BlockedBy, verdict.Why.En));
        if (zh is not null)
            Assert.Equal(zh, verdict.Why.Zh);
    }

    [Theory]
    [InlineData(8, true)] // 8 conversions in 7 days against 9: nobody can tell
    [InlineData(80, false)]
    public void Certainty_refuses_a_difference_that_may_be_chance(int dailyOrders, bool blocked)
    {
        var rule = World.Rule(
            """
            rule: r
            for each: pair of channels (loser, winner) in a campaign
            when: loser.cpa(7d) > winner.cpa(7d)
            then: { shift: 10% of loser.budget to winner }
            guard: { certainty: 95% }
            """
        );
        var dear = World.Channel("dear", 100_00, World.Days(28, 90_00, 90_00, dailyOrders / 7.0));
        var cheap = World.Channel("cheap", 100_00, World.Days(28, 90_00, 90_00, dailyOrders * (blocked ? 1.1 : 1.5) / 7.0));
        var verdict = RuleEngine.Evaluate([rule], World.Of(dear, cheap)).Of("dear");
        Assert.Equal(blocked ? (VerdictKind.Blocked, "certainty") : (VerdictKind.Fired, null), (verdict.Kind, verdict.BlockedBy));
    }

    [Fact]
    public void A_waiting_change_is_not_asked_twice()
    {
        var snapshot = World.Of(Poor, Good) with
        {
            Changes = [new("other", "poor", "best", 1_00, World.Today.AddDays(-20), Waiting: true)],
        };
        Assert.Equal("waiting", RuleEngine.Evaluate([World.PairRule()], snapshot).Of("poor").BlockedBy);
    }

    [Fact]
    public void A_channel_is_changed_once_in_an_evaluation()
    {
        var verdicts = RuleEngine.Evaluate([World.PairRule(id: "first"), World.PairRule(id: "second")], World.Of(Poor, Good));
        Assert.Equal(VerdictKind.Fired, verdicts.First(v => v.Rule == "first" && v.Subject["loser"] == "poor").Kind);
        var lost = verdicts.First(v => v.Rule == "second" && v.Subject["loser"] == "poor");
        Assert.Equal((VerdictKind.Lost, "first", "rule first already changes poor now"), (lost.Kind, lost.BlockedBy, lost.Why.En));
    }

    [Theory]
    [InlineData("priority: 60", "20% of loser.budget", "a")] // priority goes before size
    [InlineData("", "5% of loser.budget", "a")] // the smaller change
    [InlineData("", "15% of loser.budget", "a")] // the same, so the name decides
    [InlineData("", "20% of loser.budget", "b")]
    public void Conflicts_are_settled_by_priority_then_smallest_change_then_name(string priority, string shift, string winner)
    {
        Rule[] rules = [World.PairRule(priority, "a", shift), World.PairRule(id: "b")];
        Assert.Equal(winner, RuleEngine.Evaluate(rules, World.Of(Poor, Good)).Single(v => v.Kind == VerdictKind.Fired).Rule);
    }

    [Fact]
    public void Of_a_group_one_rule_acts_on_a_channel()
    {
        Rule[] rules =
        [
            World.ChannelRule("roas(7d) < 1", rest: "only one of: alarm", id: "a"),
            World.ChannelRule("spend(7d) > 0", rest: "only one of: alarm", id: "b"),
        ];
        var verdicts = RuleEngine.Evaluate(rules, World.Of(Poor, Good));
        Assert.Equal(
            (VerdictKind.Lost, "a"),
            verdicts.Where(v => v.Rule == "b").Select(v => (v.Kind, v.BlockedBy)).First(v => v.BlockedBy is not null)
        );
        Assert.Equal(VerdictKind.Fired, verdicts.Where(v => v.Rule == "b").Of("good").Kind);
    }

    [Fact]
    public void A_rule_that_holds_all_changes_speaks_first()
    {
        var hold = World.Rule(
            "rule: h\nfor each: campaign\npriority: 1\nwhen: campaign.spend(7d) > 0\nthen: { hold: all budget changes }\nmode: auto\n",
            "hold"
        );
        var verdict = RuleEngine.Evaluate([World.PairRule(), hold], World.Of(Poor, Good)).First(v => v.Rule == "r");
        Assert.Equal((VerdictKind.Blocked, "held"), (verdict.Kind, verdict.BlockedBy));
    }

    [Fact]
    public void An_observing_rule_takes_nothing_from_the_others()
    {
        var verdicts = RuleEngine.Evaluate([World.PairRule("mode: observe", "a"), World.PairRule(id: "b")], World.Of(Poor, Good));
        Assert.Equal(["a", "b"], verdicts.Where(v => v.Kind == VerdictKind.Fired).Select(v => v.Rule));
    }

    [Fact]
    public void A_threshold_to_ask_may_be_a_part_of_the_daily_budget()
    {
        Assert.Equal(new Mode.AskAbove(6_00), Mode("mode: ask above 3% of daily budget"));
        Assert.Equal(new Mode.AskAbove(500_00), Mode("mode: ask above 500 EUR"));
        Assert.Equal(new Mode.Ask(), Mode("mode: ask above 500 CNY")); // cannot be compared, so ask
        Assert.Equal(new Mode.Ask(), Mode(""));

        static Mode Mode(string mode) => RuleEngine.Evaluate([World.PairRule(mode)], World.Of(Poor, Good)).Of("poor").Mode;
    }

    [Fact]
    public void A_near_miss_says_how_far_off()
    {
        var near = World.Channel("near", 100_00, World.Days(28, 90_00, 80_00, 8));
        var verdict = RuleEngine.Evaluate([World.PairRule()], World.Of(Poor, near)).Of("poor");
        Assert.Equal(VerdictKind.NotFired, verdict.Kind);
        Assert.Equal("poor, nearest winner near: winner.roas(7d) > 1.5 * loser.roas(7d): 0.89 <= 1, 0.11 short", verdict.Why.En);
        Assert.Equal("poor（最接近的接收方：near）：接收方近7日ROAS 0.89 ≤ 1.5 × 让出方近7日ROAS（1），差 0.11", verdict.Why.Zh);
    }
}
