using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

public class MarksTests
{
    private static readonly Snapshot Campaign = World.Of(
        World.Channel("poor", 100_00, World.Days(28, 90_00, 60_00, 8)),
        World.Channel("good", 100_00, World.Days(28, 90_00, 360_00, 16))
    );

    private static readonly Rule Donor = World.ChannelRule("roas(7d) < campaign.roas(7d)", "mark: channel as donor", id: "z-donor");
    private static readonly Rule Receiver = World.ChannelRule(
        "roas(7d) > campaign.roas(7d) and channel.mark != \"donor\"",
        "mark: channel as receiver",
        id: "a-receiver"
    );
    private static readonly Rule Shift = World.Rule(
        """
        rule: shift
        for each: pair of channels (loser, winner) in a campaign
        when: loser.mark == "donor" and winner.mark == "receiver"
        then: { shift: 10% of loser.budget to winner }
        """,
        "b-shift"
    );

    [Fact]
    public void A_rule_builds_on_what_others_marked_in_whatever_order_the_files_lie()
    {
        Rule[][] orders =
        [
            [Shift, Donor, Receiver],
            [Receiver, Shift, Donor],
            [Donor, Receiver, Shift],
        ];
        foreach (var rules in orders)
        {
            var verdict = RuleEngine.Evaluate(rules, Campaign).First(v => v.Rule == "b-shift" && v.Subject["loser"] == "poor");
            Assert.Equal((VerdictKind.Fired, new RuleAction.Shift("poor", "good", 10_00)), (verdict.Kind, verdict.Actions[0]));
        }
        Assert.Equal(["z-donor", "a-receiver"], RuleOrder.Of([Shift, Receiver, Donor]).Marking.Select(r => r.Id));
    }

    [Fact]
    public void A_mark_that_nobody_could_decide_is_unknown()
    {
        var blind = Campaign with { Channels = [.. Campaign.Channels.Select(c => c with { Days = [] })] };
        var verdict = RuleEngine.Evaluate([Donor, Receiver, Shift], blind).First(v => v.Rule == "b-shift");
        Assert.Equal(VerdictKind.Unknown, verdict.Kind);
        Assert.Contains("whether it is marked 'donor' is unknown", verdict.Why.En, StringComparison.Ordinal);
        var alone = RuleEngine.Evaluate([Shift], Campaign)[0];
        Assert.Contains("no rule here marks 'donor'", alone.Why.En, StringComparison.Ordinal);
        Assert.Contains("此处没有规则标记“donor”", alone.Why.Zh, StringComparison.Ordinal);
    }

    [Fact]
    public void Marks_in_a_circle_are_refused_by_name_and_the_rest_goes_on()
    {
        Rule a = World.ChannelRule("channel.mark == \"y\"", "mark: channel as x", id: "a");
        Rule b = World.ChannelRule("channel.mark == \"x\"", "mark: channel as y", id: "b");
        Rule free = World.ChannelRule("roas(7d) > 0", id: "c");
        var set = RuleSet.Load([("a.yaml", a.Text), ("b.yaml", b.Text), ("c.yaml", free.Text)]);
        Assert.Equal(["c"], set.Rules.Select(r => r.Id));
        Assert.All(set.Problems, p => Assert.Equal("marks go in a circle: a ← b ← a", p.Text.En));
        var verdicts = RuleEngine.Evaluate([free, b, a], Campaign);
        Assert.All(
            verdicts.Where(v => v.Rule is "a" or "b"),
            v => Assert.Equal((VerdictKind.Unknown, "marks go in a circle: a ← b ← a"), (v.Kind, v.Why.En))
        );
        Assert.Equal(2, verdicts.Count(v => v is { Rule: "c", Kind: VerdictKind.Fired }));
    }

    [Fact]
    public void A_rule_may_not_wait_for_itself()
    {
        var own = World.ChannelRule("channel.mark == \"x\"", "mark: channel as x", id: "own");
        Assert.Equal("marks go in a circle: own ← own", Assert.Single(RuleSet.Load([("own.yaml", own.Text)]).Problems).Text.En);
    }

    [Fact]
    public void A_mark_that_no_rule_sets_is_named_with_the_nearest()
    {
        var reader = Shift.Text.Replace("receiver", "reciever", StringComparison.Ordinal);
        var set = RuleSet.Load([("donor.yaml", Donor.Text), ("receiver.yaml", Receiver.Text), ("shift.yaml", reader)]);
        Assert.Equal("no rule marks 'reciever'; did you mean 'receiver'?", Assert.Single(set.Problems).Text.En);
    }

    [Fact]
    public void A_mark_may_not_depend_on_money()
    {
        var text = "rule: r\nfor each: channel in a campaign\nwhen: roas(7d) < 1\nthen:\n  - mark: channel as x\n  - pause: channel\n";
        Assert.StartsWith(
            "a rule that marks may only notify",
            RuleFile.Parse(text, "r.yaml").Problems[0].Text.En,
            StringComparison.Ordinal
        );
    }
}
