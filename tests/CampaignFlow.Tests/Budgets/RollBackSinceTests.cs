using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Budgets;

public sealed class RollBackSinceTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task All_since_an_instant_are_undone_by_one_act_and_what_came_before_stays(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        await store.OpenBooksAsync();
        await store.ShiftAsync("search", "social", 2_00);
        store.Clock.Advance(TimeSpan.FromHours(5));
        var since = store.Clock.Now;
        await store.ShiftAsync("search", "video", 3_00);
        store.Clock.Advance(TimeSpan.FromMinutes(1));
        await store.ShiftAsync("social", "search", 1_00);

        var preview = await PreviewAsync(store, since);
        Assert.Equal(["BS-0003", "BS-0002"], preview.Shifts.Select(s => s.Title));
        Assert.Equal((2_00, 1_00, -3_00), (preview.Changes["search"], preview.Changes["social"], preview.Changes["video"]));
        Assert.Null(preview.Objection);

        var said = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() => ActAsync(store, since, preview.Seal))));

        Assert.Equal(2, said.Sum(s => s.Undone)); // three people press, the money returns once
        Assert.All(said, s => Assert.Null(s.Refusal));
        var balances = await store.BalancesAsync();
        Assert.Equal((48_00, 32_00, 20_00), (balances["search"], balances["social"], balances["video"]));
        Assert.Equal(
            [ShiftState.Applied, ShiftState.RolledBack, ShiftState.RolledBack],
            await store.InScopeAsync((db, _) => db.BudgetShifts.OrderBy(s => s.Number).Select(s => s.State).ToListAsync())
        );
    }

    [Fact]
    public async Task What_changed_since_the_preview_is_looked_at_again_first()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        await store.OpenBooksAsync();
        var since = store.Clock.Now;
        await store.ShiftAsync("search", "video", 3_00);
        var seen = await PreviewAsync(store, since);
        await store.ShiftAsync("social", "search", 1_00);

        var (undone, refusal) = await ActAsync(store, since, seen.Seal);

        Assert.Equal(0, undone);
        Assert.Contains("look at the preview again", refusal!.Value.En, StringComparison.Ordinal);
        Assert.Equal(48_00, (await store.BalancesAsync())["search"]);
    }

    [Fact]
    public async Task What_cannot_be_undone_as_a_whole_is_not_undone_in_part()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        await store.OpenBooksAsync();
        var since = store.Clock.Now;
        await store.ShiftAsync("video", "search", 3_00);
        await store.ShiftAsync("social", "search", 1_00);
        // The ceiling was lowered meanwhile: video may not get its money back.
        await store.InScopeAsync(
            (db, _) => db.CampaignChannels.Where(c => c.Code == "video").ExecuteUpdateAsync(s => s.SetProperty(c => c.CeilingMinor, 17_00))
        );

        var preview = await PreviewAsync(store, since);
        var (undone, refusal) = await ActAsync(store, since, preview.Seal);

        Assert.Equal(0, undone);
        Assert.Equal(preview.Objection, refusal);
        Assert.StartsWith("BS-0001: video would rise to ¥20.00, above its ceiling of ¥17.00", refusal!.Value.En, StringComparison.Ordinal);
        Assert.Equal(29_00, (await store.BalancesAsync())["social"]);
    }

    private static Task<RollBackPreview> PreviewAsync(CampaignStore store, DateTimeOffset since) =>
        store.InScopeAsync(
            async (db, services) =>
                await ((RollBackSince)services.GetService(typeof(RollBackSince))!).PreviewAsync(
                    await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == store.CampaignId),
                    since,
                    default
                )
        );

    private static Task<(int Undone, Phrase? Refusal)> ActAsync(CampaignStore store, DateTimeOffset since, string seal) =>
        store.WithAsync<RollBackSince, (int, Phrase?)>(r => r.HandleAsync(store.CampaignId, since, seal, "Chen Jing", default));
}
