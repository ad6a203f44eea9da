using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Rules;
using CampaignFlow.Scheduling;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Rules;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Scheduling;

/// <summary>When rules speak beside the daily check: each hour, when metrics change, and over portfolios.</summary>
public sealed class RuleOccasionsTests
{
    private const string Weak = """
        rule: { en: Weak, zh: 弱 }
        for each: channel in a campaign
        when: roas(7d) < 1
        then: { mark: channel as weak }
        mode: auto
        """;

    private const string EachHour = """
        rule: { en: Each hour, zh: 每小时 }
        for each: channel in a campaign
        when: channel.mark == "weak"
        then: { issue: a weak channel }
        mode: observe
        check: every hour
        """;

    private const string OnClicks = """
        rule: { en: On clicks, zh: 点击 }
        for each: channel in a campaign
        when: clicks(yesterday) < 100
        then: { issue: hardly any clicks }
        mode: observe
        check: when metrics change
        """;

    private const string Daily = """
        rule: { en: Daily, zh: 每日 }
        for each: campaign
        when: roas(7d) > 0
        then: { issue: look }
        mode: observe
        """;

    private const string Whole = """
        rule: { en: Portfolio, zh: 组合 }
        for each: portfolio
        when: portfolio.spend(7d) > 500 CNY and average.spend(7d) > 100 CNY
        then: { notify: budget owner }
        mode: auto
        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Rules_of_the_hour_speak_once_an_hour_with_those_whose_marks_they_read(DatabaseKind kind)
    {
        await using var store = await RuleWorld.CreateAsync(kind, 2, Weak, EachHour, Daily);
        await HourAsync(store);
        await HourAsync(store);

        var decisions = await RuleWorld.DecisionsAsync(store);
        Assert.Equal(["r0", "r1"], decisions.Select(d => d.Rule).Distinct().Order());
        Assert.Equal(2, decisions.Count(d => d is { Rule: "r1", Outcome: DecisionOutcome.Observed, From: "video" }));
        Assert.Equal(2, decisions.Select(d => d.Evaluation).Distinct().Count());

        store.Clock.Advance(TimeSpan.FromHours(1));
        await HourAsync(store);
        Assert.Equal(4, (await RuleWorld.DecisionsAsync(store)).Select(d => d.Evaluation).Distinct().Count());
    }

    [Fact]
    public async Task Metrics_that_a_rule_reads_wake_it_and_others_do_not()
    {
        await using var store = await RuleWorld.CreateAsync(DatabaseKind.Sqlite, 1, OnClicks, Daily);
        await store.SettleAsync();
        var before = (await RuleWorld.DecisionsAsync(store)).Count;

        store.Clock.Advance(TimeSpan.FromMinutes(5));
        await RuleWorld.ReportAsync(store, "revenue", RuleWorld.Row("video", 29, 20_00, 12_00));
        await store.SettleAsync();
        Assert.Equal(before, (await RuleWorld.DecisionsAsync(store)).Count);

        store.Clock.Advance(TimeSpan.FromMinutes(5));
        await RuleWorld.ReportAsync(store, "clicks", RuleWorld.Row("video", 29, 20_00, 12_00, clicks: 20));
        await store.SettleAsync();
        var after = (await RuleWorld.DecisionsAsync(store))[before..];
        Assert.All(after, d => Assert.Equal("r0", d.Rule));
        Assert.Single(after, d => d is { From: "video", Outcome: DecisionOutcome.Observed });
    }

    [Fact]
    public async Task A_portfolio_is_looked_at_once_a_day_owner_by_owner()
    {
        await using var store = await RuleWorld.CreateAsync(DatabaseKind.Sqlite, 3, Whole);
        var owner = await store.PersonAsync(Roles.Manager);
        await store.InScopeAsync(
            (db, _) => db.Campaigns.Where(c => c.Code != "spring-2").ExecuteUpdateAsync(set => set.SetProperty(c => c.OwnerId, owner.Id))
        );
        await HourAsync(store);
        store.Clock.Advance(TimeSpan.FromHours(1));
        await HourAsync(store);

        var decisions = await RuleWorld.DecisionsAsync(store);
        Assert.Single(
            await RuleWorld.SilentAsync(store),
            d => d.WhyEn.StartsWith("Portfolio of nobody, 1 campaigns", StringComparison.Ordinal)
        );
        var fired = Assert.Single(decisions);
        Assert.StartsWith($"Portfolio of {owner.DisplayName}, 2 campaigns in CNY: ", fired.WhyEn, StringComparison.Ordinal);
        Assert.True(
            (await store.WithAsync<RerunDecision, (Rerun? Rerun, Engine.Phrase?)>(r => r.HandleAsync(fired.Id.ToString(), default)))
                .Rerun!
                .Same
        );
    }

    private static async Task HourAsync(CampaignStore store)
    {
        await store.WithAsync<RuleHourJob, bool>(async job =>
        {
            await job.AnnounceAsync(default);
            return true;
        });
        await store.SettleAsync();
    }
}
