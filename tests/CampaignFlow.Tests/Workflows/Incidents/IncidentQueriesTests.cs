using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Incidents;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows.Incidents;

public sealed class IncidentQueriesTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Failed_steps_and_runs_whose_bursts_died_are_found_counted_and_filtered(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind, Shaky.Register);
        await bench.PublishAsync("booking", IncidentStory.Booking);
        await bench.PublishAsync("caller", Sequence(Text("Elsa.DispatchWorkflow", "workflowDefinitionId", "nobody")));
        var booking = await bench.StartAsync("booking");
        await bench.DrainAsync();
        bench.Clock.Advance(TimeSpan.FromDays(2));
        var caller = await bench.StartAsync("caller", "two");
        await bench.DrainAsync();

        async Task<(int Count, List<Guid> Runs)> AskAsync(IncidentFilter filter) =>
            await bench.Store.InScopeAsync(
                async (_, services) =>
                {
                    var incidents = services.GetRequiredService<IncidentQueries>();
                    var found = await incidents.ListAsync(filter, 0, 10, default);
                    return (await incidents.CountAsync(filter, default), found.Select(f => f.Run).ToList());
                }
            );

        var (count, runs) = await AskAsync(new());
        Assert.Equal((2, caller, booking), (count, runs[0], runs[1])); // newest first
        Assert.Equal([caller], (await AskAsync(new(Kind: IncidentFilter.OfTheRun))).Runs);
        Assert.Equal([booking], (await AskAsync(new(Kind: "Test.Shaky", Text: "PAY"))).Runs);
        Assert.Equal([booking], (await AskAsync(IncidentFilter.Of(null, null, "over-1d", null))).Runs);
        Assert.Equal([caller], (await AskAsync(IncidentFilter.Of("caller", null, "1h", "nobody"))).Runs);
        Assert.Empty((await AskAsync(new(Text: "n_body"))).Runs);
        Assert.Equal(
            [new("booking", "Test.Shaky", 1), new("caller", IncidentFilter.OfTheRun, 1)],
            await bench.Store.InScopeAsync((_, s) => s.GetRequiredService<IncidentQueries>().KindsAsync(default))
        );
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_step_is_mended_with_other_inputs_and_variables_and_their_types_are_checked(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind, Shaky.Register);
        await bench.PublishAsync("booking", IncidentStory.Booking);
        var run = await bench.StartAsync("booking");
        await bench.DrainAsync();
        var incident = await bench.AskAsync(db => db.RunIncidents.AsNoTracking().SingleAsync());

        Assert.Equal(["Input 'Times': \"many\" is not a whole number."], await MendAsync(new() { ["Times"] = "many" }, [], null));
        Assert.Equal(["The run has moved on meanwhile; look at it again."], await MendAsync([], [], 99));
        Assert.Equal(RunStatus.Faulted, await bench.StatusAsync(run));
        Assert.Empty(await MendAsync(new() { ["Times"] = "3" }, new() { ["Note"] = "paid" }, (await bench.RunAsync(run)).Version));
        await bench.DrainAsync();

        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        Assert.EndsWith(":paid", (await bench.MarksAsync())[^1], StringComparison.Ordinal);
        Assert.Equal(
            "Attempt 2 with another Times, Note: Li: noted",
            await bench.AskAsync(db => db.RunJournal.Where(j => j.What == "Retried").Select(j => j.Text).SingleAsync())
        );
        await bench.AssertJournalHasNoGapsAsync();

        async Task<List<string>> MendAsync(Dictionary<string, string> inputs, Dictionary<string, string> variables, int? seen) =>
            await bench.Store.InScopeAsync(
                async (_, services) =>
                {
                    var mend = services.GetRequiredService<MendActivity>();
                    var problems = await mend.HandleAsync(run, incident.Execution, inputs, variables, "Li: noted", seen, default);
                    return problems.Select(p => p.En).ToList();
                }
            );
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Trying_a_run_whose_bursts_died_again_is_kept_in_its_journal(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("caller", Sequence(Leave("a"), Text("Elsa.DispatchWorkflow", "workflowDefinitionId", "nobody")));
        var run = await bench.StartAsync("caller");
        await bench.DrainAsync();
        Assert.Equal(RunStatus.Faulted, await bench.StatusAsync(run));

        await bench.PublishAsync("nobody", Sequence(Event("go")));
        Assert.Null(await bench.Store.InScopeAsync((_, s) => s.GetRequiredService<RetryRun>().HandleAsync(run, null, "Li: done", default)));
        await bench.DrainAsync();

        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        var first = await bench.AskAsync(db => db.RunJournal.Where(j => j.RunId == run).OrderBy(j => j.Seq).FirstAsync());
        Assert.Equal((1, "Retried", "Li: done"), (first.Seq, first.What, first.Text));
        await bench.AssertJournalHasNoGapsAsync();
    }
}
