using System.Text;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Metrics;

public sealed class ImportMetricsTests
{
    private static readonly DateOnly Nov1 = new(2026, 11, 1);
    private const string Report =
        "日期,渠道,展示数,点击数,消耗(元),转化数,成交金额\n2026-11-01,QianChuan,1000,100,50.00,5,200\n2026-11-01,百度SEM,500,20,30.00,--,--\n";

    private static async Task<(TestStore Store, Guid Campaign)> StartAsync(DatabaseKind kind)
    {
        var store = await TestStore.CreateAsync(kind, s => s.AddCampaignMetrics());
        var campaign = new Campaign
        {
            Code = "autumn",
            Name = "秋季",
            Intent = "promotion",
            Brand = "B",
            Product = "P",
            Currency = "CNY",
            TimeZone = "Asia/Shanghai",
            StartsOn = Nov1,
            EndsOn = new(2026, 11, 30),
        };
        await store.InScopeAsync(
            async (db, _) =>
            {
                db.Campaigns.Add(campaign);
                foreach (var (code, name) in new[] { ("qianchuan", "巨量千川"), ("baidu", "百度SEM") })
                    db.CampaignChannels.Add(
                        new()
                        {
                            CampaignId = campaign.Id,
                            Code = code,
                            Name = name,
                            PlannedMinor = 1,
                            FloorMinor = 0,
                            CeilingMinor = 2,
                        }
                    );
                await db.SaveChangesAsync();
            }
        );
        return (store, campaign.Id);
    }

    private static Task<ImportReport> Import(
        TestStore store,
        Guid campaign,
        string text,
        DateTimeOffset? knownAt = null,
        bool dryRun = false
    ) =>
        store.InScopeAsync(
            (_, services) =>
                services
                    .GetRequiredService<ImportMetrics>()
                    .ImportAsync(campaign, "report.csv", Encoding.UTF8.GetBytes(text), "test", knownAt, dryRun)
        );

    private static Task<KnownDays> Known(TestStore store, Guid campaign, DateTimeOffset asOf) =>
        store.InScopeAsync((_, services) => services.GetRequiredService<MetricQueries>().DaysAsync(campaign, asOf, Nov1, Nov1.AddDays(29)));

