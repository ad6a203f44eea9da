using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Rules;

/// <summary>Campaigns in execution with ten days of numbers: search earns ten times its cost, social twice, video half of it.</summary>
internal static class RuleWorld
{
    public static DateTimeOffset Noon { get; } = new(2026, 10, 30, 4, 0, 0, TimeSpan.Zero);

    /// <param name="rules">Each is one file, in order <c>r0.yaml</c>, <c>r1.yaml</c>, ….</param>
    public static async Task<CampaignStore> CreateAsync(DatabaseKind kind, int campaigns, params string[] rules)
    {
        var store = await CampaignStore.CreateAsync(kind);
        store.Clock.Now = Noon;
        for (var i = 0; i < rules.Length; i++)
            await File.WriteAllTextAsync(Path.Combine(store.Rules, $"r{i}.yaml"), rules[i]);
        await store.InScopeAsync(
            async (db, services) =>
            {
                for (var i = 1; i < campaigns; i++)
                    await CampaignStore.AddCampaignAsync(db, $"spring-{i}", "Asia/Shanghai");
                var plan = new Dictionary<string, long>
                {
                    ["search"] = 50_00,
                    ["social"] = 30_00,
                    ["video"] = 20_00,
                };
                foreach (var campaign in await db.Campaigns.ToListAsync())
                {
                    await services.GetRequiredService<BudgetLedger>().OpenAsync(campaign, plan, Noon, default);
                    db.StageVisits.Add(
                        new()
                        {
                            CampaignId = campaign.Id,
                            Stage = Stage.Execution,
                            EnteredAt = Noon.AddDays(-9),
                            DueAt = Noon.AddDays(20),
                            Key = campaign.Code,
                        }
                    );
                }
                await db.SaveChangesAsync();
                foreach (var campaign in await db.Campaigns.AsNoTracking().ToListAsync())
                    await ReportAsync(services, campaign.Id, "first", Enumerable.Range(20, 10).SelectMany(Day));
                return true;
            }
        );
        return store;
    }

    /// <summary>Another report of the campaign's days, known now.</summary>
    public static Task ReportAsync(CampaignStore store, string name, params MetricRow[] rows) =>
        store.InScopeAsync(
            async (_, services) =>
            {
                await ReportAsync(services, store.CampaignId, name, rows);
                return true;
            }
        );

    public static MetricRow Row(string channel, int day, long spend, long revenue, long clicks = 500) =>
        new(channel, new(new(2026, 10, day), spend, revenue, 5000, clicks, 50, 60));

    private static IEnumerable<MetricRow> Day(int day) =>
        [Row("search", day, 20_00, 200_00), Row("social", day, 20_00, 40_00), Row("video", day, 20_00, 10_00)];

    private static Task ReportAsync(IServiceProvider services, Guid campaign, string name, IEnumerable<MetricRow> rows) =>
        services
            .GetRequiredService<ImportMetrics>()
            .ImportAsync(campaign, [.. rows], $"{name} {campaign}", "test", services.GetRequiredService<TimeProvider>().GetUtcNow());

    /// <summary>One evaluation of all campaigns together, committed.</summary>
    public static Task<IReadOnlyList<Decision>> EvaluateAsync(CampaignStore store, string key, bool together = true) =>
        store.InScopeAsync(
            async (db, services) =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                var evaluate = services.GetRequiredService<EvaluateCampaign>();
                var campaigns = await db.Campaigns.OrderBy(c => c.Code).ToListAsync();
                var decisions = new List<Decision>();
                foreach (var some in together ? [campaigns] : campaigns.ConvertAll(c => new List<Campaign> { c }))
                    decisions.AddRange(
                        await evaluate.HandleAsync(
                            some.ConvertAll(c => new Evaluation(c, $"{key}:{c.Code}")),
                            evaluate.InForce(),
                            store.Clock.Now,
                            default
                        )
                    );
                await db.SaveChangesAsync();
                await transaction.CommitAsync();
                return (IReadOnlyList<Decision>)decisions;
            }
        );

    public static Task<List<Decision>> DecisionsAsync(CampaignStore store) =>
        store.InScopeAsync((db, _) => db.Decisions.AsNoTracking().OrderBy(d => d.Key).ToListAsync());

    /// <summary>What asked for nothing, out of the records.</summary>
    public static Task<List<Decision>> SilentAsync(CampaignStore store) =>
        store.InScopeAsync(
            async (db, _) =>
            {
                var campaigns = await db.Campaigns.AsNoTracking().ToDictionaryAsync(c => c.Id);
                var records = await db.EvaluationRecords.AsNoTracking().OrderBy(r => r.Evaluation).ToListAsync();
                return records.SelectMany(r => r.Silent(campaigns[r.CampaignId])).ToList();
            }
        );
}
