using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Guard = CampaignFlow.Budgets.Guards.Guard;

namespace CampaignFlow.Tests.Budgets;

/// <summary>
/// Whatever the numbers are, however greedy the rules, with crashes before the commit and everything asked twice: money stays whole and
/// every limit that people set is kept on every day.
/// </summary>
public sealed class GuardedWorlds
{
    private const int Days = 6;
    private static readonly string[] Channels = ["search", "social", "video"];

    /// <param name="Revenue">By day and channel, minor units; negative: the day is missing.</param>
    /// <param name="Asks">The rule asks people instead of acting.</param>
    private sealed record World(int StepPercent, int Cooldown, int DailyPercent, bool Asks, int[] Revenue, int[] Luck);

    private static readonly Gen<World> Worlds =
        from step in Gen.Choose(3, 30)
        from cooldown in Gen.Choose(0, 2)
        from daily in Gen.Choose(4, 15)
        from asks in Gen.Elements(true, false, false)
        from revenue in Gen.Choose(-5_00, 300_00).ArrayOf(Channels.Length * (Days + 12))
        from luck in Gen.Choose(0, 99).ArrayOf(Days * 4)
        select new World(step, cooldown, daily, asks, revenue, luck);

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 5)]
    [InlineData(DatabaseKind.Postgres, 2)]
    public async Task Every_limit_is_kept_on_every_day(DatabaseKind kind, int worlds)
    {
        var applied = 0;
        foreach (var world in Worlds.Sample(worlds, 20))
        {
            await using var store = await OpenAsync(kind, world);
            for (var day = 0; day < Days; day++)
            {
                await LiveAsync(store, world, day);
                await AssertSoundAsync(store, world);
                store.Clock.Advance(TimeSpan.FromDays(1));
            }
            applied += await store.InScopeAsync((db, _) => db.BudgetShifts.CountAsync(s => s.State == ShiftState.Applied));
        }
        Assert.True(applied >= worlds, $"Only {applied} shifts were applied: the worlds prove nothing.");
    }

    private static async Task<CampaignStore> OpenAsync(DatabaseKind kind, World world)
    {
        var store = await CampaignStore.CreateAsync(kind);
        store.Clock.Now = new(2026, 10, 30, 4, 0, 0, TimeSpan.Zero);
        // As greedy as the language allows; two rules that want opposite things.
        foreach (var (name, more) in new[] { ("to-winner", ">"), ("to-loser", "<") })
            await File.WriteAllTextAsync(
                Path.Combine(store.Rules, $"{name}.yaml"),
                $$"""
                rule: { en: {{name}}, zh: {{name}} }
                for each: pair of channels (loser, winner) in a campaign
                when:
                  all:
                    - winner.roas(3d) {{more}} loser.roas(3d)
                then:
                  - shift: 90% of loser.budget to winner
                guard:
                  change at most: 100%
                  move at most: 100%
                mode: {{(world.Asks ? "ask" : "auto")}}
                """
            );
        await store.OpenBooksAsync();
        var manager = await store.PersonAsync("manager");
        foreach (
            var (guard, value) in new[]
            {
                (Guard.Step, $"{world.StepPercent}%"),
                (Guard.Cooldown, $"{world.Cooldown}"),
                (Guard.DailyTotal, $"{world.DailyPercent}%"),
                (Guard.Floor, "70%"),
                (Guard.Ceiling, "140%"),
            }
        )
            Assert.Null(
                await store.WithAsync<SetGuard, Phrase?>(s => s.HandleAsync(Scope.Everything, guard, value, "test", manager, default))
            );
        return store;
    }

    private static async Task LiveAsync(CampaignStore store, World world, int day)
    {
        var first = new DateOnly(2026, 10, 20);
        var rows =
            from d in day == 0 ? Enumerable.Range(0, 10) : [9 + day]
            from c in Enumerable.Range(0, Channels.Length)
            let revenue = world.Revenue[(d * Channels.Length) + c]
            where revenue >= 0
            select new MetricRow(Channels[c], new(first.AddDays(d), 20_00, revenue, 5000, 500, 50, null));
        await store.WithAsync<ImportMetrics, ImportReport>(i =>
            i.ImportAsync(store.CampaignId, [.. rows], $"day {day}", "test", store.Clock.Now)
        );
        await store.SettleAsync();
        foreach (var (turn, luck) in world.Luck.Skip(day * 4).Take(4).Select((l, i) => (i, l)))
        {
            store.Clock.Advance(TimeSpan.FromHours(1));
            if (luck < 60)
                await DecideAsync(store, yes: luck < 50);
            // Asked twice under the same key, and a crash before the commit now and then.
            await EvaluateAsync(store, $"{day}:{turn / 2}", crashes: luck > 60);
            await store.SettleAsync();
        }
    }

    private static async Task EvaluateAsync(CampaignStore store, string key, bool crashes)
    {
        try
        {
            await store.InScopeAsync(
                async (db, services) =>
                {
                    await using var transaction = await db.Database.BeginTransactionAsync();
                    var campaign = await db.Campaigns.SingleAsync(c => c.Id == store.CampaignId);
                    await services.GetRequiredService<EvaluateCampaign>().HandleAsync(campaign, key, store.Clock.Now, default);
                    await db.SaveChangesAsync();
                    if (crashes)
                        throw new IOException("pulled the plug");
                    await transaction.CommitAsync();
                    return true;
                }
            );
        }
        catch (IOException)
        {
            await EvaluateAsync(store, key, crashes: false);
        }
    }

    private static async Task DecideAsync(CampaignStore store, bool yes)
    {
        var open = await store.InScopeAsync((db, _) => db.Approvals.AsNoTracking().Where(a => a.State == ApprovalState.Open).ToListAsync());
        foreach (var approval in open)
        foreach (var role in approval.Roles)
        {
            var person = await store.PersonAsync(role);
            var said = yes ? ApprovalState.Approved : ApprovalState.Rejected;
            await store.WithAsync<DecideApproval, Phrase?>(d => d.HandleAsync(new(approval.Id, said, null), person, default));
        }
        await store.SettleAsync();
    }

    private static async Task AssertSoundAsync(CampaignStore store, World world)
    {
        var (entries, channels, shifts, campaign, dead) = await store.InScopeAsync(
            async (db, _) =>
                (
                    await db.Ledger.AsNoTracking().OrderBy(e => e.Id).ToListAsync(),
                    await db.CampaignChannels.AsNoTracking().ToDictionaryAsync(c => c.Code),
                    await db.BudgetShifts.AsNoTracking().ToListAsync(),
                    await db.Campaigns.AsNoTracking().SingleAsync(),
                    await db.Outbox.Where(m => m.Error != null).Select(m => m.Error).ToListAsync()
                )
        );
        Assert.Empty(dead);
        Assert.Equal(shifts.Count, shifts.Select(s => s.Key).Distinct().Count());
        Assert.Equal(entries.Count, entries.Select(e => (e.Transfer, e.Account)).Distinct().Count());
        var balance = new Dictionary<string, long>(StringComparer.Ordinal);
        var changedOn = new Dictionary<string, DateOnly>(StringComparer.Ordinal);
        var movedOn = new Dictionary<DateOnly, long>();
        foreach (var transfer in entries.GroupBy(e => e.Transfer).OrderBy(t => t.Min(e => e.Id)))
        {
            if (shifts.Find(s => transfer.Key == $"shift:{s.Id}") is { } shift)
            {
                var day = campaign.Today(shift.DecidedAt!.Value);
                Assert.True(shift.AmountMinor <= world.StepPercent / 100.0 * Math.Min(balance[shift.From], balance[shift.To]), "step");
                foreach (var side in new[] { shift.From, shift.To })
                {
                    if (changedOn.TryGetValue(side, out var before))
                        Assert.True(day.DayNumber - before.DayNumber >= world.Cooldown, "cooldown");
                    changedOn[side] = day;
                }
                movedOn[day] = movedOn.GetValueOrDefault(day) + shift.AmountMinor;
                Assert.True(movedOn[day] <= world.DailyPercent * 1_00, "daily total");
            }
            foreach (var leg in transfer.Where(e => e.Account != LedgerEntry.Plan))
                balance[leg.Account] = balance.GetValueOrDefault(leg.Account) + leg.AmountMinor;
            Assert.Equal(0, transfer.Sum(e => e.AmountMinor));
            Assert.Equal(100_00, balance.Values.Sum());
            Assert.All(
                balance,
                b => Assert.InRange(b.Value, channels[b.Key].PlannedMinor * 70 / 100, channels[b.Key].PlannedMinor * 140 / 100)
            );
        }
    }
}
