using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Lifecycle;
using CampaignFlow.Rules;
using CampaignFlow.Rules.Lab;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Rules;

/// <summary>Promotion days that people entered reach the rules, live and in the lab.</summary>
public sealed class PromotionRulesTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_rule_that_ignores_promotion_days_reads_the_days_around_them_and_names_them_when_none_is_left(DatabaseKind kind)
    {
        await using var store = await RuleWorld.CreateAsync(kind, 1, Shift("5d"), Shift("3d"));
        // Three days on which everybody buys hide that video earns half of what it costs.
        await RuleWorld.ReportAsync(
            store,
            "double eleven",
            RuleWorld.Row("video", 27, 20_00, 200_00),
            RuleWorld.Row("video", 28, 20_00, 200_00),
            RuleWorld.Row("video", 29, 20_00, 200_00)
        );
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(await RuleWorld.EvaluateAsync(store, "before"), d => d.Outcome == DecisionOutcome.Applied);

        var person = await store.PersonAsync(Roles.Operator);
        Assert.Null(
            await store.WithAsync<PlanPromotions, Phrase?>(p =>
                p.AddAsync("spring", "双11", new(2026, 10, 27), new(2026, 10, 29), person, default)
            )
        );
        var after = await RuleWorld.EvaluateAsync(store, "after");

        var moved = Assert.Single(after, d => d.Outcome == DecisionOutcome.Applied);
        Assert.Equal(("r0", "video", "search"), (moved.Rule, moved.From, moved.To));
        var trial = await TryAsync(store, "r1");
        Assert.Equal("双11", Assert.Single(trial.LeftOut).Name);
        var unknown = trial.Verdicts.First(v => v.Kind == VerdictKind.Unknown);
        Assert.Contains("has only promotion days, which are left out: 双11", unknown.Why.En, StringComparison.Ordinal);
        Assert.Contains("已排除：双11", unknown.Why.Zh, StringComparison.Ordinal);
        var (history, _) = await store.WithAsync<HistoryOfCampaign, (Engine.Rules.Lab.History?, Phrase?)>(h =>
            h.OfAsync("spring", true, default)
        );
        Assert.Equal(
            [("双11", new DateOnly(2026, 10, 27), new DateOnly(2026, 10, 29))],
            history!.Promotions.Select(p => (p.Name, p.First, p.Last))
        );
    }

    private static async Task<RuleTrial> TryAsync(CampaignStore store, string id)
    {
        var rule = store.Services.GetRequiredService<RuleFiles>().Find(id)!;
        return (await store.WithAsync<TryRule, RuleTrial?>(t => t.HandleAsync(rule, "spring", default)))!;
    }

    private static string Shift(string window) =>
        $"""
            rule: Shift away from what does not pay
            for each: pair of channels (loser, winner) in a campaign
            when:
              all:
                - loser.roas({window}) < 1
                - winner.roas({window}) > 2
            choose: highest winner.roas({window})
            then:
              - shift: 5% of loser.budget to winner
            guard:
              ignore: promotion days
            mode: auto
            """;
}
