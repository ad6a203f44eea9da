using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Histories;

/// <summary>What an earlier release left waiting is carried to its end by this one.</summary>
public sealed class StoredRunsTests
{
    /// <summary>The schema of each release, by the name of its last migration.</summary>
    private static readonly Dictionary<string, string> Schemas = new(StringComparer.Ordinal)
    {
        ["0.1"] = "Initial",
        ["0.2"] = "DurableEngine",
    };

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Histories");

    public static TheoryData<DatabaseKind, string> Releases()
    {
        var rows = new TheoryData<DatabaseKind, string>();
        foreach (var kind in Enum.GetValues<DatabaseKind>())
        {
            foreach (var release in Schemas.Keys)
                rows.Add(kind, release);
        }
        return rows;
    }

    [Fact]
    public void Every_stored_history_is_tried() =>
        Assert.Equal(Schemas.Keys.Order(), Directory.GetFiles(Folder, "*.sql").Select(Path.GetFileNameWithoutExtension).Order());

    [Theory]
    [MemberData(nameof(Releases))]
    public async Task Runs_that_a_release_left_waiting_come_to_their_end(DatabaseKind kind, string release)
    {
        await using var bench = await Bench.CreateAsync(kind, before: services => LeaveAsync(services, release));
        bench.Clock.Advance(TimeSpan.FromDays(1)); // the old owner's lease is over, the old timers are due
        await bench.Runner.ReclaimAsync(CancellationToken.None);
        await bench.DrainAsync();
        await bench.SignalAsync("task", "side-by-side", dedup: "answer");
        for (var round = 0; round < 3; round++)
        {
            await bench.SignalAsync("event", "go", dedup: $"go-{round}");
            await bench.SignalAsync("event", "again", dedup: $"again-{round}");
            await bench.DrainAsync();
            bench.Clock.Advance(TimeSpan.FromHours(3));
            await bench.DrainAsync();
        }
        await SkipWhatIsBrokenAsync(bench);

        var runs = await bench.AskAsync(db => db.Runs.AsNoTracking().ToListAsync());
        Assert.Equal(8, runs.Count);
        Assert.All(runs, r => Assert.True(r.Status == RunStatus.Finished, $"{r.Key} is {r.Status}: {r.Error}"));
        Assert.Equal(
            runs.SelectMany(r => StoredRuns.Definitions[r.DefinitionId].Leave.Select(a => $"{r.Key}: {a}")).Order(),
            (await CompletedAsync(bench)).Order()
        );
        Assert.Equal(0, await bench.AskAsync(db => db.RunBookmarks.CountAsync()));
        await bench.AssertJournalHasNoGapsAsync();
    }

    private static async Task LeaveAsync(IServiceProvider services, string release)
    {
        var db = services.GetRequiredService<CampaignFlowDb>();
        await db.GetService<IMigrator>().MigrateAsync(Schemas[release]);
        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = await File.ReadAllTextAsync(Path.Combine(Folder, release + ".sql"));
        await command.ExecuteNonQueryAsync();
        await db.Database.CloseConnectionAsync();
    }

    private static async Task SkipWhatIsBrokenAsync(Bench bench)
    {
        var broken = await bench.AskAsync(db => db.Runs.SingleAsync(r => r.Key == "with-an-incident"));
        var state = System.Text.Json.JsonSerializer.Deserialize<RunState>(broken.State, RunJson.Options)!;
        var faulted = Assert.Single(state.Executions, e => e.Status == ExecutionStatus.Faulted);
        await bench.Store.InScopeAsync(
            async (_, services) =>
                Assert.Null(await services.GetRequiredService<SkipActivity>().HandleAsync(broken.Id, faulted.Id, null, default))
        );
        await bench.DrainAsync();
    }

    /// <summary>Marks left over the whole life of each run: those from before stand in its journal.</summary>
    private static Task<List<string>> CompletedAsync(Bench bench) =>
        bench.AskAsync(db =>
            db.RunJournal.Where(j => j.Type == "Test.Leave" && j.What == "Completed")
                .Join(db.Runs, j => j.RunId, r => r.Id, (j, r) => r.Key + ": " + j.Activity)
                .ToListAsync()
        );
}
