using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class FaultTests
{
    private static readonly TimeSpan Lease = new WorkflowOptions("").Lease;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_start_survives_a_crash_before_its_first_burst(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("simple", Sequence(Leave("a")));
        var run = await bench.StartAsync("simple");
        // A process claims it and is never heard of again.
        Assert.Single(await bench.Runner.ClaimAsync(CancellationToken.None));
        Assert.Equal(0, await bench.DrainAsync());
        bench.Clock.Advance(Lease + TimeSpan.FromSeconds(1));
        Assert.Equal(1, await bench.Runner.ReclaimAsync(CancellationToken.None));

        Assert.Equal(1, await bench.DrainAsync());
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Processes_that_end_again_and_again_do_not_use_up_the_attempts_of_the_first_run(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("simple", Sequence(Leave("a")));
        foreach (var key in new[] { "one", "two", "three" })
            await bench.StartAsync("simple", key);
        Assert.Equal(3, (await bench.Runner.ClaimAsync(CancellationToken.None)).Count);

        var alone = new List<string>();
        for (var death = 0; death < 6; death++)
        {
            bench.Clock.Advance(Lease + TimeSpan.FromSeconds(10));
            await bench.Runner.ReclaimAsync(CancellationToken.None);
            alone.Add((await bench.Runner.ClaimAsync(CancellationToken.None)).Single().Key);
        }

        Assert.All(alone.CountBy(key => key), turns => Assert.Equal(2, turns.Value));
        bench.Clock.Advance(Lease + TimeSpan.FromSeconds(10));
        await bench.Runner.ReclaimAsync(CancellationToken.None);
        Assert.Equal(2, await bench.DrainAsync()); // the one that just lost its process waits like one that failed
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await bench.DrainAsync());
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Whoever_comes_back_after_its_lease_is_refused(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("simple", Sequence(Leave("a"), Event("go")));
        var run = await bench.StartAsync("simple");
        var paused = await bench.Runner.ClaimAsync(CancellationToken.None);
        bench.Clock.Advance(Lease + TimeSpan.FromSeconds(1));
        await bench.Runner.ReclaimAsync(CancellationToken.None);
        var second = await bench.Runner.ClaimAsync(CancellationToken.None);
        Assert.Equal(paused[0].Fence + 1, second[0].Fence);

        Assert.Equal(0, await bench.Runner.WorkAsync(paused, new(), CancellationToken.None));
        Assert.Empty(await bench.MarksAsync());
        Assert.NotNull((await bench.RunAsync(run)).Owner); // the late one must not let go of what is no longer its own
        Assert.Equal(1, await bench.Runner.WorkAsync(second, new(), CancellationToken.None));
        Assert.Equal(0, await bench.Runner.WorkAsync(second, new(), CancellationToken.None));
        Assert.Single(await bench.MarksAsync());
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_fault_keeps_what_went_before_and_takes_back_the_activity_itself(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("fails", Sequence(Leave("a"), Text("Test.Break", "how", "fault"), Leave("b")));
        var run = await bench.StartAsync("fails");
        await bench.DrainAsync();

        var row = await bench.RunAsync(run);
        Assert.Equal((RunStatus.Faulted, "The shop is closed."), (row.Status, row.Error));
        Assert.Equal(["a"], (await bench.MarksAsync()).Select(Mark));

        Assert.Null(await VerbAsync<RetryRun>(bench, v => v.HandleAsync(run, CancellationToken.None)));
        Assert.Equal(1, await bench.DrainAsync());
        Assert.Equal(RunStatus.Faulted, await bench.StatusAsync(run));

        var faulted = System.Text.Json.JsonSerializer.Deserialize<RunState>((await bench.RunAsync(run)).State, RunJson.Options)!;
        var execution = faulted.Executions.Single(e => e.Status == ExecutionStatus.Faulted).Id;
        Assert.NotNull(await VerbAsync<SkipActivity>(bench, v => v.HandleAsync(run, execution, "Nowhere", CancellationToken.None)));
        Assert.Null(await VerbAsync<SkipActivity>(bench, v => v.HandleAsync(run, execution, null, CancellationToken.None)));
        await bench.DrainAsync();
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        Assert.Equal(["a", "b"], (await bench.MarksAsync()).Select(Mark));
        Assert.NotNull(await VerbAsync<RetryRun>(bench, v => v.HandleAsync(run, CancellationToken.None)));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_burst_that_dies_again_and_again_becomes_an_incident_of_the_step_it_dies_of(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("dies", Sequence(Leave("a"), Text("Test.Break", "how", "bug"), Leave("b")));
        var run = await bench.StartAsync("dies");
        for (var attempt = 1; attempt < Claims.MaxAttempts; attempt++)
        {
            Assert.Equal(0, await bench.DrainAsync());
            Assert.Equal(attempt, (await bench.RunAsync(run)).Attempts);
            Assert.Equal(0, await bench.DrainAsync()); // not before its back-off is over
            Assert.Equal(attempt, (await bench.RunAsync(run)).Attempts);
            Assert.Empty(await bench.MarksAsync());
            bench.Clock.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal(1, await bench.DrainAsync());

        var row = await bench.RunAsync(run);
        Assert.Equal((RunStatus.Faulted, 0, "'a2' could not go on: The cable is cut."), (row.Status, row.Attempts, row.Error));
        Assert.Equal(["a"], (await bench.MarksAsync()).Select(Mark)); // what went before it is kept
        var execution = (await bench.AskAsync(db => db.RunIncidents.SingleAsync())).Execution;
        Assert.Null(await VerbAsync<SkipActivity>(bench, v => v.HandleAsync(run, execution, null, CancellationToken.None)));
        await bench.DrainAsync();
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_burst_that_no_step_is_to_blame_for_is_an_incident_of_the_run(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("dies", Sequence(Leave("a")));
        var run = await bench.StartAsync("dies");
        bench.Faults.Hook = point =>
        {
            if (point == Faults.BeforeCommit)
                throw new IOException("The disk is full.");
        };
        for (var attempt = 1; attempt <= Claims.MaxAttempts; attempt++)
        {
            Assert.Equal(0, await bench.DrainAsync());
            bench.Clock.Advance(TimeSpan.FromHours(1));
        }
        Assert.Equal(0, await bench.DrainAsync());

        var row = await bench.RunAsync(run);
        Assert.Equal((RunStatus.Faulted, Claims.MaxAttempts), (row.Status, row.Attempts));
        Assert.Equal("The run could not go on: The disk is full.", row.Error);
        bench.Faults.Hook = null;
        Assert.Null(await VerbAsync<RetryRun>(bench, v => v.HandleAsync(run, CancellationToken.None)));
        await bench.DrainAsync();
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_cancelled_run_withdraws_what_it_asked_for(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("asks", Sequence(Ask("x")));
        var run = await bench.StartAsync("asks");
        await bench.DrainAsync();
        Assert.Null(await VerbAsync<CancelRun>(bench, v => v.HandleAsync(run, "The campaign was stopped.", CancellationToken.None)));
        await bench.DrainAsync();

        Assert.Equal(RunStatus.Cancelled, await bench.StatusAsync(run));
        Assert.Equal(["asked:x", "withdrawn:x"], await bench.MarksAsync());
        Assert.Equal(0, await bench.AskAsync(db => db.RunBookmarks.CountAsync()));
        await bench.SignalAsync("task", "x");
        Assert.Equal(0, await bench.DrainAsync());
    }

    [Fact]
    public async Task Whom_a_faster_branch_has_ended_is_not_asked_any_more()
    {
        await using var bench = await CreateAsync(DatabaseKind.Sqlite);
        await bench.PublishAsync(
            "race",
            $$$"""
            {"root":{"id":"f","type":"Elsa.Flowchart","activities":[
              {"id":"fork","type":"Elsa.FlowFork","branches":["A","B"]},{"id":"a",{{{Leave("a")}}}},{"id":"b",{{{Ask("b")}}}},
              {"id":"join","type":"Elsa.FlowJoin","mode":"WaitAny"}],"connections":[
              {"source":{"activity":"fork","port":"A"},"target":{"activity":"a"}},{"source":{"activity":"fork","port":"B"},"target":{"activity":"b"}},
              {"source":{"activity":"a","port":"Done"},"target":{"activity":"join"}},{"source":{"activity":"b","port":"Done"},"target":{"activity":"join"}}]}}
            """
        );
        var run = await bench.StartAsync("race");
        await bench.DrainAsync();

        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        Assert.Equal(["a"], (await bench.MarksAsync()).Select(Mark));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_verb_that_comes_during_a_burst_is_not_lost(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("asks", Sequence(Ask("x")));
        var run = await bench.StartAsync("asks");
        var claimed = await bench.Runner.ClaimAsync(CancellationToken.None);
        Assert.Null(await VerbAsync<CancelRun>(bench, v => v.HandleAsync(run, "No.", CancellationToken.None)));
        Assert.Equal(0, await bench.Runner.WorkAsync(claimed, new(), CancellationToken.None));
        await bench.DrainAsync();

        Assert.Equal(RunStatus.Cancelled, await bench.StatusAsync(run));
        await bench.AssertJournalHasNoGapsAsync();
    }

    private static Task<CampaignFlow.Engine.Phrase?> VerbAsync<T>(Bench bench, Func<T, Task<CampaignFlow.Engine.Phrase?>> verb)
        where T : notnull => bench.Store.InScopeAsync((_, services) => verb(services.GetRequiredService<T>()));

    // A mark of Leave is "run:execution:mark".
    private static string Mark(string key) => key.Split(':') is [_, ['e', ..], var mark] ? mark : key;
}
