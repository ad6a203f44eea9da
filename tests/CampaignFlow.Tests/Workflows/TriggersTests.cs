using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

/// <summary>Runs that events and time start: once for each occurrence, on any number of nodes.</summary>
public sealed class TriggersTests
{
    private static string Starts(string activity, string then) =>
        $$"""{"name":"t","root":{"id":"f","type":"Elsa.Sequence","activities":[{"id":"s","canStartWorkflow":true,{{activity}} },{"id":"x",{{then}} }] } }""";

    private static string Every(string interval) => Text("Elsa.Timer", "interval", interval);

    private static Task<int> FireAsync(Bench bench) =>
        bench.Store.Services.GetRequiredService<Triggers>().FireAsync(CancellationToken.None);

    private static Task<List<string>> KeysAsync(Bench bench) =>
        bench.AskAsync(db => db.Runs.OrderBy(r => r.Key).Select(r => r.Key).ToListAsync());

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_timer_starts_a_run_each_interval_and_an_outage_is_caught_up_once(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("hourly", Starts(Every("01:00:00"), Leave("tick")));
        Assert.Equal(0, await FireAsync(bench));
        bench.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(0, await FireAsync(bench));

        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await FireAsync(bench));
        Assert.Equal(0, await FireAsync(bench));
        await bench.DrainAsync();
        Assert.Single(await bench.MarksAsync());

