using CampaignFlow.Budgets;
using CampaignFlow.Effects;
using CampaignFlow.Engine.Effects;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Effects;

public sealed class MeasureEffectsTests
{
    private static readonly DateOnly Start = new(2026, 10, 20);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task What_turned_out_worse_is_stored_and_proposed_back_once_for_people_to_decide(DatabaseKind kind)
    {
        await using var store = await MovedAsync(kind);
        await LaterAsync(store, searchAfter: 150_00, videoAfter: 101_00); // search loses 50.00 a day, video wins 1.00

        await store.ReportAsync("video", (Start.AddDays(22), 20_00, 101_00)); // looked at again, nothing new comes of it
        var effect = await EffectAsync(store);
        Assert.Equal(EffectVerdict.Worse, effect.Verdict);
        Assert.InRange(effect.GainMinor!.Value, -51_00, -47_00);
        Assert.Contains("observational, not proof of cause", effect.WhyEn, StringComparison.Ordinal);
        var back = Assert.Single(
            await store.InScopeAsync((db, _) => db.BudgetShifts.Where(s => s.ProposedBy == MeasureEffects.Proposer).ToListAsync())
        );
        Assert.Equal(("video", "search", 5_00, ShiftState.Waiting), (back.From, back.To, back.AmountMinor, back.State));
        Assert.Contains(
            "BS-0001 turned out worse",
            await store.InScopeAsync((db, _) => db.Approvals.Where(a => a.ShiftId == back.Id).Select(a => a.WhyEn).SingleAsync()),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Growth_that_was_under_way_is_not_counted_as_the_shifts()
    {
        await using var store = await MovedAsync(DatabaseKind.Sqlite, trend: 3_00);
        await LaterAsync(store, searchAfter: 200_00, videoAfter: 100_00, trend: 3_00);

        var effect = await EffectAsync(store);

        Assert.Equal(EffectVerdict.Unclear, effect.Verdict);
        Assert.Single(await store.InScopeAsync((db, _) => db.BudgetShifts.ToListAsync()));
    }

    [Fact]
    public async Task Nothing_is_said_before_the_days_after_it_are_mature()
    {
        await using var store = await MovedAsync(DatabaseKind.Sqlite);
        store.Clock.Advance(TimeSpan.FromDays(8)); // seven whole days, but one day of lag
        await store.ReportAsync("search", [.. Days(11, 7, 45_00, 150_00, 0)]);

        Assert.Empty(await store.InScopeAsync((db, _) => db.ShiftEffects.ToListAsync()));
    }

    [Fact]
    public async Task Without_a_past_to_compare_with_it_says_so()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        store.Clock.Now = new(2026, 10, 22, 1, 0, 0, TimeSpan.Zero);
        await store.OpenBooksAsync();
        await store.ShiftAsync("search", "video", 5_00);
        store.Clock.Advance(TimeSpan.FromDays(12));
        await store.ReportAsync("search", [.. Days(3, 8, 45_00, 150_00, 0)]);
        await store.ReportAsync("video", [.. Days(3, 8, 25_00, 150_00, 0)]);

        var effect = await EffectAsync(store);

        Assert.Equal(EffectVerdict.NotMeasurable, effect.Verdict);
        Assert.Contains("search has 0 days before it, 7 are needed", effect.WhyEn, StringComparison.Ordinal);
    }

    [Fact]
    public void A_response_is_learned_where_spend_varied_and_refused_where_it_did_not()
    {
        // revenue = 40 · spend^0.6, known answer
        var varied = Enumerable.Range(1, 20).Select(i => Day(i, 1000 * i, 40 * Math.Pow(1000 * i, 0.6)));
        var (curve, none) = ResponseCurve.Learn([.. varied]);
        Assert.Null(none);
        Assert.Equal(0.6, curve!.Elasticity, 3);
        Assert.True(curve.Marginal(2000) > curve.Marginal(18000)); // each further unit brings less
        Assert.Null(curve.Marginal(50_000)); // never spent so much: nothing is known there

        var (_, flat) = ResponseCurve.Learn([.. Enumerable.Range(1, 20).Select(i => Day(i, 1000 + i, 2000 + 100 * i))]);
        Assert.StartsWith("spend hardly varied", flat!.Value.En, StringComparison.Ordinal);
        var (_, worse) = ResponseCurve.Learn([.. Enumerable.Range(1, 20).Select(i => Day(i, 1000 * i, 100_000 - 1000 * i))]);
        Assert.StartsWith("more spend did not come with more revenue", worse!.Value.En, StringComparison.Ordinal);
        var (_, few) = ResponseCurve.Learn([Day(1, 1000, 1000)]);
        Assert.StartsWith("1 days with spend", few!.Value.En, StringComparison.Ordinal);
    }

    private static DayFact Day(int day, double spend, double revenue) =>
        new(Start.AddDays(day), (long)spend, (long)revenue, null, null, null, null);

    /// <summary>Ten days of both channels, then 5.00 a day from search to video.</summary>
    private static async Task<CampaignStore> MovedAsync(DatabaseKind kind, long trend = 0)
    {
        var store = await CampaignStore.CreateAsync(kind);
        store.Clock.Now = new(2026, 10, 30, 1, 0, 0, TimeSpan.Zero);
        await store.OpenBooksAsync();
        await store.ReportAsync("search", [.. Days(0, 10, 50_00, 200_00, trend)]);
        await store.ReportAsync("video", [.. Days(0, 10, 20_00, 100_00, trend)]);
        await store.ShiftAsync("search", "video", 5_00);
        return store;
    }

    private static async Task LaterAsync(CampaignStore store, long searchAfter, long videoAfter, long trend = 0)
    {
        store.Clock.Advance(TimeSpan.FromDays(12));
        await store.ReportAsync("search", [.. Days(10, 12, 45_00, searchAfter, trend)]);
        await store.ReportAsync("video", [.. Days(10, 12, 25_00, videoAfter, trend)]);
    }

    /// <summary>A little noise by day, the same for the same day, so that there is scatter to be sure against.</summary>
    private static IEnumerable<(DateOnly Day, long Spend, long Revenue)> Days(int first, int count, long spend, long revenue, long trend) =>
        Enumerable.Range(first, count).Select(d => (Start.AddDays(d), spend, revenue + trend * d + (d % 3 - 1) * 1_00));

    private static Task<ShiftEffect> EffectAsync(CampaignStore store) =>
        store.InScopeAsync((db, _) => db.ShiftEffects.AsNoTracking().SingleAsync());
}
