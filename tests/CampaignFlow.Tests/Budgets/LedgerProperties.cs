using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Budgets;

/// <summary>Whatever rules and people do, in whatever order and at once: money is neither made nor lost, and bounds are kept.</summary>
public sealed class LedgerProperties
{
    private static readonly string[] Channels = ["search", "social", "video"];

    private enum Doing
    {
        RuleActs,
        PersonAsks,
        Decide,
        RollBack,
        Wait,
    }

    /// <param name="Which">Key of a proposal, so that equal ones are retries; or which shift is meant.</param>
    private sealed record Deed(Doing What, int Which, int From, int To, int AmountMinor, bool Yes);

    private static readonly Gen<Deed> Deeds =
        from what in Gen.Elements(Doing.RuleActs, Doing.RuleActs, Doing.PersonAsks, Doing.Decide, Doing.Decide, Doing.RollBack, Doing.Wait)
        from which in Gen.Choose(0, 7)
        from channels in Gen.Elements((0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1))
        from amount in Gen.Choose(1, 15_00)
        from yes in Gen.Elements(true, true, true, false)
        select new Deed(what, which, channels.Item1, channels.Item2, amount, yes);

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 8)]
    [InlineData(DatabaseKind.Postgres, 8)]
    public async Task Money_is_neither_made_nor_lost(DatabaseKind kind, int histories)
    {
        var applied = 0;
        foreach (var (history, number) in Deeds.ListOf(30).Sample(histories, 30).Select((h, i) => (h, i)))
        {
            await using var store = await CampaignStore.CreateAsync(kind);
            await store.OpenBooksAsync();
            var chance = new System.Random(number);
            foreach (var together in history.Chunk(3))
            {
                // Some at once, some one after the other.
                if (chance.Next(2) == 0)
                    await Task.WhenAll(together.Select(d => Task.Run(() => DoAsync(store, d))));
                else
                    foreach (var deed in together)
                        await DoAsync(store, deed);
                await store.SettleAsync();
                await AssertSoundAsync(store);
            }
            applied += await store.InScopeAsync((db, _) => db.BudgetShifts.CountAsync(s => s.State == ShiftState.Applied));
        }
        Assert.True(applied > histories, $"Only {applied} shifts were applied: the histories prove nothing.");
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task The_same_proposal_at_once_is_one_shift(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        await store.OpenBooksAsync();

        await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Task.Run(() => DoAsync(store, new(Doing.RuleActs, 1, 0, 1, 2_00, Yes: true))))
        );

        var (shifts, legs) = await store.InScopeAsync(
            async (db, _) => (await db.BudgetShifts.ToListAsync(), await db.Ledger.CountAsync(e => e.Transfer.StartsWith("shift:")))
        );
        Assert.Equal(ShiftState.Applied, Assert.Single(shifts).State);
        Assert.Equal(2, legs);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Rolled_back_by_two_people_at_once_the_money_returns_once(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        await store.OpenBooksAsync();
        await DoAsync(store, new(Doing.RuleActs, 1, 0, 1, 2_00, Yes: true));
        var shift = await store.InScopeAsync((db, _) => db.BudgetShifts.Select(s => s.Id).SingleAsync());

        var said = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ => Task.Run(() => store.WithAsync<RollBackShift, Phrase?>(r => r.HandleAsync(shift, "Chen Jing", default))))
        );

        Assert.All(said, Assert.Null);
        await AssertSoundAsync(store);
        var balances = await store.WithAsync<BudgetLedger, IReadOnlyDictionary<string, long>>(l =>
            l.BalancesAsync(store.CampaignId, default)
        );
        Assert.Equal(50_00, balances["search"]);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Two_moves_of_one_transaction_see_each_other(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        await store.OpenBooksAsync();

        var (first, second) = await store.InScopeAsync(
            async (db, services) =>
            {
                var ledger = services.GetRequiredService<BudgetLedger>();
                var campaign = await db.Campaigns.SingleAsync(c => c.Id == store.CampaignId);
                await using var transaction = await db.Database.BeginTransactionAsync();
                var first = await ledger.MoveAsync(campaign, "shift:1", "video", "search", 6_00, store.Clock.Now, default);
                var second = await ledger.MoveAsync(campaign, "shift:2", "video", "social", 6_00, store.Clock.Now, default);
                await db.SaveChangesAsync();
                await transaction.CommitAsync();
                return (first, second);
            }
        );

        Assert.Null(first);
        Assert.Contains("below its floor", second?.En, StringComparison.Ordinal);
        await AssertSoundAsync(store);
    }

    private static async Task DoAsync(CampaignStore store, Deed deed)
    {
        var (from, to) = (Channels[deed.From], Channels[deed.To]);
        switch (deed.What)
        {
            case Doing.RuleActs:
                await store.InScopeAsync(
                    async (db, services) =>
                    {
                        await using var transaction = await db.Database.BeginTransactionAsync();
                        var campaign = await db.Campaigns.SingleAsync(c => c.Id == store.CampaignId);
                        var proposal = new ShiftProposal(
                            $"rule:{deed.Which}",
                            from,
                            to,
                            deed.AmountMinor,
                            true,
                            "rule",
                            Phrase.Same("because")
                        );
                        await services.GetRequiredService<ProposeShift>().HandleAsync(campaign, proposal, store.Clock.Now, default);
                        await db.SaveChangesAsync();
                        await transaction.CommitAsync();
                        return true;
                    }
                );
                break;
            case Doing.PersonAsks:
                var asker = await store.PersonAsync(Roles.Operator);
                await store.WithAsync<RequestShift, object>(async r =>
                    await r.HandleAsync(store.CampaignId, from, to, deed.AmountMinor, "because", $"{deed.Which}", asker, default)
                );
                break;
            case Doing.Decide:
                await DecideAsync(store, deed);
                break;
            case Doing.RollBack:
                var shifts = await store.InScopeAsync((db, _) => db.BudgetShifts.OrderBy(s => s.Number).Select(s => s.Id).ToListAsync());
                if (shifts.Count > 0)
                    await store.WithAsync<RollBackShift, Phrase?>(r => r.HandleAsync(shifts[deed.Which % shifts.Count], "x", default));
                break;
            default:
                store.Clock.Advance(TimeSpan.FromHours(deed.Which * 2));
                await store.WithAsync<ExpireApprovals, int>(e => e.HandleAsync(default));
                break;
        }
    }

    private static async Task DecideAsync(CampaignStore store, Deed deed)
    {
        var open = await store.InScopeAsync(
            (db, _) => db.Approvals.AsNoTracking().Where(a => a.State == ApprovalState.Open).OrderBy(a => a.CreatedAt).ToListAsync()
        );
        if (open.Count == 0)
            return;
        var approval = open[deed.Which % open.Count];
        var said = deed.Yes ? ApprovalState.Approved : ApprovalState.Rejected;
        foreach (var role in approval.Roles)
        {
            var person = await store.PersonAsync(role);
            await store.WithAsync<DecideApproval, Phrase?>(d => d.HandleAsync(new(approval.Id, said, null), person, default));
        }
    }

    private static async Task AssertSoundAsync(CampaignStore store)
    {
        var (entries, channels, shifts, dead) = await store.InScopeAsync(
            async (db, _) =>
                (
                    await db.Ledger.AsNoTracking().OrderBy(e => e.Id).ToListAsync(),
                    await db.CampaignChannels.AsNoTracking().ToDictionaryAsync(c => c.Code),
                    await db.BudgetShifts.AsNoTracking().ToListAsync(),
                    await db.Outbox.Where(m => m.DeadAt != null || m.Error != null).Select(m => m.Error).ToListAsync()
                )
        );
        Assert.Empty(dead);
        Assert.All(entries.GroupBy(e => e.Transfer), t => Assert.Equal(0, t.Sum(e => e.AmountMinor)));
        Assert.Equal(entries.Count, entries.Select(e => (e.Transfer, e.Account)).Distinct().Count());
        Assert.Equal(shifts.Count, shifts.Select(s => s.Key).Distinct().Count());
        var balances = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var transfer in entries.GroupBy(e => e.Transfer).OrderBy(t => t.Min(e => e.Id)))
        {
            foreach (var leg in transfer.Where(e => e.Account != LedgerEntry.Plan))
                balances[leg.Account] = balances.GetValueOrDefault(leg.Account) + leg.AmountMinor;
            Assert.Equal(100_00, balances.Values.Sum());
            Assert.All(balances, b => Assert.InRange(b.Value, channels[b.Key].FloorMinor, channels[b.Key].CeilingMinor));
        }
        foreach (var shift in shifts)
        {
            var legs = entries.Where(e => e.Transfer == $"shift:{shift.Id}").ToList();
            Assert.Equal(shift.State is ShiftState.Applied or ShiftState.RolledBack ? 2 : 0, legs.Count);
            Assert.Equal(shift.State == ShiftState.RolledBack ? 2 : 0, entries.Count(e => e.Transfer == $"rollback:{shift.Id}"));
        }
    }
}