        bench.Clock.Advance(TimeSpan.FromHours(5.5)); // five were missed
        await FireAsync(bench);
        Assert.Equal(0, await FireAsync(bench));
        await bench.DrainAsync();
        Assert.Equal(2, (await bench.MarksAsync()).Count);
        bench.Clock.Advance(TimeSpan.FromMinutes(30)); // in step again
        Assert.Equal(1, await FireAsync(bench));
    }

    [Theory]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Several_nodes_make_one_run_of_one_occurrence(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("hourly", Starts(Every("01:00:00"), Leave("tick")));
        await bench.PublishAsync("paid", Starts(Event("paid"), Leave("paid")));
        await FireAsync(bench);
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.SignalAsync("event", "paid", dedup: "order-7");

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => FireAsync(bench)));

        Assert.Equal(
            [
                $"hourly:s:{bench.Clock.Now.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture)}",
                "paid:s:order-7",
            ],
            await KeysAsync(bench)
        );
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_definition_that_is_taken_back_starts_nothing_and_an_older_one_takes_its_place(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("hourly", Starts(Every("01:00:00"), Leave("old")));
        await FireAsync(bench);
        bench.Clock.Advance(TimeSpan.FromMinutes(30));
        await bench.PublishAsync("hourly", Starts(Every("01:00:00"), Leave("new")));
        await FireAsync(bench);
        bench.Clock.Advance(TimeSpan.FromMinutes(30)); // an unchanged schedule keeps its step
        await FireAsync(bench);
        await bench.DrainAsync();
        Assert.EndsWith(":new", Assert.Single(await bench.MarksAsync()), StringComparison.Ordinal);

        await bench.Store.InScopeAsync(
            (db, _) => db.WorkflowVersions.ExecuteUpdateAsync(s => s.SetProperty(v => v.Published, v => v.Version == 1))
        );
        await FireAsync(bench);
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await FireAsync(bench);
        await bench.DrainAsync();
        Assert.EndsWith(":old", (await bench.MarksAsync())[^1], StringComparison.Ordinal);

        await bench.Store.InScopeAsync((db, _) => db.WorkflowVersions.ExecuteUpdateAsync(s => s.SetProperty(v => v.Published, false)));
        bench.Clock.Advance(TimeSpan.FromHours(3));
        Assert.Equal(0, await FireAsync(bench));
        Assert.Equal(0, await bench.AskAsync(db => db.WorkflowTriggers.CountAsync()));
        await bench.Store.InScopeAsync(
            (db, _) => db.WorkflowVersions.ExecuteUpdateAsync(s => s.SetProperty(v => v.Published, v => v.Version == 2))
        );
        Assert.Equal(0, await FireAsync(bench)); // what fell due meanwhile is not made up for
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task An_event_starts_runs_with_its_payload_and_wakes_those_that_wait(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.SignalAsync("event", "paid"); // from before: kept for runs that wait, starts none
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.PublishAsync("paid", Starts(Event("paid"), Event("paid")));
        await bench.PublishAsync("waits", Sequence(Event("sent")));
        await FireAsync(bench);
        Assert.Empty(await KeysAsync(bench));
        var waiting = await bench.StartAsync("waits", "w", "campaign-a");
        await bench.DrainAsync();

        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        await bench.SignalAsync("event", "paid", "campaign-b", "order-7");
        await FireAsync(bench);
        await bench.DrainAsync();

        var run = await bench.AskAsync(db => db.Runs.SingleAsync(r => r.Key == "paid:s:order-7"));
        Assert.Equal("campaign-b", run.Correlation);
        // Its second wait for the same name took the early one, not the one that started it.
        Assert.Equal(RunStatus.Finished, run.Status);
        Assert.Contains("\"Result\":\"hello\"", run.State, StringComparison.Ordinal);
        Assert.Equal(0, await FireAsync(bench));
        Assert.Equal(RunStatus.Suspended, await bench.StatusAsync(waiting));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_used_workflow_stays_what_it_was_when_its_user_was_published(DatabaseKind kind)
    {
        static string Used(string mark) =>
            Sequence(Leave(mark)).Replace("\"name\"", "\"options\":{\"usableAsActivity\":true},\"name\"", StringComparison.Ordinal);
        await using var bench = await CreateAsync(kind);
        var files = bench.Store.Services.GetRequiredService<WorkflowFiles>();
        await bench.PublishAsync("part", Used("one"));
        const string user = """{"name":"u","root":{"id":"u","type":"Part","workflowDefinitionId":"part"}}""";
        await files.PublishAsync("user", "u", user, CancellationToken.None);
        await bench.PublishAsync("part", Used("two"));
        await bench.Store.InScopeAsync(
            (db, _) =>
                db
                    .WorkflowVersions.Where(v => v.DefinitionId == "part" && v.Version == 1)
                    .ExecuteUpdateAsync(s => s.SetProperty(v => v.Published, false))
        );

        await bench.StartAsync("user", "a");
        await bench.DrainAsync();
        Assert.EndsWith(":one", Assert.Single(await bench.MarksAsync()), StringComparison.Ordinal);

        await files.PublishAsync("user", "u", user + " ", CancellationToken.None); // published again
        await bench.StartAsync("user", "b");
        await bench.DrainAsync();
        Assert.EndsWith(":two", (await bench.MarksAsync())[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    public async Task A_run_that_outgrows_its_limit_is_an_incident_that_names_the_variable(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        static string Set(string name, string script) =>
            $$"""
                "type":"Elsa.SetVariable","variable":{"id":"{{name}}","name":"{{name}}"},"value":{"typeName":"Object","expression":{"type":"JavaScript","value":"{{script}}"} }
                """;
        var grow = Sequence([.. Enumerable.Range(0, 6).Select(i => Set("V" + i, $"'{(char)('a' + i)}'.repeat(900000)"))]);
        var variables = string.Join(',', Enumerable.Range(0, 6).Select(i => $$"""{"id":"V{{i}}","name":"V{{i}}","typeName":"Object"}"""));
        await bench.PublishAsync(
            "grows",
            grow.Replace("\"name\":\"Test\"", "\"name\":\"Test\",\"variables\":[" + variables + "]", StringComparison.Ordinal)
        );
        var id = await bench.StartAsync("grows");
        await bench.DrainAsync();

        var run = await bench.RunAsync(id);
        Assert.Equal(RunStatus.Faulted, run.Status);
        Assert.Contains("at most 4 MB are kept. Most of it is variable 'V", run.Error, StringComparison.Ordinal);
    }
}
