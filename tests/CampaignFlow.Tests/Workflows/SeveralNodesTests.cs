using System.Collections.Concurrent;
using System.Diagnostics;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class SeveralNodesTests
{
    private const string NodeDatabase = "CAMPAIGNFLOW_TEST_NODE";
    private static readonly TimeSpan ShortLease = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Two_nodes_share_200_runs_and_every_effect_happens_once()
    {
        await using var bench = await CreateAsync(DatabaseKind.Postgres);
        await using var other = Node(bench.Store.Services.GetRequiredService<StorageOptions>(), bench.Clock, lease: null);
        var second = other.GetRequiredService<WorkflowRunner>();
        await bench.PublishAsync("story", Sequence(Leave("a"), Event("go"), Leave("b"), Delay("01:00:00"), Leave("c")));
        for (var i = 0; i < 200; i++)
            await bench.StartAsync("story", $"run-{i:000}", $"c{i}");
        var bursts = new ConcurrentDictionary<string, int>();

        await TogetherAsync();
        await bench.SignalAsync("event", "go");
        await TogetherAsync();
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await TogetherAsync();

        Assert.Equal(200, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Status == RunStatus.Finished && r.Version == 3)));
        Assert.Equal(600, (await bench.MarksAsync()).Count); // their keys are unique
        Assert.Equal(600, bursts.Values.Sum());
        Assert.Equal(2, bursts.Count); // both had a share
        await bench.AssertJournalHasNoGapsAsync();

        // Either may find the other's claims in its way and stop early, so they come back as hosts do.
        async Task TogetherAsync()
        {
            await Task.WhenAll(WorkAsync("first", bench.Runner), WorkAsync("second", second));
            await WorkAsync("first", bench.Runner);
        }

        async Task WorkAsync(string name, WorkflowRunner runner)
        {
            for (var i = 0; i < 5; i++)
            {
                var done = await runner.DrainAsync(CancellationToken.None);
                bursts.AddOrUpdate(name, done, (_, sum) => sum + done);
            }
        }
    }

    [Fact]
    public async Task Four_runs_at_once_within_one_node_come_to_the_same()
    {
        await using var bench = await CreateAsync(
            DatabaseKind.Postgres,
            services => services.AddSingleton(new WorkflowOptions("/nowhere") { AtOnce = 4 })
        );
        await bench.PublishAsync("story", Sequence(Leave("a"), Event("go"), Leave("b"), Delay("01:00:00"), Leave("c")));
        for (var i = 0; i < 120; i++)
            await bench.StartAsync("story", $"run-{i:000}", $"c{i / 2}");
        var most = 0;
        var now = 0;
        bench.Faults.Hook = point =>
        {
            if (point == Faults.BeforeActivity)
                InterlockedMax(ref most, Interlocked.Increment(ref now));
            else if (point == Faults.AfterActivity)
                Interlocked.Decrement(ref now);
        };

        Assert.Equal(120, await bench.DrainAsync());
        await bench.SignalAsync("event", "go");
        Assert.Equal(120, await bench.DrainAsync());
        bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(120, await bench.DrainAsync());

        Assert.Equal(120, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Status == RunStatus.Finished && r.Version == 3)));
        Assert.Equal(360, (await bench.MarksAsync()).Count); // their keys are unique
        Assert.InRange(most, 2, 4);
        await bench.AssertJournalHasNoGapsAsync();

        static void InterlockedMax(ref int most, int seen)
        {
            for (var known = most; seen > known; known = most)
                Interlocked.CompareExchange(ref most, seen, known);
        }
    }

    [Fact]
    public async Task Processes_killed_in_the_middle_lose_nothing_and_repeat_nothing()
    {
        await using var bench = await CreateAsync(DatabaseKind.Postgres);
        var storage = bench.Store.Services.GetRequiredService<StorageOptions>();
        await bench.PublishAsync(
            "steps",
            Sequence([.. Enumerable.Range(0, 6).SelectMany(i => new[] { Leave($"m{i}"), Delay("00:00:00.0100000") })])
        );
        bench.Clock.Now = DateTimeOffset.UtcNow;
        for (var i = 0; i < 150; i++)
            await bench.StartAsync("steps", $"run-{i:000}");

        var kills = 0;
        while (await MarksAsync() < 900 && kills < 60)
        {
            var before = await MarksAsync();
            using var node = StartNode(storage.ConnectionString);
            var patience = Stopwatch.StartNew();
            while (
                await MarksAsync() < Math.Min(900, before + 140 + (kills * 7))
                && !node.HasExited
                && patience.Elapsed < TimeSpan.FromSeconds(30)
            )
                await Task.Delay(5);
            if (await MarksAsync() < 900)
                kills++;
            node.Kill();
            await node.WaitForExitAsync();
        }
        await using var last = Node(storage, TimeProvider.System, ShortLease);
        var runner = last.GetRequiredService<WorkflowRunner>();
        for (var i = 0; i < 100 && await UnfinishedAsync() > 0; i++)
        {
            await runner.ReclaimAsync(CancellationToken.None);
            await runner.DrainAsync(CancellationToken.None);
            await Task.Delay(100);
        }

        Assert.InRange(kills, 3, 60);
        Assert.Equal(0, await UnfinishedAsync());
        Assert.Equal(900, await MarksAsync());
        await bench.AssertJournalHasNoGapsAsync();

        Task<int> MarksAsync() => bench.AskAsync(db => db.Outbox.CountAsync(m => m.Type == "mark"));
        Task<int> UnfinishedAsync() => bench.AskAsync(db => db.Runs.CountAsync(r => r.Status != RunStatus.Finished));
    }

    // The body of the child process: this test program again, with only this test.
    [Fact(Explicit = true)]
    [Trait("Body", "child process")]
    public async Task A_node_that_works_until_it_is_killed()
    {
        var database = Environment.GetEnvironmentVariable(NodeDatabase);
        Assert.SkipWhen(database is null, "Only started by the kill test.");
        await using var node = Node(new(DatabaseKind.Postgres, database!, "/tmp"), TimeProvider.System, ShortLease);
        var runner = node.GetRequiredService<WorkflowRunner>();
        for (var until = DateTime.UtcNow.AddMinutes(1); DateTime.UtcNow < until; await Task.Delay(2))
        {
            await runner.ReclaimAsync(CancellationToken.None);
            await runner.DrainAsync(CancellationToken.None);
        }
    }

    private static ServiceProvider Node(StorageOptions storage, TimeProvider clock, TimeSpan? lease)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddStorage(storage);
        services.AddSingleton(clock);
        Register(services, lease);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private static Process StartNode(string database)
    {
        var info = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "CampaignFlow.Tests"),
            ["--explicit", "only", "--filter-method", $"*{nameof(A_node_that_works_until_it_is_killed)}"]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment[NodeDatabase] = database;
        var process = Process.Start(info)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