    private static (int New, int Restated, int Unchanged) Counts(ImportReport report) =>
        (report.FactsNew, report.FactsRestated, report.FactsUnchanged);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task The_same_file_again_changes_nothing_and_announces_nothing(DatabaseKind kind)
    {
        var (store, campaign) = await StartAsync(kind);
        await using var _ = store;
        var first = await Import(store, campaign, Report);
        store.Clock.Advance(TimeSpan.FromHours(1));
        var second = await Import(store, campaign, Report);

        Assert.Equal((2, 0, 0), Counts(first));
        Assert.Equal([Nov1], first.Days);
        Assert.Equal((0, 0, 2), Counts(second));
        await store.InScopeAsync(
            async (db, _) =>
            {
                Assert.Equal(2, await db.MetricFacts.CountAsync());
                Assert.Equal(2, await db.ImportBatches.CountAsync());
                Assert.Equal(typeof(MetricsArrived).FullName, (await db.Outbox.SingleAsync()).Type);
            }
        );
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_restated_day_is_a_new_version_and_the_old_one_is_still_what_was_known_then(DatabaseKind kind)
    {
        var (store, campaign) = await StartAsync(kind);
        await using var _ = store;
        var monday = store.Clock.Now;
        await Import(store, campaign, Report);
        store.Clock.Advance(TimeSpan.FromDays(1));
        var report = await Import(store, campaign, Report.Replace("50.00,5,200", "50.00,8,320", StringComparison.Ordinal));

        Assert.Equal((0, 1, 1), Counts(report));
        var restated = Assert.Single(report.Restated);
        Assert.Equal((5.0, 8.0), (restated.Before.Conversions, restated.After.Conversions));
        Assert.Equal(5, (await Known(store, campaign, monday)).Of("qianchuan")[0].Conversions);
        Assert.Equal(8, (await Known(store, campaign, store.Clock.Now)).Of("qianchuan")[0].Conversions);
        Assert.Empty((await Known(store, campaign, monday.AddMilliseconds(-1))).Channels);
        var versions = await store.InScopeAsync(
            (_, services) => services.GetRequiredService<MetricQueries>().VersionsAsync(campaign, "QIANCHUAN", Nov1)
        );
        Assert.Equal([5.0, 8.0], versions.Select(v => v.Numbers.Conversions!.Value));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Two_restatements_within_one_millisecond_keep_their_order(DatabaseKind kind)
    {
        var (store, campaign) = await StartAsync(kind);
        await using var _ = store;
        foreach (var conversions in new[] { "5", "6", "7" })
            await Import(store, campaign, Report.Replace(",5,200", $",{conversions},200", StringComparison.Ordinal));
        Assert.Equal(7, (await Known(store, campaign, store.Clock.Now.AddSeconds(1))).Of("qianchuan")[0].Conversions);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Channels_are_found_by_code_or_name_whatever_the_case_and_unknown_ones_are_named(DatabaseKind kind)
    {
        var (store, campaign) = await StartAsync(kind);
        await using var _ = store;
        var report = await Import(store, campaign, Report + "2026-11-01,facebOOK_tier2,1,2,3.00,4,5\n");
        Assert.Equal("facebOOK_tier2", Assert.Single(report.UnknownChannels).Name);
        var second = await Import(store, campaign, "date,channel,clicks,cost\n2026-11-02,FACEBOOK_TIER2,1,2\n");
        Assert.Equal((1, 0, 0), Counts(second));

        var known = await Known(store, campaign, store.Clock.Now);
        Assert.Equal(["baidu", "facebOOK_tier2", "qianchuan"], known.Channels.Select(c => c.Channel));
        Assert.Equal(2, known.Of("facebook_tier2").Count);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_number_that_a_file_does_not_have_leaves_what_was_known(DatabaseKind kind)
    {
        var (store, campaign) = await StartAsync(kind);
        await using var _ = store;
        await Import(store, campaign, Report);
        store.Clock.Advance(TimeSpan.FromHours(1));
        var report = await Import(store, campaign, "date,channel,clicks,revenue\n2026-11-01,baidu,20,77\n"); // the shop's own sales
        Assert.Equal((0, 1, 0), Counts(report));
        var known = (await Known(store, campaign, store.Clock.Now)).Of("baidu")[0];
        Assert.Equal(new DayFact(Nov1, 3000, 7700, 500, 20, null, null) { KnownAt = known.KnownAt }, known);
        Assert.Equal(store.Clock.Now, known.KnownAt);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_dry_run_tells_the_same_and_writes_nothing(DatabaseKind kind)
    {
        var (store, campaign) = await StartAsync(kind);
        await using var _ = store;
        var dry = await Import(store, campaign, Report + "2026-11-01,x,oops,1,1,1,1\n", dryRun: true);
        Assert.Equal((2, 0, 0), Counts(dry));
        Assert.Null(dry.BatchId);
        Assert.Equal((4, 1), (dry.Problems[0].Line, dry.RowsRejected));
        await store.InScopeAsync(
            async (db, _) =>
            {
                Assert.Equal(0, await db.MetricFacts.CountAsync());
                Assert.Equal(0, await db.ImportBatches.CountAsync());
                Assert.Equal(0, await db.Outbox.CountAsync());
            }
        );
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_replay_feeds_history_at_the_instants_it_became_known(DatabaseKind kind)
    {
        var (store, campaign) = await StartAsync(kind);
        await using var _ = store;
        DateTimeOffset Morning(int day) => new(2026, 11, day, 0, 30, 0, TimeSpan.Zero);
        Task<ImportReport> Feed(int day, double conversions) =>
            store.InScopeAsync(
                (_, services) =>
                    services
                        .GetRequiredService<ImportMetrics>()
                        .ImportAsync(
                            campaign,
                            [new("qianchuan", new(Nov1, 100, 200, 10, 5, conversions, null))],
                            "replay",
                            "test",
                            Morning(day)
                        )
            );

        await Feed(4, 9); // the newest version first: order of arrival must not matter
        Assert.Equal((1, 0, 0), Counts(await Feed(2, 7)));
        Assert.Equal((0, 1, 0), Counts(await Feed(3, 8)));
        Assert.Equal((0, 0, 1), Counts(await Feed(3, 8)));
        foreach (var (day, conversions) in new[] { (2, 7.0), (3, 8.0), (4, 9.0) })
            Assert.Equal(conversions, (await Known(store, campaign, Morning(day))).Of("qianchuan")[0].Conversions);
        Assert.Empty((await Known(store, campaign, Morning(1))).Channels);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Two_imports_at_once_write_each_day_once(DatabaseKind kind)
    {
        var (store, campaign) = await StartAsync(kind);
        await using var _ = store;
        var reports = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Import(store, campaign, Report))));
        Assert.Equal(2, reports.Sum(r => r.FactsNew));
        Assert.Equal(10, reports.Sum(r => r.FactsUnchanged));
        Assert.Equal(2, await store.InScopeAsync((db, _) => db.MetricFacts.CountAsync()));
    }

    [Fact]
    public async Task A_day_that_has_not_come_and_a_campaign_that_is_not_there_are_refused()
    {
        var (store, campaign) = await StartAsync(DatabaseKind.Sqlite);
        await using var _ = store;
        var report = await Import(store, campaign, "date,channel,clicks,cost\n2026-11-02,baidu,1,2\n2026-11-03,baidu,1,2\n"); // in Shanghai it is the 2nd
        Assert.Equal((1, 1), (report.FactsNew, report.RowsRejected));
        Assert.Contains("2026-11-03", Assert.Single(report.Problems).Text.Zh, StringComparison.Ordinal);

        var nobody = await Import(store, Guid.NewGuid(), Report);
        Assert.False(nobody.Accepted);
        Assert.Single(nobody.Problems);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Ratios_are_sums_over_sums_and_unknown_when_nothing_is_reported(DatabaseKind kind)
    {
        var (store, campaign) = await StartAsync(kind);
        await using var _ = store;
        await Import(store, campaign, Report + "2026-11-02,qianchuan,3000,100,150.00,5,100\n");
        var totals = (await Known(store, campaign, store.Clock.Now)).Totals();

        var qianchuan = totals.Channels.Single(c => c.Channel == "qianchuan");
        Assert.Equal((20000L, 30000L, 1.5), (qianchuan.SpendMinor, qianchuan.RevenueMinor, qianchuan.Roas)); // the mean of 4.0 and 0.67 would be 2.33
        Assert.Equal((2000.0, 100.0, 0.05, 0.05), (qianchuan.CpaMinor, qianchuan.CpcMinor, qianchuan.Ctr, qianchuan.Cvr));
        var baidu = totals.Channels.Single(c => c.Channel == "baidu");
        Assert.Equal((null, null, null, 150.0), (baidu.Roas, baidu.CpaMinor, baidu.Cvr, baidu.CpcMinor));
        Assert.Equal(1, baidu.Incomplete);
        Assert.Equal([8000L, 15000L], totals.Days.Select(d => d.SpendMinor!.Value));
        Assert.Equal(23000, totals.All.SpendMinor);
    }
}
