using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules.Lab;
using CampaignFlow.Metrics;
using CampaignFlow.Rules.Lab;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.Metrics;

/// <summary>How late numbers are complete, learned from real imports that restate each other.</summary>
public sealed class DataLagTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("en", "set 1 d · seen 2 d", "set too short", "set 1 d · not seen yet")]
    [InlineData("zh-CN", "设定 1 天 · 实测 2 天", "设定偏短", "设定 1 天 · 尚无实测")]
    public async Task The_observed_lag_stands_beside_the_set_one(string language, string lag, string hint, string unseen)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        await ReportAsync(campaign.Id, DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-24), 20, work => host.WithAsync(work));
        using var analyst = await host.ReaderAsync("analyst", language);

        var html = await analyst.TextAsync($"/metrics?campaign={campaign.Code}");

        Assert.Contains(lag, html, StringComparison.Ordinal);
        Assert.Contains(hint, html, StringComparison.Ordinal);
        Assert.Contains(unseen, html, StringComparison.Ordinal); // of social, which reports nothing
    }

    [Fact]
    public async Task The_lab_reckons_with_the_observed_lag()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        store.Clock.Now = new(2026, 11, 15, 4, 0, 0, TimeSpan.Zero);
        await ReportAsync(store.CampaignId, new(2026, 10, 20), 16, work => store.WithAsync(work));

        // Even where a backtest takes first versions as known the next morning.
        var (history, _) = await store.WithAsync<HistoryOfCampaign, (History?, Phrase?)>(h => h.OfAsync("spring", true, default));

        Assert.Equal(
            [("search", 1, 2), ("social", 1, null)],
            history!.Channels.Take(2).Select(c => (c.Code, c.LagDays, c.ObservedLagDays))
        );
    }

    /// <summary>Each day half of its orders the next morning, all of them two mornings later.</summary>
    private static async Task ReportAsync(
        Guid campaign,
        DateOnly first,
        int days,
        Func<Func<ImportMetrics, Task<ImportReport>>, Task<ImportReport>> withImport
    )
    {
        foreach (var day in Enumerable.Range(0, days).Select(first.AddDays))
        foreach (var (orders, after) in new[] { (25, 1), (50, 3) })
            await withImport(i =>
                i.ImportAsync(
                    campaign,
                    [new("search", new(day, 900_00, orders * 60_00, 5000, 500, orders, null))],
                    $"{day:yyyy-MM-dd} {after}",
                    "test",
                    new(day.AddDays(after), new TimeOnly(1, 0), TimeSpan.Zero)
                )
            );
    }
}
