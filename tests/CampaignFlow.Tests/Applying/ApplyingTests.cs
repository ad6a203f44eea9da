using CampaignFlow.Applying;
using CampaignFlow.Budgets;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Applying;

/// <summary>What moved in the ledger reaches a person or a platform, and is believed when the numbers show it.</summary>
public sealed class ApplyingTests
{
    /// <summary>The day of the shift; the store's campaign keeps Shanghai time.</summary>
    private static readonly DateOnly Day = new(2026, 11, 2);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_shift_is_one_sheet_that_a_person_ticks_off(DatabaseKind kind)
    {
        await using var store = await OpenAsync(kind);

        await store.ShiftAsync("search", "social", 2_00);

        var told = await InstructionsAsync(store);
        Assert.Equal([("search", 50_00, 48_00), ("social", 30_00, 32_00)], told.Select(i => (i.Channel, i.BeforeMinor, i.AmountMinor)));
        Assert.All(told, i => Assert.Equal(InstructionState.Open, i.State));
        Assert.All(told, i => Assert.Equal(i.AmountMinor * 19, i.RestMinor)); // 2 to 20 November
        var task = Assert.Single(await TasksAsync(store));
        Assert.Equal("operator", task.Role);
        Assert.Contains("search: from ¥50.00 to ¥48.00; social: from ¥30.00 to ¥32.00", task.WhyEn, StringComparison.Ordinal);

        await FinishAsync(store, task);

        told = await InstructionsAsync(store);
        Assert.All(told, i => Assert.Equal(InstructionState.Done, i.State));
        Assert.All(told, i => Assert.Equal(task.Role, i.DoneBy is null ? null : "operator"));
    }

    [Fact]
    public async Task A_newer_instruction_takes_the_place_of_an_older_one_and_its_task_goes()
    {
        await using var store = await OpenAsync();
        var (first, _) = await store.ShiftAsync("search", "social", 2_00);
        store.Clock.Advance(TimeSpan.FromHours(1));

        await store.WithAsync<RollBackShift, Phrase?>(r => r.HandleAsync(first.Id, "Chen Jing", default));
        await store.SettleAsync();

        var told = await InstructionsAsync(store);
        Assert.Equal(2, told.Count(i => i.State == InstructionState.Replaced));
        Assert.Equal(
            [("search", 50_00), ("social", 30_00)],
            told.Where(i => i.State == InstructionState.Open).Select(i => (i.Channel, i.AmountMinor)).Order()
        );
        Assert.NotNull(Assert.Single(await TasksAsync(store), t => t.Key.Contains("shift:", StringComparison.Ordinal)).WithdrawnAt);
        Assert.Null(Assert.Single(await TasksAsync(store), t => t.Key.Contains("rollback:", StringComparison.Ordinal)).WithdrawnAt);
    }

    [Fact]
    public async Task The_next_imports_confirm_what_holds_and_raise_what_does_not_with_the_numbers()
    {
        await using var store = await OpenAsync();
        await store.ShiftAsync("search", "video", 4_00);
        await store.ShiftAsync("social", "video", 4_00); // video: 28.00
        store.Clock.Advance(TimeSpan.FromDays(3));

        await store.ReportAsync("search", (Day.AddDays(1), 46_10, 100_00), (Day.AddDays(2), 45_90, 100_00)); // as told: 46.00
        await store.ReportAsync("social", (Day.AddDays(1), 29_90, 100_00)); // one day like before proves nothing yet
        Assert.Equal(InstructionState.Confirmed, await StateAsync(store, "search"));
        Assert.Equal(InstructionState.Open, await StateAsync(store, "social"));

        await store.ReportAsync("social", (Day.AddDays(2), 30_10, 100_00));
        Assert.Equal(InstructionState.Drifted, await StateAsync(store, "social"));
        var issue = Assert.Single(await TasksAsync(store), t => t.TitleEn.StartsWith("Issue", StringComparison.Ordinal));
        Assert.Contains("It spent ¥30.00 a day over 2 days", issue.WhyEn, StringComparison.Ordinal);
        Assert.Contains("told were ¥26.00, before ¥30.00", issue.WhyEn, StringComparison.Ordinal);

        // Somebody mends it in the platform: the next days show it, and the issue goes by itself.
        store.Clock.Advance(TimeSpan.FromDays(8));
        await store.ReportAsync("social", [.. Enumerable.Range(3, 7).Select(d => (Day.AddDays(d), 26_00L, 100_00L))]);
        Assert.Equal(InstructionState.Confirmed, await StateAsync(store, "social"));
        Assert.NotNull((await TasksAsync(store)).Single(t => t.Id == issue.Id).WithdrawnAt);
    }

