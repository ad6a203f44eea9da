using System.Globalization;
using CampaignFlow.Campaigns;
using CampaignFlow.Lifecycle;
using CampaignFlow.Scheduling;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Scheduling;

public sealed class ChecksTests
{
    private static readonly Check RulesDue = Check.All.Single(c => c.Code == "rules-due");
    private static readonly Check ReviewDue = Check.All.Single(c => c.Code == "review-due");

    [Theory]
    [InlineData("Asia/Shanghai", "2026-03-10T00:59:59Z", "2026-03-10T01:00:00Z")] // nine o'clock there
    [InlineData("Asia/Shanghai", "2026-03-10T01:00:00Z", "2026-03-11T01:00:00Z")] // strictly after
    [InlineData("Pacific/Auckland", "2026-01-10T00:00:00Z", "2026-01-10T20:00:00Z")] // its morning is our evening
    [InlineData("America/Los_Angeles", "2026-01-10T00:00:00Z", "2026-01-10T17:00:00Z")]
    [InlineData("Asia/Kolkata", "2026-01-10T00:00:00Z", "2026-01-10T03:30:00Z")] // half hours exist
    [InlineData("Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T07:00:00Z")] // the day summer time begins
    [InlineData("Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T08:00:00Z")] // and the day it ends
    public void It_is_due_at_nine_on_the_campaigns_own_clock(string zone, string after, string due) =>
        Assert.Equal(At(due), RulesDue.NextAfter(In(zone), At(after)));

    [Theory]
    [InlineData("Asia/Shanghai", "2026-03-14T00:00:00Z", "2026-03-15T10:00:00Z")] // Sunday at six there
    [InlineData("Pacific/Auckland", "2026-03-14T00:00:00Z", "2026-03-15T05:00:00Z")]
    public void The_review_is_due_on_sunday_evening(string zone, string after, string due) =>
        Assert.Equal(At(due), ReviewDue.NextAfter(In(zone), At(after)));

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:30:00Z")] // skipped: an hour later
    [InlineData("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T01:30:00Z")] // twice: the second
    [InlineData("America/New_York", "2026-03-08T02:30:00", "2026-03-08T07:30:00Z")]
    public void An_hour_that_summer_time_takes_or_gives_is_one_instant(string zone, string local, string instant)
    {
        var time = DateTime.Parse(local, CultureInfo.InvariantCulture);
        Assert.Equal(At(instant), In(zone).At(DateOnly.FromDateTime(time), TimeOnly.FromDateTime(time)));
    }

    [Theory]
    [InlineData("Asia/Shanghai")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/St_Johns")]
    [InlineData("Australia/Lord_Howe")] // its summer time is half an hour
    public void A_year_of_days_has_each_check_once(string zone)
    {
        var campaign = In(zone);
        var at = At("2026-01-01T00:00:00Z");
        var days = new List<DateOnly>();
        while (at < At("2027-01-01T00:00:00Z"))
        {
            at = RulesDue.NextAfter(campaign, at);
            days.Add(campaign.Today(at));
            Assert.Equal(at, RulesDue.LatestUpTo(campaign, at));
            Assert.True(RulesDue.LatestUpTo(campaign, at.AddSeconds(-1)) < at);
        }
        Assert.Equal(days.Count, days.Distinct().Count());
        Assert.Equal(days.Count - 1, days[^1].DayNumber - days[0].DayNumber);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task After_an_outage_of_days_each_check_is_made_up_for_once(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        store.Clock.Now = At("2026-11-02T02:00:00Z");
        await EnterExecutionAsync(store);
        store.Clock.Now = At("2026-11-08T12:00:00Z"); // Sunday evening

        Assert.Equal(3, await RunAsync(store)); // daily check, rules and Sunday's review … none of them six times
        Assert.Equal(0, await RunAsync(store));
        var due = await store.InScopeAsync((db, _) => db.CheckRuns.Where(r => r.Check == "rules-due").Select(r => r.DueAt).ToListAsync());
        Assert.Equal(At("2026-11-08T01:00:00Z"), Assert.Single(due));
    }

    [Fact]
    public async Task What_was_due_before_execution_began_is_not_made_up_for()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        store.Clock.Now = At("2026-11-03T01:30:00Z"); // half past nine: nine o'clock is over
        await EnterExecutionAsync(store);

        Assert.Equal(0, await RunAsync(store));
        store.Clock.Now = At("2026-11-04T01:00:00Z");
        Assert.Equal(2, await RunAsync(store));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Several_nodes_at_once_announce_a_check_once(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        await EnterExecutionAsync(store);
        store.Clock.Advance(TimeSpan.FromDays(1));

        var announced = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Task.Run(() => RunAsync(store))));

        var (runs, facts) = await store.InScopeAsync(
            async (db, _) => (await db.CheckRuns.CountAsync(), await db.Outbox.CountAsync(m => m.Key.StartsWith("check:")))
        );
        Assert.Equal(runs, announced.Sum());
        Assert.Equal(runs, facts);
        Assert.Equal(runs, await store.InScopeAsync((db, _) => db.CheckRuns.Select(r => r.Check).Distinct().CountAsync()));
    }

    private static Task<int> RunAsync(CampaignStore store) => store.WithAsync<DueChecks, int>(c => c.RunAsync(null, default));

    private static Task EnterExecutionAsync(CampaignStore store) =>
        store.InScopeAsync(
            async (db, _) =>
            {
                db.StageVisits.Add(
                    new()
                    {
                        CampaignId = store.CampaignId,
                        Stage = Stage.Execution,
                        Key = "execution",
                        EnteredAt = store.Clock.Now,
                        DueAt = store.Clock.Now.AddDays(20),
                    }
                );
                return await db.SaveChangesAsync();
            }
        );

    private static Campaign In(string zone) =>
        new()
        {
            Code = "c",
            Name = "c",
            Intent = "promotion",
            Brand = "",
            Product = "",
            Currency = "CNY",
            TimeZone = zone,
            StartsOn = new(2026, 1, 1),
            EndsOn = new(2026, 12, 31),
        };

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
}
