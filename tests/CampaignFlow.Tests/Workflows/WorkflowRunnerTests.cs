using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class WorkflowRunnerTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_run_leaves_its_marks_waits_for_its_timer_and_finishes(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("simple", Sequence(Leave("first"), Delay("01:00:00"), Leave("second")));
        var run = await bench.StartAsync("simple");

        Assert.Equal(1, await bench.DrainAsync());
        Assert.Equal(RunStatus.Suspended, await bench.StatusAsync(run));
        Assert.Single(await bench.MarksAsync());
        bench.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, await bench.DrainAsync());
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await bench.DrainAsync());

        var row = await bench.RunAsync(run);
        Assert.Equal(RunStatus.Finished, row.Status);
        Assert.Equal(bench.Clock.Now, row.FinishedAt);
        Assert.Null(row.Owner);
        Assert.Equal(2, row.Version);
        Assert.Equal(2, (await bench.MarksAsync()).Count);
        Assert.Equal(0, await bench.AskAsync(db => db.RunBookmarks.CountAsync()));
        await bench.AssertJournalHasNoGapsAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task The_same_key_is_one_run(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("simple", Sequence(Leave("first")));

        Assert.Equal(await bench.StartAsync("simple"), await bench.StartAsync("simple"));
        Assert.Equal(1, await bench.DrainAsync());
        await Assert.ThrowsAsync<UnknownWorkflow>(() => bench.StartAsync("simpel", "two"));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task An_early_signal_is_kept_and_a_repeated_one_is_one(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("asks", Sequence(Ask("x"), Ask("y")));
        await bench.SignalAsync("task", "x", dedup: "task:x:done");
        await bench.SignalAsync("task", "x", dedup: "task:x:done");
        Assert.Equal(0, await bench.DrainAsync());

        var run = await bench.StartAsync("asks");
        Assert.Equal(2, await bench.DrainAsync());
        Assert.Equal(["asked:x", "answered:x:hello", "asked:y"], await bench.MarksAsync());
        await bench.SignalAsync("task", "x", dedup: "task:x:done");
        Assert.Equal(0, await bench.DrainAsync());
        await bench.SignalAsync("task", "y");
        await bench.DrainAsync();
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_signal_with_a_correlation_is_for_that_campaign_only(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("waits", Sequence(Event("paid")));
        var a = await bench.StartAsync("waits", "a", "campaign-a");
        var b = await bench.StartAsync("waits", "b", "campaign-b");
        await bench.SignalAsync("event", "paid", "campaign-b");
        await bench.DrainAsync();

        Assert.Equal(RunStatus.Suspended, await bench.StatusAsync(a));
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(b));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite, "event", 3)] // an event without a correlation is for everybody who waits
    [InlineData(DatabaseKind.Sqlite, "task", 1)] // any other signal belongs to the first
    [InlineData(DatabaseKind.Postgres, "event", 3)]
    [InlineData(DatabaseKind.Postgres, "task", 1)]
    public async Task A_signal_without_a_correlation_reaches_everybody_only_as_an_event(DatabaseKind kind, string signal, int finished)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("waits", Sequence(signal == "event" ? Event("go") : Ask("go")));
        foreach (var key in new[] { "a", "b", "c" })
            await bench.StartAsync("waits", key, key);
        await bench.DrainAsync();
        await bench.SignalAsync(signal, "go");
        await bench.DrainAsync();

        Assert.Equal(finished, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Status == RunStatus.Finished)));
        await bench.StartAsync("waits", "later", "later");
        await bench.DrainAsync();
        Assert.Equal(finished, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Status == RunStatus.Finished)));
        Assert.Equal(0, await bench.AskAsync(db => db.InboxSignals.CountAsync(s => s.TakenAt == null)));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Runs_that_fall_due_together_go_by_time_and_then_by_key(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("late", Sequence(Delay("02:00:00"), Leave("x")));
        await bench.PublishAsync("soon", Sequence(Delay("01:00:00"), Leave("x")));
        var ids = new List<Guid>();
        foreach (var (definition, key) in new[] { ("late", "b"), ("late", "a"), ("soon", "d"), ("soon", "c") })
            ids.Add(await bench.StartAsync(definition, key));
        await bench.DrainAsync();
        bench.Clock.Advance(TimeSpan.FromHours(3));
        await bench.DrainAsync();

        var marks = await bench.MarksAsync();
        Assert.Equal([ids[3], ids[2], ids[1], ids[0]], marks.Select(m => Guid.Parse(m.Split(':')[0])));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Another_workflow_is_waited_for_and_its_outputs_come_back(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync(
            "child",
            Sequence(
                Delay("01:00:00"),
                """
                "type":"Elsa.SetOutput","outputName":{"typeName":"String","expression":{"type":"Literal","value":"answer"}},
                "outputValue":{"typeName":"Object","expression":{"type":"Literal","value":"42"}}
                """
            )
        );
        await bench.PublishAsync("parent", Sequence(Text("Elsa.ExecuteWorkflow", "workflowDefinitionId", "child"), Leave("after")));
        var parent = await bench.StartAsync("parent", "p", "campaign");
        await bench.DrainAsync();
        Assert.Equal(
            2,
            await bench.AskAsync(db => db.Runs.CountAsync(r => r.Correlation == "campaign" && r.Status == RunStatus.Suspended))
        );
        bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, await bench.DrainAsync());

        var row = await bench.RunAsync(parent);
        Assert.Equal(RunStatus.Finished, row.Status);
        Assert.Contains("42", row.State, StringComparison.Ordinal);
        Assert.Single(await bench.MarksAsync());
    }
}
