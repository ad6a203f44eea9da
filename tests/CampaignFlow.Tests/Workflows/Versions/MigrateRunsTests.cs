using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Versions;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows.Versions;

/// <summary>Running campaigns go over to another version, on both databases.</summary>
public sealed class MigrateRunsTests
{
    private static readonly Author Li = new(Guid.NewGuid(), "Li");
    private static readonly Guid Migration = Guid.NewGuid();

    private static readonly string Old = Sequence(Ask("a"), Delay("1.00:00:00"), Ask("c"));

    // The second ask is new, the rest keeps its ids.
    private static readonly string New = Old.Replace(
        "{\"id\":\"a2\"",
        "{\"id\":\"extra\"," + Ask("extra") + "},{\"id\":\"a2\"",
        StringComparison.Ordinal
    );

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Runs_go_over_go_on_and_those_that_have_not_moved_can_go_back(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        var (first, second, third) = await ThreeRunsAsync(bench);
        var due = await bench.AskAsync(db => db.RunBookmarks.SingleAsync(b => b.RunId == second && b.DueAt != null));

        var preview = await PreviewAsync(bench);
        Assert.Equal((1, 0, 2), (preview.At(ChangePlace.Before), preview.At(ChangePlace.At), preview.At(ChangePlace.After)));
        Assert.Equal(3, preview.Go);
        Assert.Equal(1, await VersionOfAsync(bench, first)); // the preview has written nothing
        Assert.Equal(0, await bench.AskAsync(db => db.RunMigrations.CountAsync()));
        var before = await bench.RunAsync(third);

        Assert.Null(await MigrateAsync(bench));

        Assert.Equal("2 2 2", await VersionsOfAsync(bench, first, second, third));
        Assert.Equal(
            due.DueAt,
            await bench.AskAsync(db => db.RunBookmarks.Where(b => b.RunId == second).Select(b => b.DueAt).SingleAsync())
        );
        var line = await bench.AskAsync(db => db.RunJournal.SingleAsync(j => j.RunId == first && j.What == "Migrated"));
        Assert.Equal("From version 1 to 2 by Li.", line.Text);
        await bench.SignalAsync("task", "a", "first");
        await bench.DrainAsync();
        Assert.Contains("asked:extrafirst", await bench.MarksAsync()); // it meets the new step

        Assert.Equal((2, 1), await RollBackAsync(bench));

        var back = await bench.RunAsync(third);
        Assert.Equal((before.State, before.VersionId, before.Ready), (back.State, back.VersionId, back.Ready));
        Assert.Equal(2, await VersionOfAsync(bench, first)); // it has moved on
        var stays = await bench.AskAsync(db => db.MigratedRuns.SingleAsync(r => r.RunId == first));
        Assert.Contains("moved on", stays.WhyEn, StringComparison.Ordinal);
        await bench.AssertJournalHasNoGapsAsync();
        bench.Clock.Advance(TimeSpan.FromDays(2));
        await bench.DrainAsync();
        await bench.SignalAsync("task", "c", "second");
        await bench.SignalAsync("task", "c", "third");
        await bench.DrainAsync();
        foreach (var run in new[] { second, third })
            Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        Assert.DoesNotContain(await bench.MarksAsync(), m => m.StartsWith("asked:extras", StringComparison.Ordinal));
    }

    public static TheoryData<DatabaseKind, string> Points() =>
        new(
            from kind in Enum.GetValues<DatabaseKind>()
            from point in new[] { Faults.BeforeMigration, Faults.DuringMigration, Faults.AfterMigration }
            select (kind, point)
        );

