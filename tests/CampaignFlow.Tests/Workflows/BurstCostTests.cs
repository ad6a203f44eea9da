using System.Diagnostics;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class BurstCostTests
{
    private const int Runs = 40;

    [Theory]
    [InlineData("start", 1, 7)] // one batch each; the claims, the inbox and the definition are read once for all of them
    [InlineData("timer", 1, 7)] // and a look for what a dead process held
    [InlineData("signal", 1, 8)] // and the event is addressed to all of them in one transaction
    [InlineData("activity", 2, 7)] // what the activity changed is one more
    [InlineData("two activities", 3, 7)] // and so for each; savepoints come with the first failure
    public async Task A_burst_costs_one_commit_and_one_round_trip_before_it(string what, int commandsEach, int besides)
    {
        // A heartbeat, which a slow machine would need, is no burst's.
        await using var bench = await CreateAsync(
            DatabaseKind.Postgres,
            services => services.AddSingleton(new WorkflowOptions("/nowhere") { Lease = TimeSpan.FromHours(1) })
        );
        string[] steps = what switch
        {
            "signal" => [Event("go")],
            "timer" => [Delay("01:00:00")],
            "activity" => [Leave("a")],
            "two activities" => [Leave("a"), Leave("b")],
            _ => [],
        };
        await bench.PublishAsync("waits", Sequence([.. steps, Event("never")]));
        for (var i = 0; i < Runs; i++)
            await bench.StartAsync("waits", $"run-{i:000}");
        if (what is "timer" or "signal")
            await bench.DrainAsync();
        if (what == "signal")
            await bench.SignalAsync("event", "go");
        bench.Clock.Advance(TimeSpan.FromHours(1));
        var database = bench.Store.Services.GetRequiredService<StorageOptions>().ConnectionString;
        var before = await TransactionsAsync(database);

        Assert.Equal(Runs, await bench.AskAsync(db => db.Runs.CountAsync())); // a connection is open
        using var trips = new RoundTrips();
        var bursts = await bench.DrainAsync();
        var commands = trips.Count;

        Assert.Equal(Runs, bursts);
        Assert.InRange(commands, Runs * commandsEach, (Runs * commandsEach) + besides);
        // What is read besides is a transaction to the server too, and so is the count above and what a new connection asks for.
        Assert.InRange(await TransactionsAsync(database) - before, Runs, Runs + besides + 4);
    }

    /// <summary>What the server counted; it counts when its processes end.</summary>
    private static async Task<long> TransactionsAsync(string database)
    {
        var name = new NpgsqlConnectionStringBuilder(database).Database!;
        await using (var pool = new NpgsqlConnection(database))
            NpgsqlConnection.ClearPool(pool);
        var elsewhere = new NpgsqlConnectionStringBuilder(database) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(elsewhere.ToString());
        await connection.OpenAsync();
        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(20))
        {
            if (await AskAsync("select count(*) from pg_stat_activity where datname = $1") == 0)
                break;
        }
        return await AskAsync("select xact_commit from pg_stat_database where datname = $1");

        async Task<long> AskAsync(string question)
        {
            await using var command = new NpgsqlCommand(question, connection);
            command.Parameters.Add(new() { Value = name });
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    /// <summary>Commands and batches that Npgsql sent from this test, whoever built them.</summary>
    private sealed class RoundTrips : IDisposable
    {
        private readonly Activity scope = new Activity("measured").Start();
        private readonly ActivityListener listener;
        private int count;

        public RoundTrips()
        {
            listener = new()
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    if (activity.TraceId == scope.TraceId)
                        Interlocked.Increment(ref count);
                },
            };
            ActivitySource.AddActivityListener(listener);
        }

        public int Count => count;

        public void Dispose()
        {
            listener.Dispose();
            scope.Stop();
        }
    }
}
