using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class TryingTests
{
    private const string Retries = """
        ,"customProperties":{"retry":{"attempts":3,"first":"00:01:00","factor":2,"jitter":false}}
        """;

    private static string Shake(string mark, string more = "") => Text("Test.Shaky", "mark", mark) + more;

    [Theory]
    [InlineData(DatabaseKind.Sqlite, true)]
    [InlineData(DatabaseKind.Sqlite, false)] // nobody foresaw it: the same policy
    [InlineData(DatabaseKind.Postgres, true)]
    [InlineData(DatabaseKind.Postgres, false)]
    public async Task A_step_with_a_policy_is_tried_again_after_its_pauses_and_works_once(DatabaseKind kind, bool foreseen)
    {
        await using var bench = await CreateAsync(kind, Shaky.Register);
        var weather = bench.Store.Services.GetRequiredService<Weather>();
        (weather.Storms, weather.Foreseen) = (2, foreseen);
        await bench.PublishAsync("shaky", Sequence(Leave("a"), Shake("b", Retries), Leave("c")));
        var run = await bench.StartAsync("shaky");

        Assert.Equal(1, await bench.DrainAsync());
        Assert.Equal((RunStatus.Suspended, 0), ((await bench.RunAsync(run)).Status, (await bench.RunAsync(run)).Attempts));
        Assert.Single(await bench.MarksAsync()); // what went before is kept, what it did itself is taken back
        bench.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, await bench.DrainAsync());
        bench.Clock.Advance(TimeSpan.FromSeconds(119));
        Assert.Equal(0, await bench.DrainAsync());
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await bench.DrainAsync());

        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        Assert.Equal(["a", "b", "c"], (await bench.MarksAsync()).Select(Mark));
        await bench.AssertJournalHasNoGapsAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task When_its_attempts_are_used_up_it_is_an_incident_and_other_branches_go_on(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind, Shaky.Register);
        bench.Store.Services.GetRequiredService<Weather>().Storms = 3;
        await bench.PublishAsync(
            "two",
            $$$"""
            {"name":"Test","root":{"id":"root","type":"Elsa.Parallel","activities":[
              {"id":"s","name":"Ship it",{{{Shake("b", Retries)}}}},
              {"id":"t","type":"Elsa.Sequence","activities":[{"id":"d",{{{Delay("1.00:00:00")}}}},{"id":"l",{{{Leave("later")}}}}]}]}}
            """
        );
        var run = await bench.StartAsync("two");
        await bench.DrainAsync();
        for (var i = 0; i < 2; i++)
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(5));
            await bench.DrainAsync();
        }
        var incident = Assert.Single(await bench.AskAsync(db => db.RunIncidents.AsNoTracking().ToListAsync()));
        Assert.Equal(("s", "Ship it", "The shop is closed.", 3), (incident.Activity, incident.Name, incident.Error, incident.Attempt));
        Assert.Equal(bench.Clock.Now, incident.At);

        bench.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await bench.DrainAsync());
        Assert.Equal(["later"], (await bench.MarksAsync()).Select(Mark));
        Assert.Equal(RunStatus.Faulted, await bench.StatusAsync(run));

        Assert.Null(await VerbAsync<RetryRun>(bench, v => v.HandleAsync(run, CancellationToken.None)));
        await bench.DrainAsync();
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        Assert.Equal(0, await bench.AskAsync(db => db.RunIncidents.CountAsync()));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task What_is_not_done_in_time_is_withdrawn_and_asked_anew_when_a_person_tries_again(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("late", Sequence(Ask("x") + ""","customProperties":{"timeout":{"after":"1.00:00:00"}}""", Leave("after")));
        var run = await bench.StartAsync("late");
        await bench.DrainAsync();
        bench.Clock.Advance(TimeSpan.FromDays(1));
        await bench.DrainAsync();
        Assert.Equal("'a1' was not done within 1.00:00:00.", (await bench.RunAsync(run)).Error);
        Assert.Equal(["asked:x", "withdrawn:x"], await bench.MarksAsync());
        Assert.Equal(0, await bench.AskAsync(db => db.RunBookmarks.CountAsync()));
        await bench.AskAsync(db => db.Outbox.ExecuteDeleteAsync());

        Assert.Null(await VerbAsync<RetryRun>(bench, v => v.HandleAsync(run, CancellationToken.None)));
        await bench.DrainAsync();
        Assert.Equal(["asked:x"], await bench.MarksAsync());
        await bench.SignalAsync("task", "x");
        await bench.DrainAsync();
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
    }

    public static TheoryData<DatabaseKind, string> Points()
    {
        var rows = new TheoryData<DatabaseKind, string>();
        foreach (var kind in Enum.GetValues<DatabaseKind>())
        foreach (var point in Faults.Points.TakeWhile(p => p != Faults.BeforeBroadcast)) // those of a burst
            rows.Add(kind, point);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Whatever_throws_what_was_done_is_undone_once_in_the_reverse_order(DatabaseKind kind, string point)
    {
        await using var bench = await CreateAsync(kind, Shaky.Register);
        await bench.PublishAsync("saga", Saga);
        var run = await bench.StartAsync("saga");
        await bench.DrainAsync();
        bench.Store.Services.GetRequiredService<Weather>().Storms = 2; // the first to undo fails, and is tried again by itself
        var passed = 0;
        bench.Faults.Hook = p =>
        {
            if (p == point && passed++ % 3 == 0)
                throw new IOException("The connection is lost.");
        };
        Assert.Null(await VerbAsync<CancelRun>(bench, v => v.HandleAsync(run, "No budget.", compensate: true, CancellationToken.None)));
        for (var i = 0; i < 20; i++)
        {
            try
            {
                await bench.DrainAsync();
            }
            catch (IOException)
            {
                // At "claimed" nothing has begun.
            }
            bench.Clock.Advance(TimeSpan.FromMinutes(2));
            await bench.Runner.ReclaimAsync(CancellationToken.None);
        }

        Assert.InRange(passed, 1, 100);
        Assert.Equal(RunStatus.Cancelled, await bench.StatusAsync(run));
        Assert.Equal(["hotel", "flight", "asked:x", "withdrawn:x", "undo flight", "undo hotel"], (await bench.MarksAsync()).Select(Mark));
        await bench.AssertJournalHasNoGapsAsync();
    }

    private static string Saga
    {
        get
        {
            static string Undo(string how) =>
                $$$"""
                    "type":"Test.Shaky","mark":{"typeName":"String","expression":{"type":"JavaScript","value":"'undo ' + variables.Compensated.outputs.Mark"}}{{{how}}}
                    """;
            return $$$"""
                {"name":"Test","root":{"id":"root","type":"Elsa.Flowchart","activities":[
                  {"id":"h",{{{Shake("hotel", ",\"customProperties\":{\"compensation\":\"uh\"}")}}}},
                  {"id":"f",{{{Shake("flight", ",\"customProperties\":{\"compensation\":\"uf\"}")}}}},
                  {"id":"q",{{{Ask("x")}}}},
                  {"id":"uh",{{{Undo("")}}}},{"id":"uf",{{{Undo(Retries)}}}}],
                "connections":[{"source":{"activity":"h","port":"Done"},"target":{"activity":"f"}},{"source":{"activity":"f","port":"Done"},"target":{"activity":"q"}}]}}
                """;
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task The_journal_keeps_what_went_in_and_came_out_without_secrets(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind, Shaky.Register);
        var secret = ""","password":{"typeName":"String","expression":{"type":"Literal","value":"hunter2"}}""";
        await bench.PublishAsync("simple", Sequence(Shake(new string('长', 5_000)), Shake("b", secret)));
        await bench.StartAsync("simple");
        await bench.DrainAsync();

        var lines = await bench.AskAsync(db => db.RunJournal.Where(j => j.Data != null).OrderBy(j => j.Seq).ToListAsync());
        Assert.Equal(["Started", "Completed", "Started", "Completed"], lines.Select(l => l.What));
        Assert.InRange(lines[0].Data!.Length, 1_900, 2_100);
        Assert.Equal("""{"Mark":"b","Password":"•••"}""", lines[2].Data);
        Assert.Equal("""{"Mark":"b"}""", lines[3].Data);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_run_stored_before_there_were_policies_goes_on(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("asks", Sequence(Ask("x"), Leave("after")));
        var run = await bench.StartAsync("asks");
        await bench.DrainAsync();
        // As the product wrote it before.
        const string old = """
            {"status":"Suspended","next":4,"executions":[{"id":"e1","activity":"root","status":"Open","memory":{"next":1},"bookmarks":[],"attempt":1},
            {"id":"e2","activity":"a1","parent":"e1","status":"Waiting","bookmarks":[{"id":"ask-x","kind":"task","key":"x"}],"attempt":1}],
            "queue":[],"input":{"who":"one"},"variables":{},"outputs":{},"output":{}}
            """;
        await bench.AskAsync(db => db.Runs.ExecuteUpdateAsync(set => set.SetProperty(r => r.State, old)));
        await bench.SignalAsync("task", "x");
        await bench.DrainAsync();
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        Assert.Contains("after", (await bench.MarksAsync()).Select(Mark));
    }

    private static Task<Phrase?> VerbAsync<T>(Bench bench, Func<T, Task<Phrase?>> verb)
        where T : notnull => bench.Store.InScopeAsync((_, services) => verb(services.GetRequiredService<T>()));

    // A mark of Leave is "run:execution:mark".
    private static string Mark(string key) => key.Split(':') is [_, ['e', ..], var mark] ? mark : key;
}
