using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Budgets;

/// <summary>A workflow moves money the way a rule does: by policy, guards and ledger, never past them.</summary>
public sealed class ShiftBudgetTests
{
    private static readonly string[] Ways = ["Applied", "Refused", "Rejected", "TimedOut"];

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_small_shift_that_may_act_alone_is_applied_at_once_and_any_other_asks(DatabaseKind kind)
    {
        await using var store = await OpenAsync(kind);
        var alone = await ShiftAsync(store, "search", "social", "2", alone: true);
        Assert.Equal("Applied", await store.LeftByAsync(alone));
        Assert.Equal((48_00L, 32_00L), await SidesAsync(store));

        var asked = await ShiftAsync(store, "search", "social", "10%"); // of 48.00
        Assert.Null(await store.LeftByAsync(asked));
        Assert.Contains("for the decision on BS-0002: search → social", await store.WaitingAsync(asked), StringComparison.Ordinal);
        Assert.Equal((48_00L, 32_00L), await SidesAsync(store));
        await DecideAsync(store, ApprovalState.Approved);
        Assert.Equal("Applied", await store.LeftByAsync(asked));
        Assert.Equal((43_20L, 36_80L), await SidesAsync(store));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Nothing_moves_when_people_say_no_when_nobody_answers_and_when_the_run_is_cancelled(DatabaseKind kind)
    {
        await using var store = await OpenAsync(kind);
        var refused = await ShiftAsync(store, "search", "social", "5");
        await DecideAsync(store, ApprovalState.Rejected);
        Assert.Equal("Rejected", await store.LeftByAsync(refused));

        var late = await ShiftAsync(store, "search", "social", "5");
        store.Clock.Advance(ProposeShift.AnswerWithin + TimeSpan.FromMinutes(1));
        await store.WithAsync<ExpireApprovals, int>(e => e.HandleAsync(default));
        await store.SettleAsync();
        Assert.Equal("TimedOut", await store.LeftByAsync(late));

        var cancelled = await ShiftAsync(store, "search", "social", "5");
        await store.WithAsync<CancelRun, Phrase?>(c => c.HandleAsync(cancelled, "Li", default));
        await store.SettleAsync();
        Assert.Equal(
            [ShiftState.Rejected, ShiftState.Expired, ShiftState.Rejected],
            await store.InScopeAsync((db, _) => db.BudgetShifts.OrderBy(s => s.Number).Select(s => s.State).ToListAsync())
        );
        Assert.False(await store.InScopeAsync((db, _) => db.Approvals.AnyAsync(a => a.State == ApprovalState.Open)));
        Assert.Equal((50_00L, 30_00L), await SidesAsync(store));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Floors_holds_and_locks_refuse_it_and_nobody_is_asked(DatabaseKind kind)
    {
        await using var store = await OpenAsync(kind);
        Assert.Equal("Refused", await store.LeftByAsync(await ShiftAsync(store, "search", "social", "30"))); // below the floor of 25.00
        await LockSocialAsync(store);
        Assert.Equal("Refused", await store.LeftByAsync(await ShiftAsync(store, "search", "social", "2", alone: true)));
        Assert.Equal("Applied", await store.LeftByAsync(await ShiftAsync(store, "search", "video", "2", alone: true)));
        await store.InScopeAsync((db, _) => db.Campaigns.ExecuteUpdateAsync(s => s.SetProperty(c => c.HeldBy, "Wang")));
        Assert.Equal("Refused", await store.LeftByAsync(await ShiftAsync(store, "search", "video", "2", alone: true)));
        Assert.Equal(0, await store.InScopeAsync((db, _) => db.Approvals.CountAsync()));
        Assert.Equal(48_00L, (await SidesAsync(store)).Item1);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task What_is_locked_while_people_think_is_not_moved_by_their_yes(DatabaseKind kind)
    {
        await using var store = await OpenAsync(kind);
        var asked = await ShiftAsync(store, "search", "social", "5");
        await LockSocialAsync(store);
        await DecideAsync(store, ApprovalState.Approved);

        Assert.Equal("Refused", await store.LeftByAsync(asked));
        Assert.Equal((50_00L, 30_00L), await SidesAsync(store));
    }

    [Theory]
    [InlineData("radio", "5", "this campaign has search, social, video, (reserve)")]
    [InlineData("social", "five", "is not an amount")]
    [InlineData("social", "200%", "expected a part such as 10%")]
    public async Task What_it_cannot_do_is_an_incident_with_a_sentence(string to, string amount, string sentence)
    {
        await using var store = await OpenAsync(DatabaseKind.Sqlite);
        Assert.Contains(sentence, await store.LeftByAsync(await ShiftAsync(store, "search", to, amount)), StringComparison.Ordinal);
    }

    private static async Task<CampaignStore> OpenAsync(DatabaseKind kind)
    {
        var store = await CampaignStore.CreateAsync(kind);
        await store.OpenBooksAsync();
        return store;
    }

    private static Task<int> LockSocialAsync(CampaignStore store) =>
        store.InScopeAsync(
            async (db, _) =>
            {
                db.ChannelLocks.Add(
                    new()
                    {
                        CampaignId = store.CampaignId,
                        Channel = "social",
                        Until = new(2099, 1, 1),
                        Why = "an experiment",
                        By = "Wang",
                        At = store.Clock.Now,
                    }
                );
                return await db.SaveChangesAsync();
            }
        );

    private static Task<Guid> ShiftAsync(CampaignStore store, string from, string to, string amount, bool alone = false) =>
        store.BeginAsync(
            "CampaignFlow.ShiftBudget",
            $"\"from\":\"{from}\",\"to\":\"{to}\",\"amount\":\"{amount}\",\"why\":\"It sells better.\",\"actAlone\":{(alone ? "true" : "false")}",
            Ways
        );

    private static async Task<(long, long)> SidesAsync(CampaignStore store)
    {
        var balances = await store.BalancesAsync();
        return (balances["search"], balances["social"]);
    }

    private static async Task DecideAsync(CampaignStore store, ApprovalState said)
    {
        var asked = await store.InScopeAsync((db, _) => db.Approvals.AsNoTracking().SingleAsync(a => a.State == ApprovalState.Open));
        foreach (var role in asked.Roles)
            await store.WithAsync<DecideApproval, Phrase?>(async d =>
                await d.HandleAsync(new(asked.Id, said, "no"), await store.PersonAsync(role), default)
            );
        await store.SettleAsync();
    }
}