    [Theory]
    [MemberData(nameof(Points))]
    public async Task What_a_crash_leaves_is_continued_and_nothing_is_done_twice(DatabaseKind kind, string point)
    {
        await using var bench = await CreateAsync(kind);
        var (first, second, third) = await ThreeRunsAsync(bench);
        var passed = 0;
        bench.Faults.Hook = p =>
        {
            if (p == point && ++passed == 2)
                throw new IOException("The process is gone.");
        };

        await Assert.ThrowsAsync<IOException>(() => MigrateAsync(bench));
        var done = await bench.AskAsync(db => db.MigratedRuns.CountAsync(r => r.State == MigrationState.Migrated));
        Assert.InRange(done, 1, 2);
        Assert.Null(await MigrateAsync(bench)); // the same id: what is left is done

        Assert.Equal(3, await bench.AskAsync(db => db.MigratedRuns.CountAsync(r => r.State == MigrationState.Migrated)));
        foreach (var run in new[] { first, second, third })
        {
            Assert.Equal(2, await VersionOfAsync(bench, run));
            Assert.Equal(1, await bench.AskAsync(db => db.RunJournal.CountAsync(j => j.RunId == run && j.What == "Migrated")));
        }
        await bench.AssertJournalHasNoGapsAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_run_that_somebody_works_on_is_left_and_a_late_burst_on_the_old_state_is_refused(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("story", Old);
        var run = await bench.StartAsync("story", "first", "first");
        await bench.DrainAsync();
        await bench.PublishAsync("story", New);
        await bench.SignalAsync("task", "a", "first");
        var claimed = await bench.Runner.ClaimAsync(CancellationToken.None);

        Assert.Null(await MigrateAsync(bench, left: 1));
        Assert.Equal(1, await VersionOfAsync(bench, run));
        Assert.Equal(1, await bench.Runner.WorkAsync(claimed, [], CancellationToken.None));
        Assert.Null(await MigrateAsync(bench));
        Assert.Equal(2, await VersionOfAsync(bench, run));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_wait_without_a_successor_is_refused_until_somebody_says_what_it_has_become(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await bench.PublishAsync("story", Sequence(Ask("a")));
        var run = await bench.StartAsync("story", "first", "first");
        await bench.DrainAsync();
        await bench.PublishAsync("story", Sequence(Ask("a")).Replace("\"a1\"", "\"asking\"", StringComparison.Ordinal));

        var refused = Assert.Single((await PreviewAsync(bench)).Runs);
        Assert.False(refused.Goes);
        Assert.Contains("does not have", refused.Happens.En, StringComparison.Ordinal);
        Assert.Contains("新版本中没有它", refused.Happens.Zh, StringComparison.Ordinal);
        Assert.Null(await MigrateAsync(bench));
        Assert.Equal(MigrationState.Refused, await bench.AskAsync(db => db.MigratedRuns.Select(r => r.State).SingleAsync()));

        Assert.Null(await MigrateAsync(bench, Guid.NewGuid(), ("a1", "asking")));
        Assert.Equal(2, await VersionOfAsync(bench, run));
        var line = await bench.AskAsync(db => db.RunJournal.SingleAsync(j => j.What == "Migrated"));
        Assert.Equal("From version 1 to 2 by Li: a1 is asking.", line.Text);
        await bench.SignalAsync("task", "a", "first");
        await bench.DrainAsync();
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        Assert.Equal(["asked:afirst", "answered:afirst:hello"], await bench.MarksAsync()); // asked once, under either name
    }

    [Fact]
    public async Task A_branch_that_need_not_wait_any_more_goes_on_by_itself()
    {
        await using var bench = await CreateAsync(DatabaseKind.Sqlite);
        static string Flow(string last) =>
            $$"""
                {"name":"Test","root":{"id":"f","type":"Elsa.Flowchart","activities":[
                  {"id":"fork","type":"Elsa.FlowFork","branches":["A","B"]}, {"id":"a",{{Ask("a")}} }, {"id":"b",{{Ask("b")}} },
                  {"id":"join","type":"Elsa.FlowJoin","mode":"WaitAll"}, {"id":"end",{{Leave("end")}} }],
                  "connections":[{{Link("fork", "a", "A")}},{{Link("fork", "b", "B")}},{{Link("a", "join")}},{{Link(
                    "join",
                    "end"
                )}}{{last}}]} }
                """;
        static string Link(string from, string to, string port = "Done") =>
            $$"""{"source":{"activity":"{{from}}","port":"{{port}}"},"target":{"activity":"{{to}}","port":"In"} }""";
        await bench.PublishAsync("story", Flow("," + Link("b", "join")));
        await bench.StartAsync("story", "first", "first");
        await bench.DrainAsync();
        await bench.SignalAsync("task", "a", "first");
        await bench.DrainAsync();
        await bench.PublishAsync("story", Flow(""));

        Assert.Equal("end", Assert.Single((await PreviewAsync(bench)).Runs[0].Outcome.Starts, s => s.Id == "end").Id);
        Assert.Null(await MigrateAsync(bench));
        await bench.DrainAsync();

        Assert.Contains(await bench.MarksAsync(), m => m.EndsWith(":end", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_chosen_runs_go_over_and_never_to_a_version_that_nobody_published()
    {
        await using var bench = await CreateAsync(DatabaseKind.Sqlite);
        var (first, second, _) = await ThreeRunsAsync(bench);
        await bench.Store.InScopeAsync((_, s) => s.GetRequiredService<SaveDraft>().HandleAsync("story", Old + " ", Li, null, default));

        var no = await PrepareAsync(bench, new(Guid.NewGuid(), "story", 1, 3, new Dictionary<string, string>(), null, "Li"));
        Assert.Equal("Version 3 is not published: runs only go over to a version that is or was in use.", no?.En);
        Assert.Null(await PrepareAsync(bench, new(Migration, "story", 1, 2, new Dictionary<string, string>(), [second], "Li")));
        await ContinueAsync(bench, Migration);
        Assert.Equal("1 2", await VersionsOfAsync(bench, first, second));
    }

    private static async Task<(Guid First, Guid Second, Guid Third)> ThreeRunsAsync(Bench bench)
    {
        await bench.PublishAsync("story", Old);
        var runs = new List<Guid>();
        foreach (var name in new[] { "first", "second", "third" })
        {
            runs.Add(await bench.StartAsync("story", name, name));
            await bench.DrainAsync();
            if (name != "first")
                await bench.SignalAsync("task", "a", name);
            await bench.DrainAsync();
        }
        await bench.PublishAsync("story", New);
        return (runs[0], runs[1], runs[2]);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task An_incident_is_listed_under_the_name_its_step_has_in_the_version_of_its_run(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        string Broken(string id) => Sequence(Text("Test.Break", "how", "fault")).Replace("\"a1\"", $"\"{id}\"", StringComparison.Ordinal);
        await bench.PublishAsync("story", Broken("old"));
        await bench.StartAsync("story", "first", "first");
        await bench.DrainAsync();
        await bench.PublishAsync("story", Broken("newer"));
        Task<string> ActivityAsync() => bench.AskAsync(db => db.RunIncidents.Select(i => i.Activity + "/" + i.Name).SingleAsync());

        Assert.Null(await MigrateAsync(bench, Migration, ("old", "newer")));
        Assert.Equal("newer/newer", await ActivityAsync());
        Assert.Equal((1, 0), await RollBackAsync(bench));
        Assert.Equal("old/old", await ActivityAsync());
    }

    private static Task<int> VersionOfAsync(Bench bench, Guid run) =>
        bench.AskAsync(db =>
            (from r in db.Runs join v in db.WorkflowVersions on r.VersionId equals v.Id where r.Id == run select v.Version).SingleAsync()
        );

    private static async Task<string> VersionsOfAsync(Bench bench, params Guid[] runs)
    {
        var versions = new List<int>();
        foreach (var run in runs)
            versions.Add(await VersionOfAsync(bench, run));
        return string.Join(' ', versions);
    }

    private static async Task<MigrationPreview> PreviewAsync(Bench bench) =>
        (
            await bench.Store.InScopeAsync(
                (_, s) => s.GetRequiredService<PreviewMigration>().HandleAsync("story", 1, 2, new Dictionary<string, string>(), default)
            )
        ).Preview!;

    private static Task<Phrase?> PrepareAsync(Bench bench, MigrationRequest asked) =>
        bench.Store.InScopeAsync((_, s) => s.GetRequiredService<MigrateRuns>().PrepareAsync(asked, default));

    private static Task<int> ContinueAsync(Bench bench, Guid id) =>
        bench.Store.InScopeAsync((_, s) => s.GetRequiredService<MigrateRuns>().ContinueAsync(id, null, default));

    private static Task<Phrase?> MigrateAsync(Bench bench, int left = 0) => MigrateAsync(bench, Migration, left);

    private static Task<Phrase?> MigrateAsync(Bench bench, Guid id, params (string, string)[] chosen) => MigrateAsync(bench, id, 0, chosen);

    private static async Task<Phrase?> MigrateAsync(Bench bench, Guid id, int left, params (string Old, string New)[] chosen)
    {
        var refusal = await PrepareAsync(bench, new(id, "story", 1, 2, chosen.ToDictionary(c => c.Old, c => c.New), null, "Li"));
        if (refusal is null)
            Assert.Equal(left, await ContinueAsync(bench, id));
        return refusal;
    }

    private static Task<(int Back, int Refused)> RollBackAsync(Bench bench) =>
        bench.Store.InScopeAsync((_, s) => s.GetRequiredService<RollBackMigration>().HandleAsync(Migration, null, Li, default));
}
