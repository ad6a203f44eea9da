using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Guard = CampaignFlow.Budgets.Guards.Guard;

namespace CampaignFlow.Tests.Budgets;

public sealed class GuardTests
{
    [Theory]
    [InlineData(Guard.Step, "20%", "30%", "20%")] // smaller steps are stricter
    [InlineData(Guard.Cooldown, "3", "7d", "7d")] // longer waits are stricter
    [InlineData(Guard.Certainty, "90%", "95%", "95%")]
    [InlineData(Guard.Mode, "auto", "ask", "ask")]
    [InlineData(Guard.Mode, "observe", "ask", "observe")]
    [InlineData(Guard.Mode, "ask above 500", "ask above 200", "ask above 200")]
    [InlineData(Guard.Mode, "ask above 500", "auto", "ask above 500")]
    [InlineData(Guard.Floor, "50%", "60%", "60%")]
    [InlineData(Guard.Ceiling, "200%", "150%", "150%")]
    public void Of_two_values_the_stricter_wins_whoever_set_it(string guard, string everywhere, string here, string holds)
    {
        GuardSetting Set(string scope, string value) =>
            new()
            {
                Scope = scope,
                Guard = guard,
                Value = value,
                By = "x",
                Why = "y",
                At = default,
            };
        var campaign = Scope.Of(Guid.NewGuid());

        foreach (var (a, b) in new[] { (Scope.Everything, campaign), (campaign, Scope.Everything) })
        {
            var one = Assert.Single(GuardQueries.Strictest([Set(a, everywhere), Set(b, here)]));
            Assert.Equal(holds, one.Guard.Say(one.Value));
        }
    }

    [Theory]
    [InlineData(Guard.Step, "20", "20%")] // twenty times is never meant
    [InlineData(Guard.Step, "0%", "outside")]
    [InlineData(Guard.Cooldown, "3.5", "whole days")]
    [InlineData(Guard.Cooldown, "-1", "whole days")]
    [InlineData(Guard.Certainty, "40%", "outside")]
    [InlineData(Guard.Mode, "sometimes", "observe, ask")]
    [InlineData(Guard.Sample, "NaN", "whole number")]
    public void What_cannot_be_meant_is_refused_with_how_to_write_it(string guard, string typed, string says)
    {
        Assert.Null(Guard.Of(guard)!.Read(typed, out var wrong));
        Assert.Contains(says, wrong!.Value.En, StringComparison.Ordinal);
        Assert.NotEqual(wrong.Value.En, wrong.Value.Zh);
    }

