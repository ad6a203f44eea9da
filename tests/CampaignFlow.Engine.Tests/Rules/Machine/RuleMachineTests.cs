using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Machine;

namespace CampaignFlow.Engine.Tests.Rules.Machine;

public class RuleMachineTests
{
    private static readonly Rule Dear = World.ChannelRule("cpa(7d) > 20 EUR", id: "dear");
    private static readonly Rule Idle = World.ChannelRule("clicks(7d) < 10", id: "idle");

    [Fact]
    public void Only_rules_that_read_a_changed_number_are_matched_again()
    {
        var machine = Machine(Dear, Idle);
        var first = Assert.Single(machine.Fire());
        Assert.Equal(("dear", "a", true), (first.Rule.Id, first.First, first.Holds));
        Assert.Equal(2, machine.Matched);

        machine.Change("c", "b", World.Day(1, 10_00, 0, 0, clicks: 5)); // new clicks, the same spend and conversions are unknown before
        machine.Fire();
        var after = machine.Matched;

        machine.Change("c", "b", World.Day(1, 10_00, 99_00, 0, clicks: 5)); // revenue, which nobody reads
        Assert.Empty(machine.Fire());
        Assert.Equal(after, machine.Matched);

        machine.Change("c", "b", World.Day(1, 10_00, 99_00, 0, clicks: 6)); // clicks, which one rule reads
        machine.Fire();
        Assert.Equal(after + 1, machine.Matched);
    }

    [Fact]
    public void What_no_longer_holds_is_told_too()
    {
        var machine = Machine(Dear);
        machine.Fire();
        machine.Change("c", "a", World.Day(1, 1_00, 0, 1_000));
        var gone = Assert.Single(machine.Fire());
        Assert.Equal(("a", false), (gone.First, gone.Holds));
    }

    [Fact]
    public void A_number_that_cannot_be_makes_a_rule_unknown_and_its_correction_heals_it()
    {
        var machine = Machine(Dear);
        machine.Fire();
        machine.Change("c", "a", World.Day(1, -5_00, 0, 1));
        Assert.Null(Assert.Single(machine.Fire()).Holds);
        machine.Change("c", "a", World.Day(1, 50_00, 0, 1));
        Assert.True(Assert.Single(machine.Fire()).Holds);
    }

    [Fact]
    public void A_campaign_that_is_not_fit_to_decide_anything_is_forgotten()
    {
        var machine = Machine(Dear);
        machine.Put(World.Of(World.Channel("a", -1)));
        Assert.Empty(machine.Fire());
        Assert.False(machine.Change("c", "a", World.Day(1, 1, 1, 1)));
    }

    private static RuleMachine Machine(params Rule[] rules)
    {
        var machine = new RuleMachine(RuleNetwork.OfCampaigns(rules));
        machine.Put(
            World.Of(World.Channel("a", 100_00, World.Days(7, 50_00, 0, 1)), World.Channel("b", 100_00, World.Days(7, 10_00, 0, 1)))
        );
        return machine;
    }
}
