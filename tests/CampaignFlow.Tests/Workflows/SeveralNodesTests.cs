using System.Collections.Concurrent;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class SeveralNodesTests
{
    [Fact]
    public async Task Two_nodes_share_200_runs_and_every_effect_happens_once()
    {
        await using var bench = await CreateAsync(DatabaseKind.Postgres);
        await using var other = bench.OtherNode();
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
    public async Task What_a_dead_node_held_is_taken_over_between_many_short_drains()
    {
        await using var bench = await CreateAsync(
            DatabaseKind.Postgres,
            services =>
                services.AddSingleton(TimeProvider.System).AddSingleton(new WorkflowOptions("/nowhere") { Lease = TimeSpan.FromSeconds(3) })
        );
        await bench.PublishAsync("simple", Sequence(Leave("a")));
        var held = await bench.StartAsync("simple", "held");
        Assert.Single(await bench.Runner.ClaimAsync(CancellationToken.None)); // a node that is never heard of again

        for (var i = 0; i < 2_000 && await bench.StatusAsync(held) != RunStatus.Finished; i++)
        {
            await bench.StartAsync("simple", $"storm-{i}");
            await bench.Runner.DrainAsync(CancellationToken.None);
        }

        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(held));
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
}
