using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Rules;

public sealed class EvaluateCampaignTests
{
    private const string Shift = """
        rule: { en: Shift, zh: 转移 }
        for each: pair of channels (loser, winner) in a campaign
        when:
          all:
            - loser.roas(3d) < 1
            - winner.roas(3d) > 2
        choose: highest winner.roas(3d)
        then:
          - shift: 5% of loser.budget to winner
        mode: auto
        """;

    private const string Silence = """
        rule: { en: Never act blind, zh: 无数据不动预算 }
        for each: campaign
        priority: 100
        when:
          any channel: { no data: 1d }
        then:
          - hold: all budget changes
        mode: auto
        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task An_evaluation_decides_once_however_often_it_is_repeated(DatabaseKind kind)
    {
        await using var store = await WithRuleAsync(kind, Shift);
        await ReportAsync(store);

        var first = await EvaluateAsync(store, "morning");
        var again = await EvaluateAsync(store, "morning");

        var applied = Assert.Single(first, d => d.Outcome == DecisionOutcome.Applied);
        Assert.Equal(("video", "search", 1_00L), (applied.From, applied.To, applied.AmountMinor));
        Assert.Empty(again);
        var (shifts, decisions, versions) = await store.InScopeAsync(
            async (db, _) => (await db.BudgetShifts.CountAsync(), await db.Decisions.CountAsync(), await db.RuleVersions.CountAsync())
        );
        Assert.Equal((1, first.Count, 1), (shifts, decisions, versions));
    }

    [Fact]
    public async Task Every_decision_keeps_its_numbers_its_rule_and_its_reason_in_both_languages()
    {
        await using var store = await WithRuleAsync(DatabaseKind.Sqlite, Shift);
        await ReportAsync(store);

        foreach (var decision in await EvaluateAsync(store, "morning"))
        {
            Assert.NotEqual("[]", decision.Clauses);
            Assert.NotEmpty(decision.WhyEn);
            Assert.NotEmpty(decision.WhyZh);
            Assert.Equal(store.Clock.Now, decision.FactsAsOf);
            Assert.Equal(
                Shift,
                await store.InScopeAsync(
                    (db, _) => db.RuleVersions.Where(v => v.Hash == decision.RuleHash).Select(v => v.Text).SingleAsync()
                )
            );
        }
    }

    [Theory]
    [InlineData("mode: auto", DecisionOutcome.Applied, 1_00)]
    [InlineData("mode: ask", DecisionOutcome.Waiting, 0)]
    [InlineData("mode: observe", DecisionOutcome.Observed, 0)]
    public async Task The_mode_says_whether_it_acts_asks_or_watches(string mode, DecisionOutcome outcome, long moved)
    {
        await using var store = await WithRuleAsync(DatabaseKind.Sqlite, Shift.Replace("mode: auto", mode, StringComparison.Ordinal));
        await ReportAsync(store);

        var decisions = await EvaluateAsync(store, "morning");

        Assert.Single(decisions, d => d.Outcome == outcome && d.Action == "shift");
        Assert.Equal(20_00 - moved, (await BalancesAsync(store))["video"]);
    }

    [Theory]
    [InlineData(ApprovalState.Approved, DecisionOutcome.Applied, 19_00)]
    [InlineData(ApprovalState.Rejected, DecisionOutcome.Rejected, 20_00)]
    [InlineData(ApprovalState.Expired, DecisionOutcome.Expired, 20_00)] // silence is no yes
    public async Task What_people_said_becomes_the_decisions_outcome(ApprovalState said, DecisionOutcome outcome, long left)
    {
        await using var store = await WithRuleAsync(
            DatabaseKind.Sqlite,
            Shift.Replace("mode: auto", "mode: ask", StringComparison.Ordinal)
        );
        await ReportAsync(store);
        await EvaluateAsync(store, "morning");
        var manager = await store.PersonAsync(Roles.Manager);
        var approval = await store.InScopeAsync((db, _) => db.Approvals.Select(a => a.Id).SingleAsync());

        if (said == ApprovalState.Expired)
        {
            store.Clock.Advance(ProposeShift.AnswerWithin);
            await store.WithAsync<ExpireApprovals, int>(e => e.HandleAsync(default));
        }
        else
        {
            await store.WithAsync<DecideApproval, Phrase?>(d => d.HandleAsync(new(approval, said, null), manager, default));
        }
        await store.SettleAsync();

        Assert.Equal(
            outcome,
            await store.InScopeAsync((db, _) => db.Decisions.Where(d => d.Action == "shift").Select(d => d.Outcome).SingleAsync())
        );
        Assert.Equal(left, (await BalancesAsync(store))["video"]);
    }

    /// <summary>Numbers arrive on one node while the morning's evaluation runs on another.</summary>
    [Fact]
    public async Task Two_evaluations_at_once_keep_the_cooldown_together()
    {
        await using var store = await WithRuleAsync(DatabaseKind.Postgres, Shift + "\nguard: { cooldown: 3d per channel }");
        await EvaluateAsync(store, "before there are numbers");
        await ReportAsync(store);

        Task<IReadOnlyList<Decision>>? other = null;
        await store.InScopeAsync(
            async (db, services) =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                var campaign = await db.Campaigns.SingleAsync(c => c.Id == store.CampaignId);
                await services.GetRequiredService<EvaluateCampaign>().HandleAsync(campaign, "morning", store.Clock.Now, default);
                await db.SaveChangesAsync();
                other = Task.Run(() => EvaluateAsync(store, "numbers")); // sees nothing of the first and waits for the books
                await Task.WhenAny(other, Task.Delay(TimeSpan.FromSeconds(1)));
                await transaction.CommitAsync();
                return true;
            }
        );

        Assert.Contains(await other!, d => d.Outcome == DecisionOutcome.Refused && d.WhyEn.Contains("less than 3 days ago"));
        Assert.Equal(19_00, (await BalancesAsync(store))["video"]);
    }

    [Fact]
    public async Task A_silent_channel_holds_all_changes_until_it_speaks_again()
    {
        await using var store = await WithRuleAsync(DatabaseKind.Sqlite, Shift, Silence);
        await ReportAsync(store, without: "social");

        var held = await EvaluateAsync(store, "first");
        Assert.Equal("rule:silence", await HeldByAsync(store));
        Assert.DoesNotContain(held, d => d.Action == "shift" && d.Outcome == DecisionOutcome.Applied);
        Assert.Equal(20_00, (await BalancesAsync(store))["video"]);

        await ReportAsync(store);
        var lifted = await EvaluateAsync(store, "second");
        Assert.Null(await HeldByAsync(store));
        Assert.Single(lifted, d => d.Action == "shift" && d.Outcome == DecisionOutcome.Applied);
    }

    [Fact]
    public async Task A_persons_hold_stops_rules_and_approvals_and_no_rule_lifts_it()
    {
        await using var store = await WithRuleAsync(DatabaseKind.Sqlite, Shift);
        await ReportAsync(store);
        await store.InScopeAsync((db, _) => db.Campaigns.ExecuteUpdateAsync(set => set.SetProperty(c => c.HeldBy, "Chen Jing")));

        var decisions = await EvaluateAsync(store, "morning");

        Assert.Equal("Chen Jing", await HeldByAsync(store));
        Assert.All(decisions.Where(d => d.Action == "shift"), d => Assert.Equal(DecisionOutcome.Refused, d.Outcome));
        Assert.Contains(decisions, d => d.BlockedBy is not null);
        Assert.Equal(20_00, (await BalancesAsync(store))["video"]);
    }

    [Fact]
    public async Task A_broken_rule_file_keeps_its_last_good_version()
    {
        await using var store = await WithRuleAsync(DatabaseKind.Sqlite, Shift);
        await ReportAsync(store);
        await EvaluateAsync(store, "before");
        var file = Path.Combine(store.Rules, "shift.yaml");
        await File.WriteAllTextAsync(file, Shift.Replace("roas", "raos", StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(1));

        var after = await EvaluateAsync(store, "after");

        Assert.NotEmpty(after);
        Assert.Equal(1, await store.InScopeAsync((db, _) => db.RuleVersions.CountAsync()));
        Assert.Contains(
            "did you mean 'roas'",
            store.Services.GetRequiredService<RuleFiles>().Current().Single().Problems[0].ToString(),
            StringComparison.Ordinal
        );
    }

    private static async Task<CampaignStore> WithRuleAsync(DatabaseKind kind, string shift, string? silence = null)
    {
        var store = await CampaignStore.CreateAsync(kind);
        store.Clock.Now = new(2026, 10, 30, 4, 0, 0, TimeSpan.Zero);
        await File.WriteAllTextAsync(Path.Combine(store.Rules, "shift.yaml"), shift);
        if (silence is not null)
            await File.WriteAllTextAsync(Path.Combine(store.Rules, "silence.yaml"), silence);
        await store.OpenBooksAsync();
        return store;
    }

    /// <summary>Ten days in which search earns four times its cost and video half of it.</summary>
    private static Task ReportAsync(CampaignStore store, string? without = null) =>
        store.InScopeAsync(
            async (db, services) =>
            {
                var rows =
                    from day in Enumerable.Range(20, 10)
                    from channel in new[]
                    {
                        (Code: "search", Revenue: 200_00L),
                        (Code: "social", Revenue: 40_00L),
                        (Code: "video", Revenue: 10_00L),
                    }
                    where !(channel.Code == without && day > 27)
                    select new MetricRow(channel.Code, new(new(2026, 10, day), 20_00, channel.Revenue, 5000, 500, 50, 60));
                await services
                    .GetRequiredService<ImportMetrics>()
                    .ImportAsync(store.CampaignId, [.. rows], $"report without {without}", "test", store.Clock.Now);
                return true;
            }
        );

    private static Task<IReadOnlyList<Decision>> EvaluateAsync(CampaignStore store, string evaluation) =>
        store.InScopeAsync(
            async (db, services) =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                var campaign = await db.Campaigns.SingleAsync(c => c.Id == store.CampaignId);
                var decisions = await services
                    .GetRequiredService<EvaluateCampaign>()
                    .HandleAsync(campaign, evaluation, store.Clock.Now, default);
                await db.SaveChangesAsync();
                await transaction.CommitAsync();
                return decisions;
            }
        );

    private static Task<string?> HeldByAsync(CampaignStore store) =>
        store.InScopeAsync((db, _) => db.Campaigns.Select(c => c.HeldBy).SingleAsync());

    private static Task<IReadOnlyDictionary<string, long>> BalancesAsync(CampaignStore store) =>
        store.WithAsync<BudgetLedger, IReadOnlyDictionary<string, long>>(l => l.BalancesAsync(store.CampaignId, default));
}
