using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.Rules;

public sealed class WaitForMetricTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task It_goes_on_once_the_numbers_say_so_and_not_before(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        var today = Today(store);
        var all = await WaitAsync(store, "roas(2d) >= 3");
        var social = await WaitAsync(store, "roas(2d) >= 3", "social");
        Assert.Null(await store.LeftByAsync(all)); // no number is no zero
        Assert.Contains("for the campaign's numbers, until", await store.WaitingAsync(all), StringComparison.Ordinal);

        await store.ReportAsync("search", (today.AddDays(-2), 10_00, 50_00), (today.AddDays(-1), 10_00, 50_00));
        await store.ReportAsync("video", (today.AddDays(-2), 10_00, 30_00), (today.AddDays(-1), 10_00, 30_00));
        await store.ReportAsync("social", (today.AddDays(-2), 10_00, 20_00), (today.AddDays(-1), 10_00, 20_00));
        Assert.Equal("Reached", await store.LeftByAsync(all)); // 200 of 60
        Assert.Null(await store.LeftByAsync(social)); // 40 of 20
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task When_its_time_is_over_it_leaves_however_often_it_looked(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        var run = await WaitAsync(store, "conversions(1d) >= 900");
        for (var day = 0; day < 3; day++)
        {
            Assert.Null(await store.LeftByAsync(run));
            store.Clock.Advance(TimeSpan.FromHours(24.1));
            await store.SettleAsync();
        }
        Assert.Equal("TimedOut", await store.LeftByAsync(run));
    }

    [Fact]
    public async Task A_channel_that_the_campaign_does_not_have_is_an_incident_with_a_sentence()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        Assert.Contains(
            "this campaign has search, social, video",
            await store.LeftByAsync(await WaitAsync(store, "roas(2d) >= 3", "radio")),
            StringComparison.Ordinal
        );
    }

    private static DateOnly Today(CampaignStore store) => DateOnly.FromDateTime(store.Clock.Now.UtcDateTime.AddHours(8));

    private static Task<Guid> WaitAsync(CampaignStore store, string condition, string channel = "") =>
        store.BeginAsync(
            "CampaignFlow.WaitForMetric",
            $"\"condition\":\"{condition}\",\"channel\":\"{channel}\",\"atMost\":\"3.00:00:00\"",
            "Reached",
            "TimedOut"
        );
}
