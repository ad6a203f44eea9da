using CampaignFlow.Accounts;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Rules;

/// <summary>A rule may act alone; people hold it shorter for everything, one campaign or the rule itself, or stop it.</summary>
public sealed class HeldShorterTests
{
    /// <summary>Moves 1.00 a day from video to search.</summary>
    private const string Shift = """
        rule: { en: Shift, zh: 转移 }
        for each: pair of channels (loser, winner) in a campaign
        when: loser.roas(3d) < 1 and winner.roas(3d) > 5
        then: { shift: 5% of loser.budget to winner }
        mode: auto
        """;

    private const string Pause = """
        rule: { en: Pause, zh: 暂停 }
        for each: channel in a campaign
        when: roas(3d) < 99
        then: { pause: channel }
        """;

    [Theory]
    [InlineData("rule:r0", "auto", DecisionOutcome.Applied)]
    [InlineData("*", "ask above 5", DecisionOutcome.Applied)]
    [InlineData("*", "ask above 0.50", DecisionOutcome.Waiting)]
    [InlineData("campaign", "ask", DecisionOutcome.Waiting)]
    [InlineData("campaign", "observe", DecisionOutcome.Observed)]
    [InlineData("rule:r0", "observe", DecisionOutcome.Observed)]
    [InlineData("rule:other", "observe", DecisionOutcome.Applied)]
    public async Task The_strictest_mode_decides_how_far_a_rule_goes(string scope, string mode, DecisionOutcome outcome)
    {
        await using var store = await RuleWorld.CreateAsync(DatabaseKind.Sqlite, 1, Shift);
        await SetAsync(store, scope, Guard.Mode, mode);

        await RuleWorld.EvaluateAsync(store, "morning");

        Assert.Equal(outcome, (await ShiftsAsync(store)).Single(d => d.From == "video").Outcome);
        Assert.Equal(outcome == DecisionOutcome.Applied ? 19_00 : 20_00, (await store.BalancesAsync())["video"]);
    }

    [Fact]
    public async Task What_one_campaign_is_held_to_does_not_bind_another()
    {
        await using var store = await RuleWorld.CreateAsync(DatabaseKind.Sqlite, 2, Shift);
        await SetAsync(store, "campaign", Guard.Mode, "observe");

        await RuleWorld.EvaluateAsync(store, "morning");

        var outcomes = (await ShiftsAsync(store)).ToLookup(d => d.CampaignId == store.CampaignId, d => d.Outcome);
        Assert.Equal((DecisionOutcome.Observed, DecisionOutcome.Applied), (outcomes[true].Single(), outcomes[false].Single()));
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("campaign", true)]
    [InlineData("rule:r0", true)]
    [InlineData("rule:other", false)]
    public async Task The_kill_switch_is_the_reason_why_a_rule_did_not_act(string scope, bool stops)
    {
        await using var store = await RuleWorld.CreateAsync(DatabaseKind.Sqlite, 1, Shift);
        var analyst = await store.PersonAsync(Roles.Analyst);
        Assert.Null(
            await store.WithAsync<StopMoney, Phrase?>(s => s.ThrowAsync(ScopeOf(store, scope), "prices are wrong", analyst, default))
        );

        await RuleWorld.EvaluateAsync(store, "morning");

        var decision = (await RuleWorld.DecisionsAsync(store)).Single(d => d.From == "video");
        Assert.Equal(
            stops ? (DecisionOutcome.Refused, "kill switch") : (DecisionOutcome.Applied, null),
            (decision.Outcome, decision.BlockedBy)
        );
        Assert.Equal(stops, decision.WhyEn.Contains("prices are wrong", StringComparison.Ordinal));
        Assert.Equal(stops, decision.WhyZh.Contains("已停止", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_people_approve_one_channel_stays_and_its_decision_says_so()
    {
        await using var store = await RuleWorld.CreateAsync(DatabaseKind.Sqlite, 1, Pause);
        await RuleWorld.EvaluateAsync(store, "morning"); // asks for two of the three; the third is paused by somebody meanwhile
        var asked = (await RuleWorld.DecisionsAsync(store)).FindAll(d => d.Outcome == DecisionOutcome.Waiting).ConvertAll(d => d.From!);
        await store.InScopeAsync(
            (db, _) => db.CampaignChannels.Where(c => !asked.Contains(c.Code)).ExecuteUpdateAsync(s => s.SetProperty(c => c.Active, false))
        );

        foreach (var approval in await store.InScopeAsync((db, _) => db.Approvals.AsNoTracking().ToListAsync()))
        {
            var person = await store.PersonAsync(approval.Roles[0]);
            await store.WithAsync<DecideApproval, Phrase?>(d =>
                d.HandleAsync(new(approval.Id, ApprovalState.Approved, null), person, default)
            );
        }
        await store.SettleAsync();

        Assert.Equal(2, asked.Count);
        var active = await store.InScopeAsync((db, _) => db.CampaignChannels.Where(c => c.Active).Select(c => c.Code).SingleAsync());
        Assert.Equal(
            [(active, DecisionOutcome.Refused, "last channel")],
            (await RuleWorld.DecisionsAsync(store))
                .Where(d => asked.Contains(d.From!) && d.BlockedBy is not null)
                .Select(d => (d.From!, d.Outcome, d.BlockedBy!))
        );
    }

    private static async Task<List<Decision>> ShiftsAsync(CampaignStore store) =>
        (await RuleWorld.DecisionsAsync(store)).FindAll(d => d.Action == "shift");

    private static string ScopeOf(CampaignStore store, string scope) => scope == "campaign" ? Scope.Of(store.CampaignId) : scope;

    private static async Task SetAsync(CampaignStore store, string scope, string guard, string value)
    {
        var manager = await store.PersonAsync(Roles.Manager);
        Assert.Null(
            await store.WithAsync<SetGuard, Phrase?>(s => s.HandleAsync(ScopeOf(store, scope), guard, value, "careful", manager, default))
        );
    }
}
