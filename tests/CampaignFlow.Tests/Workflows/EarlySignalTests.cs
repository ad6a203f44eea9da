using System.Text.Json;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class EarlySignalTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task What_nobody_waits_for_is_put_aside_and_found_by_the_run_that_begins_to_wait(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("waits", Sequence(Event("go"), Leave("went")));
        await Flood.EarlySignalsAsync(bench.Store, 300, bench.Clock.Now);
        await bench.SignalAsync("event", "go", "mine");
        await bench.SignalAsync("event", "go"); // for everybody, and nobody is there
        await PutAsideAsync(bench, 302);

        var mine = await bench.StartAsync("waits", "mine", "mine");
        var any = await bench.StartAsync("waits", "any");
        await bench.DrainAsync();

        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(mine));
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(any));
        Assert.Equal(300, await bench.AskAsync(db => db.InboxSignals.CountAsync(s => s.TakenAt == null)));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_signal_for_a_run_that_went_another_way_is_looked_at_again(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("waits", Sequence(Event("go"), Leave("went")));
        var gone = await bench.StartAsync("waits", "gone", "pair");
        await bench.DrainAsync();
        await bench.SignalAsync("event", "go", "pair");
        var claimed = await bench.Runner.ClaimAsync(CancellationToken.None); // noted for the run …
        await bench.Store.InScopeAsync(
            async (db, services) =>
            {
                Assert.Null(await services.GetRequiredService<CancelRun>().HandleAsync(gone, "Enough.", CancellationToken.None));
                await db.SaveChangesAsync();
            }
        );
        await bench.Runner.WorkAsync(claimed, new(), CancellationToken.None);
        await bench.DrainAsync(); // … which ends without it
        Assert.Equal("waits", await bench.AskAsync(db => db.InboxSignals.Select(s => s.WaitedBy).SingleAsync()));

        await bench.Runner.ReclaimAsync(CancellationToken.None);
        await PutAsideAsync(bench, 1);
        var next = await bench.StartAsync("waits", "next", "pair");
        await bench.DrainAsync();

        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(next));
    }

    [Fact]
    public async Task A_signal_that_a_burst_under_way_could_not_see_is_not_put_aside_before_that_burst_is_over()
    {
        await using var bench = await CreateAsync(DatabaseKind.Postgres);
        await bench.PublishAsync("waits", Sequence(Event("go")));
        var run = await bench.StartAsync("waits", "slow", "slow");
        await bench.DrainAsync();
        await using var burst = await BurstUnderWay.BeginToWaitAsync(bench, await BurstUnderWay.TakeBackAsync(bench));
        await bench.SignalAsync("event", "go", "slow");
        for (var i = 0; i < 3; i++)
            Assert.Empty(await bench.Runner.ClaimAsync(CancellationToken.None));
        Assert.Null(await bench.AskAsync(db => db.InboxSignals.Select(s => s.WaitedBy).SingleAsync()));

        await burst.CommitAsync();

        Assert.Equal(1, await bench.DrainAsync());
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
    }

    [Theory]
    [InlineData("slow")]
    [InlineData(null)] // an event for everybody
    public async Task A_signal_that_a_burst_begins_to_wait_for_just_before_it_is_put_aside_is_not_put_aside(string? correlation)
    {
        await using var bench = await CreateAsync(DatabaseKind.Postgres);
        await bench.PublishAsync("waits", Sequence(Event("go")));
        var run = await bench.StartAsync("waits", "slow", "slow");
        await bench.DrainAsync();
        var wait = await BurstUnderWay.TakeBackAsync(bench);
        await bench.SignalAsync("event", "go", correlation);
        var looks = 0;
        bench.Faults.Hook = point =>
        {
            // The first look has seen the signal; this is between the second and what follows from it.
            if (point == Faults.BeforePutAside && ++looks == 2)
                Task.Run(BeginAsync).Wait();
        };
        for (var patience = 0; patience < 500 && await bench.StatusAsync(run) != RunStatus.Finished; patience++)
        {
            await bench.DrainAsync();
            await Task.Delay(10);
        }

        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));

        async Task BeginAsync()
        {
            await using var burst = await BurstUnderWay.BeginToWaitAsync(bench, wait);
            await burst.CommitAsync();
        }
    }

    [Fact]
    public async Task A_claim_reads_few_pages_beside_100000_waiting_runs_and_100000_early_signals()
    {
        const int Many = 100_000;
        await using var bench = await CreateAsync(DatabaseKind.Postgres);
        await bench.PublishAsync("waits", Sequence(Event("go"), Delay("01:00:00")));
        await bench.StartAsync("waits", "model", "model");
        await bench.DrainAsync();
        await Flood.CopyRunAsync(bench.Store, "model", Many, correlated: true);
        await Flood.EarlySignalsAsync(bench.Store, Many, bench.Clock.Now);
        await PutAsideAsync(bench, Many);
        await bench.AskAsync(db => db.Database.ExecuteSqlRawAsync("analyze"));
        for (var i = 0; i < 60; i++)
            await bench.SignalAsync("event", "go", Flood.Key(i * 1000));

        var (rows, pages) = await CostOfAClaimAsync(bench);
        Assert.InRange(rows, 60, 2_000);
        Assert.InRange(pages, 60, 4_000);
        Assert.Equal(60, await bench.DrainAsync());
    }

    /// <summary>PostgreSQL puts aside once all that was under way has ended, in other databases of the server too.</summary>
    private static async Task PutAsideAsync(Bench bench, int signals)
    {
        for (var patience = 0; ; patience++)
        {
            await bench.DrainAsync();
            var aside = await bench.AskAsync(db => db.InboxSignals.CountAsync(s => s.WaitedBy == ""));
            if (aside == signals)
                return;
            Assert.True(patience < 500, $"{aside} of {signals} signals were put aside.");
            await Task.Delay(20);
        }
    }

    /// <summary>Rows that the busiest part of the plan went through, and pages the whole of it looked at.</summary>
    private static async Task<(double Rows, double Pages)> CostOfAClaimAsync(Bench bench)
    {
        var storage = bench.Store.Services.GetRequiredService<StorageOptions>();
        await bench.AskAsync(async db =>
        {
            await new Sorting(storage, bench.Faults).SortAsync(db, bench.Clock.Now, CancellationToken.None);
            return true;
        });
        await using var connection = new NpgsqlConnection(storage.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var explain = connection.CreateCommand();
        explain.CommandText =
            "explain (analyze, buffers, format json) "
            + new Claims(storage, TimeSpan.FromSeconds(6), bench.Clock).Postgres(suspects: false);
        explain.Parameters.AddWithValue("now", bench.Clock.Now.ToUnixTimeMilliseconds());
        explain.Parameters.AddWithValue("owner", "nobody");
        explain.Parameters.AddWithValue("lease", 6000L);
        using var plan = JsonDocument.Parse((string)(await explain.ExecuteScalarAsync())!);
        var root = plan.RootElement[0].GetProperty("Plan");
        return (Rows(root), root.GetProperty("Shared Hit Blocks").GetDouble() + root.GetProperty("Shared Read Blocks").GetDouble());
    }

    private static double Rows(JsonElement node)
    {
        var own = node.GetProperty("Actual Rows").GetDouble() * node.GetProperty("Actual Loops").GetDouble();
        if (node.TryGetProperty("Rows Removed by Filter", out var removed))
            own += removed.GetDouble() * node.GetProperty("Actual Loops").GetDouble();
        return node.TryGetProperty("Plans", out var parts) ? parts.EnumerateArray().Select(Rows).Append(own).Max() : own;
    }
}
