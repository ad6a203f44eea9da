using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules.Lab;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Rules.Lab;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Rules;

/// <summary>Goals may be expected to be reached as an earlier campaign went, instead of evenly.</summary>
public sealed class PaceCurvesTests
{
    private const string Ahead = """
        rule: { en: Ahead, zh: 超前 }
        for each: campaign
        when: pace(revenue, curve) > 190%
        then: { notify: analyst }
        mode: auto
        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_goal_is_expected_as_the_chosen_campaign_went(DatabaseKind kind)
    {
        await using var store = await RuleWorld.CreateAsync(kind, 1, Ahead);
        await ModelAsync(store, missing: null);
        await RuleWorld.EvaluateAsync(store, "even");
        await ChooseAsync(store);
        await RuleWorld.EvaluateAsync(store, "autumn");

        // 2,500 of 8,000 came in on ten of 32 days: as expected evenly, twice of what autumn had by then.
        var even = (await RuleWorld.SilentAsync(store)).Single(d => d.Evaluation == "even:spring");
        Assert.Equal(DecisionOutcome.Unknown, even.Outcome);
        Assert.Contains("has no course to follow", even.WhyEn, StringComparison.Ordinal);
        var fired = (await RuleWorld.DecisionsAsync(store)).Single();
        Assert.Equal("autumn:spring", fired.Evaluation);
        Assert.Contains("200% > 190% (expected as in Autumn)", fired.WhyEn, StringComparison.Ordinal);
        Assert.Contains("预期按“Autumn”的实际走势推进", fired.WhyZh, StringComparison.Ordinal);
        Assert.True(
            (await store.WithAsync<RerunDecision, (Rerun? Rerun, Phrase?)>(r => r.HandleAsync(fired.Evaluation, default))).Rerun!.Same
        );
        var (history, _) = await store.WithAsync<HistoryOfCampaign, (History?, Phrase?)>(h => h.OfAsync("spring", true, default));
        Assert.Equal(0.15625, history!.Curve!.Shares[9]);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("running")]
    [InlineData("unknown")]
    public async Task A_model_with_a_gap_one_that_still_runs_and_one_that_is_gone_tell_nothing(string what)
    {
        await using var store = await RuleWorld.CreateAsync(DatabaseKind.Sqlite, 1, Ahead);
        // The one that runs has numbers for each of its days, today included.
        await ModelAsync(store, missing: what == "missing" ? 7 : null, first: what == "running" ? new DateOnly(2026, 10, 15) : null);
        await ChooseAsync(store, what == "unknown" ? "winter" : "autumn");
        await RuleWorld.EvaluateAsync(store, "autumn");
        Assert.Equal(DecisionOutcome.Unknown, (await RuleWorld.SilentAsync(store)).Single(d => d.CampaignId == store.CampaignId).Outcome);
    }

    /// <summary>Sixteen days, of September if not told otherwise: 100 a day in the first half, 300 in the second.</summary>
    private static Task ModelAsync(CampaignStore store, int? missing, DateOnly? first = null) =>
        store.InScopeAsync(
            async (db, services) =>
            {
                db.Goals.Add(
                    new()
                    {
                        CampaignId = store.CampaignId,
                        Metric = "revenue",
                        Target = 8_000_00,
                        Deadline = new(2026, 11, 20),
                    }
                );
                var id = await CampaignStore.AddCampaignAsync(db, "autumn", "Asia/Shanghai");
                var from = first ?? new DateOnly(2026, 9, 1);
                await db
                    .Campaigns.Where(c => c.Id == id)
                    .ExecuteUpdateAsync(s =>
                        s.SetProperty(c => c.StartsOn, from).SetProperty(c => c.EndsOn, from.AddDays(15)).SetProperty(c => c.Name, "Autumn")
                    );
                var rows = Enumerable
                    .Range(0, 16)
                    .Where(i => i != missing)
                    .Select(i => new MetricRow("search", new(from.AddDays(i), 20_00, i < 8 ? 100_00 : 300_00, 5000, 500, 50, 60)));
                await services.GetRequiredService<ImportMetrics>().ImportAsync(id, [.. rows], "autumn", "test", store.Clock.Now);
                return true;
            }
        );

    private static Task<int> ChooseAsync(CampaignStore store, string code = "autumn") =>
        store.InScopeAsync(
            (db, _) => db.Campaigns.Where(c => c.Id == store.CampaignId).ExecuteUpdateAsync(s => s.SetProperty(c => c.PaceLike, code))
        );
}