    [Fact]
    public async Task A_guard_is_set_by_who_may_with_a_reason_and_every_change_is_in_the_audit()
    {
        await using var store = await OpenAsync();
        var manager = await store.PersonAsync(Roles.Manager);
        Task<Phrase?> SetAsync(string? value, Person by, string why = "November is noisy") =>
            store.WithAsync<SetGuard, Phrase?>(s => s.HandleAsync(Scope.Of(store.CampaignId), Guard.Step, value, why, by, default));

        Assert.NotNull(await SetAsync("10%", await store.PersonAsync(Roles.Editor)));
        Assert.NotNull(await SetAsync("10%", manager, why: " "));
        Assert.Null(await SetAsync("10%", manager));
        Assert.Null(await SetAsync("5%", manager));
        Assert.Null(await SetAsync("", manager));

        var notes = await store.InScopeAsync(
            (db, _) => db.Audit.Where(a => a.TextEn.StartsWith("Guard")).OrderBy(a => a.Id).Select(a => a.TextEn).ToListAsync()
        );
        Assert.Equal(
            [
                "Guard Largest single change: none → 10%. November is noisy",
                "Guard Largest single change: 10% → 5%. November is noisy",
                "Guard Largest single change: 5% → none. November is noisy",
            ],
            notes
        );
        Assert.Empty(await store.InScopeAsync((db, _) => db.GuardSettings.ToListAsync()));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite, "*")]
    [InlineData(DatabaseKind.Postgres, "*")]
    [InlineData(DatabaseKind.Sqlite, "campaign")]
    [InlineData(DatabaseKind.Sqlite, "rule:shift-to-winner")]
    public async Task The_kill_switch_stops_what_was_already_proposed_and_approved_until_it_is_released(DatabaseKind kind, string what)
    {
        await using var store = await OpenAsync(kind);
        var scope = what == "campaign" ? Scope.Of(store.CampaignId) : what;
        var (asked, _) = await store.ShiftAsync("search", "social", 4_00, alone: false, byRule: true);
        Assert.Equal(ShiftState.Waiting, asked.State);
        var analyst = await store.PersonAsync(Roles.Analyst);
        Assert.Null(await store.WithAsync<StopMoney, Phrase?>(s => s.ThrowAsync(scope, "tracking looks broken", analyst, default)));

        await ApproveAsync(store);

        Assert.Equal(50_00, (await store.BalancesAsync())["search"]);
        Assert.Equal(ShiftState.Refused, await store.InScopeAsync((db, _) => db.BudgetShifts.Select(s => s.State).SingleAsync()));
        var (_, refusal) = await store.ShiftAsync("search", "social", 1_00, byRule: true);
        Assert.Contains("tracking looks broken", refusal!.Value.En, StringComparison.Ordinal);

        // Letting go is not for everybody; afterwards money moves.
        Assert.NotNull(
            await store.WithAsync<StopMoney, Phrase?>(async s =>
                await s.ReleaseAsync(scope, await store.PersonAsync(Roles.Operator), default)
            )
        );
        Assert.Null(await store.WithAsync<StopMoney, Phrase?>(s => s.ReleaseAsync(scope, analyst, default)));
        await store.ShiftAsync("search", "social", 1_00, byRule: true);
        Assert.Equal(49_00, (await store.BalancesAsync())["search"]);
    }

    [Fact]
    public async Task A_thrown_switch_of_one_rule_leaves_others_and_people_alone_and_an_undo_is_always_possible()
    {
        await using var store = await OpenAsync();
        var (moved, _) = await store.ShiftAsync("search", "social", 2_00, byRule: true);
        var manager = await store.PersonAsync(Roles.Manager);
        await store.WithAsync<StopMoney, Phrase?>(s => s.ThrowAsync(Scope.OfRule("shift-to-winner"), "too eager", manager, default));

        await store.ShiftAsync("search", "social", 1_00); // a person's
        Assert.Equal(47_00, (await store.BalancesAsync())["search"]);
        await store.WithAsync<StopMoney, Phrase?>(s => s.ThrowAsync(Scope.Everything, "stop", manager, default));
        Assert.Null(await store.WithAsync<RollBackShift, Phrase?>(r => r.HandleAsync(moved.Id, "Chen Jing", default)));
        Assert.Equal(49_00, (await store.BalancesAsync())["search"]);
    }

    [Theory]
    [InlineData(Guard.DailyTotal, "8%", "8% of the daily total")]
    [InlineData(Guard.Cooldown, "3", "less than 3 days ago")]
    [InlineData(Guard.Changes, "1", "1 changes of the last 7 days")]
    public async Task Limits_hold_on_the_day_the_money_moves_not_on_the_day_it_was_proposed(string guard, string value, string says)
    {
        await using var store = await OpenAsync();
        await store.ShiftAsync("search", "social", 5_00, "yesterday", alone: false, byRule: true);
        store.Clock.Advance(TimeSpan.FromHours(20));
        var manager = await store.PersonAsync(Roles.Manager);
        await store.WithAsync<SetGuard, Phrase?>(s => s.HandleAsync(Scope.Everything, guard, value, "careful", manager, default));
        await store.ShiftAsync("search", "video", 4_00, "today", byRule: true);
        await ApproveAsync(store); // of yesterday's proposal

        Assert.Equal((46_00, 30_00, 24_00), Channels(await store.BalancesAsync()));
        var note = await store.InScopeAsync(
            (db, _) => db.Audit.Where(a => a.TextEn.Contains("refused by the ledger")).Select(a => a.TextEn).SingleAsync()
        );
        Assert.Contains(says, note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cooldown: 3d per channel", "less than 3 days ago")]
    [InlineData("at most: 1 change per campaign per week", "1 changes of the last 7 days")]
    [InlineData("move at most: 8% per day", "8% of the daily total")]
    [InlineData("change at most: 10%", "10% of either side's budget")]
    [InlineData("keep at least: 44 CNY per day", "keeps at least")]
    public async Task What_the_rules_own_file_allows_holds_on_the_day_the_money_moves_too(string guard, string says)
    {
        await using var store = await OpenAsync();
        string[] guards = [guard, .. new[] { "move at most: 100%", "change at most: 100%" }.Where(g => g[..4] != guard[..4])];
        await File.WriteAllTextAsync(
            Path.Combine(store.Rules, "shift-to-winner.yaml"),
            $$"""
            rule: { en: Shift, zh: 转移 }
            for each: pair of channels (loser, winner) in a campaign
            when: loser.roas(7d) < winner.roas(7d)
            then:
              - shift: 5 CNY to winner
            guard: { {{string.Join(", ", guards)}} }
            mode: ask
            """
        );
        await store.ShiftAsync("search", "social", 5_00, "yesterday", alone: false, byRule: true);
        store.Clock.Advance(TimeSpan.FromHours(20));
        await store.ShiftAsync("search", "video", 4_00, "a person's, today");
        await ApproveAsync(store); // of yesterday's proposal

        Assert.Equal((46_00, 30_00, 24_00), Channels(await store.BalancesAsync()));
        var note = await store.InScopeAsync(
            (db, _) => db.Audit.Where(a => a.TextEn.Contains("refused by the ledger")).Select(a => a.TextEn).SingleAsync()
        );
        Assert.Contains(says, note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Floors_and_ceilings_of_the_settings_hold_beside_the_channels_own_and_say_where_they_come_from()
    {
        await using var store = await OpenAsync();
        var manager = await store.PersonAsync(Roles.Manager);
        await store.WithAsync<SetGuard, Phrase?>(s => s.HandleAsync(Scope.Everything, Guard.Floor, "90%", "careful", manager, default));
        await store.WithAsync<SetGuard, Phrase?>(s =>
            s.HandleAsync(Scope.Of(store.CampaignId), Guard.Ceiling, "110%", "careful", manager, default)
        );

        var low = await ObjectionAsync(store, "search", "social", 5_01);
        var high = await ObjectionAsync(store, "search", "social", 3_01);
        var (fits, _) = await store.ShiftAsync("search", "social", 3_00);

        Assert.Contains($"below its floor of ¥45.00 (Floor 90% set by {manager.DisplayName})", low!.Value.En, StringComparison.Ordinal);
        Assert.Contains("above its ceiling of ¥33.00 (Ceiling 110%", high!.Value.En, StringComparison.Ordinal);
        Assert.Equal(ShiftState.Applied, fits.State);
    }

    [Fact]
    public async Task Stale_data_opens_the_breaker_and_fresh_data_closes_it()
    {
        await using var store = await OpenAsync();
        await store.ReportAsync("search", (new(2026, 10, 29), 50_00, 100_00));
        var open = await BreakerAsync(store);
        Assert.Null(open!.ClosedAt);
        Assert.Contains("search has no numbers since 2026-10-29, 3 days; 2 are allowed", open.WhyEn, StringComparison.Ordinal);

        var (_, rule) = await store.ShiftAsync("search", "social", 1_00, byRule: true);
        var (person, _) = await store.ShiftAsync("search", "social", 1_00); // people see what they do
        Assert.Equal(open.Why, rule);
        Assert.Equal(ShiftState.Applied, person.State);

        await store.ReportAsync("search", (new(2026, 11, 1), 50_00, 100_00));
        Assert.NotNull((await BreakerAsync(store))!.ClosedAt);
        Assert.Null((await BreakerAsync(store))!.ClosedBy);
        var (again, _) = await store.ShiftAsync("search", "social", 1_00, byRule: true);
        Assert.Equal(ShiftState.Applied, again.State);
    }

    [Fact]
    public async Task A_person_closes_the_breaker_for_what_was_found_and_a_new_finding_opens_it_again()
    {
        await using var store = await OpenAsync();
        await store.ReportAsync("search", (new(2026, 11, 1), 201_00, 100_00)); // more than twice the ceiling of 100.00
        var manager = await store.PersonAsync(Roles.Manager);
        Assert.NotNull(await store.WithAsync<CloseBreaker, Phrase?>(c => c.HandleAsync(store.CampaignId, "", manager, default)));
        Assert.Null(
            await store.WithAsync<CloseBreaker, Phrase?>(c => c.HandleAsync(store.CampaignId, "a known double booking", manager, default))
        );

        await store.ReportAsync("social", (new(2026, 11, 1), 30_00, 100_00));
        Assert.Equal(manager.DisplayName, (await BreakerAsync(store))!.ClosedBy);

        store.Clock.Advance(TimeSpan.FromMinutes(1));
        await store.ReportAsync("social", (new(2026, 11, 1), 500_00, 100_00));
        Assert.Null((await BreakerAsync(store))!.ClosedAt);
    }

    [Fact]
    public async Task A_lift_comes_from_the_reserve_with_approval_and_more_money_needs_finance()
    {
        await using var store = await OpenAsync();
        var (cut, _) = await store.ShiftAsync("search", LedgerEntry.Reserve, 3_00, byRule: true);
        Assert.Equal(ShiftState.Applied, cut.State); // a cut within the automatic share needs nobody

        var (lift, _) = await store.ShiftAsync(LedgerEntry.Reserve, "video", 2_00, alone: false, byRule: true);
        Assert.Equal(ShiftState.Waiting, lift.State);
        await ApproveAsync(store);
        Assert.Equal((1_00, 22_00), ((await store.BalancesAsync())[LedgerEntry.Reserve], (await store.BalancesAsync())["video"]));

        var (more, _) = await store.ShiftAsync(LedgerEntry.Plan, LedgerEntry.Reserve, 10_00, alone: false);
        Assert.Equal(
            [Roles.Manager, Roles.Finance],
            await store.InScopeAsync((db, _) => db.Approvals.Where(a => a.ShiftId == more.Id).Select(a => a.Roles).SingleAsync())
        );
        await ApproveAsync(store);
        var balances = await store.BalancesAsync();
        Assert.Equal((11_00, -110_00), (balances[LedgerEntry.Reserve], balances[LedgerEntry.Plan]));
        var (_, tooMuch) = await store.ShiftAsync(LedgerEntry.Reserve, LedgerEntry.Plan, 12_00, alone: false);
        Assert.Null(tooMuch); // it waits, and the ledger says no when it would move
        await ApproveAsync(store);
        Assert.Equal(11_00, (await store.BalancesAsync())[LedgerEntry.Reserve]);
        Assert.Equal(0, await store.InScopeAsync((db, _) => db.Ledger.SumAsync(e => e.AmountMinor)));
    }

    [Fact]
    public void The_engine_takes_the_limits_from_the_snapshot_and_its_record_repeats_them()
    {
        var limits = new GuardLimits
        {
            ChangeAtMost = 0.1,
            CooldownDays = 4,
            Mode = new Mode.AskAbove(5_00),
            Stopped = new("x stopped rule y", "x 已停止规则 y"),
        };
        var both = limits.And(
            new()
            {
                ChangeAtMost = 0.2,
                CooldownDays = 9,
                Mode = new Mode.Ask(),
            }
        );

        Assert.Equal((0.1, 9, new Mode.Ask()), (both.ChangeAtMost, both.CooldownDays, both.Mode));
        Assert.Equal(limits.Stopped, both.Stopped);
    }

    private static Task<Phrase?> ObjectionAsync(CampaignStore store, string from, string to, long minor) =>
        store.InScopeAsync(
            async (db, services) =>
                await ((BudgetLedger)services.GetService(typeof(BudgetLedger))!).ObjectionAsync(
                    await db.Campaigns.SingleAsync(c => c.Id == store.CampaignId),
                    new(from, to, minor, null, store.Clock.Now),
                    default
                )
        );

    private static async Task<CampaignStore> OpenAsync(DatabaseKind kind = DatabaseKind.Sqlite)
    {
        var store = await CampaignStore.CreateAsync(kind);
        await store.OpenBooksAsync();
        return store;
    }

    private static async Task ApproveAsync(CampaignStore store)
    {
        var open = await store.InScopeAsync((db, _) => db.Approvals.AsNoTracking().SingleAsync(a => a.State == ApprovalState.Open));
        foreach (var role in open.Roles)
        {
            var person = await store.PersonAsync(role);
            Assert.Null(
                await store.WithAsync<DecideApproval, Phrase?>(d =>
                    d.HandleAsync(new(open.Id, ApprovalState.Approved, null), person, default)
                )
            );
        }
        await store.SettleAsync();
    }

    private static Task<DataBreaker?> BreakerAsync(CampaignStore store) =>
        store.InScopeAsync((db, _) => db.DataBreakers.AsNoTracking().SingleOrDefaultAsync());

    private static (long, long, long) Channels(IReadOnlyDictionary<string, long> balances) =>
        (balances["search"], balances["social"], balances["video"]);
}
