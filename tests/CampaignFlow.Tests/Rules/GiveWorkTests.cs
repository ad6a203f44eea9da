using CampaignFlow.Campaigns;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Rules;

/// <summary>Rules that ask for work instead of money.</summary>
public sealed class GiveWorkTests
{
    private const string Work = """
        rule: { en: Conversions vanished, zh: 转化消失 }
        for each: channel in a campaign
        when: conversions(3d) == 0
        then:
          - task: analyst to find the reason in 2d
          - issue: tracking may be broken
          - experiment: does a shorter page convert better
          - signal: tracking-broken
          - start: no-such-workflow
        mode: auto
        """;

    [Fact]
    public async Task Work_reaches_its_role_once_and_an_unknown_workflow_is_refused_with_a_sentence()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        store.Clock.Now = new(2026, 10, 30, 4, 0, 0, TimeSpan.Zero);
        await File.WriteAllTextAsync(Path.Combine(store.Rules, "work.yaml"), Work);
        await store.OpenBooksAsync();
        await store.InScopeAsync(
            async (_, services) =>
            {
                var rows = Enumerable
                    .Range(20, 10)
                    .Select(day => new MetricRow("search", new(new(2026, 10, day), 20_00, 10_00, 5000, 500, 0, 0)));
                await services
                    .GetRequiredService<ImportMetrics>()
                    .ImportAsync(store.CampaignId, [.. rows], "report", "test", store.Clock.Now);
                return true;
            }
        );

        var first = await EvaluateAsync(store, "morning");
        store.Clock.Advance(TimeSpan.FromHours(1));
        var second = await EvaluateAsync(store, "an hour later");

        Assert.Equal(["task", "issue", "experiment", "signal", "start"], first.Select(d => d.Action));
        Assert.All(first.Take(4), d => Assert.Equal(DecisionOutcome.Applied, d.Outcome));
        Assert.Equal((DecisionOutcome.Refused, "no such workflow"), (first[4].Outcome, first[4].BlockedBy));
        Assert.All(second.Take(3), d => Assert.Equal((DecisionOutcome.Refused, "asked before"), (d.Outcome, d.BlockedBy)));
        var tasks = await store.InScopeAsync((db, _) => db.WorkTasks.OrderBy(t => t.DueAt).ThenBy(t => t.Role).ToListAsync());
        Assert.Equal(
            [("analyst", true), ("manager", true), ("analyst", true)],
            tasks.Select(t => (t.Role, t.WhyEn.Contains("conversions(3d) == 0", StringComparison.Ordinal)))
        );
        Assert.Equal(2, await store.InScopeAsync((db, _) => db.InboxSignals.CountAsync(s => s.Key == "tracking-broken")));
    }

    private static Task<List<Decision>> EvaluateAsync(CampaignStore store, string evaluation) =>
        store.InScopeAsync(
            async (db, services) =>
            {
                var campaign = await db.Campaigns.SingleAsync(c => c.Id == store.CampaignId);
                var decisions = await services
                    .GetRequiredService<EvaluateCampaign>()
                    .HandleAsync(campaign, evaluation, store.Clock.Now, default);
                await db.SaveChangesAsync();
                return decisions.Where(d => d.From == "search").ToList();
            }
        );
}