    [Fact]
    public async Task The_budget_that_an_export_names_is_believed_before_what_was_spent()
    {
        await using var store = await OpenAsync();
        await store.ShiftAsync("search", "social", 2_00);
        store.Clock.Advance(TimeSpan.FromDays(3));

        await ImportAsync(store, "Day,Campaign,Cost,Budget\n2026-11-04,search,50.00,48.00\n2026-11-04,social,30.00,30.00\n");

        Assert.Equal(InstructionState.Confirmed, await StateAsync(store, "search")); // spends like before, and is set as told
        Assert.Equal(InstructionState.Drifted, await StateAsync(store, "social"));
        Assert.Contains(
            "The platform names ¥30.00 a day on 2026-11-04, told were ¥32.00",
            (await InstructionsAsync(store)).Single(i => i.Channel == "social").FoundEn,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task The_sandbox_platform_takes_orders_and_shows_drift_when_somebody_changes_it()
    {
        await using var store = await OpenAsync();
        var person = await store.PersonAsync("operator");
        foreach (var channel in new[] { "search", "social" })
            Assert.Null(
                await store.WithAsync<ConnectChannel, Phrase?>(c =>
                    c.HandleAsync(store.CampaignId, channel, Adapter.Sandbox, null, null, 0.05, 2, person, default)
                )
            );
        await store.ShiftAsync("search", "social", 5_00);
        Assert.Empty(await TasksAsync(store));
        Assert.Equal(
            45_00,
            await store.InScopeAsync(
                (db, _) => db.SandboxBudgets.Where(b => b.Channel == "search").Select(b => b.AmountMinor).SingleAsync()
            )
        );

        Assert.Null(await store.WithAsync<ChangeSandbox, Phrase?>(c => c.HandleAsync(store.CampaignId, "search", 50_00, person, default)));

        Assert.Equal(InstructionState.Drifted, await StateAsync(store, "search"));
        Assert.Equal(InstructionState.Confirmed, await StateAsync(store, "social"));
        Assert.Single(await TasksAsync(store), t => t.TitleEn.StartsWith("Issue: search", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("google", "Campaign,Budget,Budget type,Currency code|Shop - Search,48,Daily,CNY")]
    [InlineData("meta", "Campaign Name,Campaign Daily Budget,Campaign Lifetime Budget|Shop - Search,48,")]
    [InlineData("plain", "channel,target,daily_budget,rest_of_flight,currency|search,Shop - Search,48,912,CNY")]
    public async Task Bulk_files_have_the_columns_that_the_platforms_read(string format, string expected)
    {
        await using var store = await OpenAsync();
        var campaign = await store.InScopeAsync((db, _) => db.Set<CampaignFlow.Campaigns.Campaign>().SingleAsync());

        var rows = BulkFile.Of(format, campaign, [new("Shop - Search", "search", 48_00, 912_00)])!;

        Assert.Equal(expected, string.Join('|', rows.Select(r => string.Join(',', r))));
    }

    private static async Task<CampaignStore> OpenAsync(DatabaseKind kind = DatabaseKind.Sqlite)
    {
        var store = await CampaignStore.CreateAsync(kind);
        await store.OpenBooksAsync();
        return store;
    }

    private static Task<List<Instruction>> InstructionsAsync(CampaignStore store) =>
        store.InScopeAsync((db, _) => db.Instructions.AsNoTracking().OrderBy(i => i.At).ThenBy(i => i.Channel).ToListAsync());

    private static async Task<InstructionState> StateAsync(CampaignStore store, string channel) =>
        (await InstructionsAsync(store)).Last(i => i.Channel == channel).State;

    private static Task<List<WorkTask>> TasksAsync(CampaignStore store) =>
        store.InScopeAsync((db, _) => db.WorkTasks.AsNoTracking().OrderBy(t => t.CreatedAt).ToListAsync());

    private static async Task FinishAsync(CampaignStore store, WorkTask task)
    {
        var person = await store.PersonAsync(task.Role);
        Assert.Null(await store.WithAsync<CompleteTask, Phrase?>(c => c.HandleAsync(task.Id, person, default)));
        await store.SettleAsync();
    }

    private static async Task ImportAsync(CampaignStore store, string csv)
    {
        var report = await store.WithAsync<CampaignFlow.Metrics.ImportMetrics, CampaignFlow.Metrics.ImportReport>(i =>
            i.ImportAsync(store.CampaignId, "export.csv", System.Text.Encoding.UTF8.GetBytes(csv), "test")
        );
        Assert.Empty(report.Problems);
        await store.SettleAsync();
    }
}
