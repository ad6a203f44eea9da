using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Archive;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class RetentionTests
{
    private static readonly TimeSpan Year = TimeSpan.FromDays(365);

    public static TheoryData<DatabaseKind, string> Points()
    {
        var rows = new TheoryData<DatabaseKind, string>();
        foreach (var kind in Enum.GetValues<DatabaseKind>())
        foreach (var point in SweepPoints.All)
            rows.Add(kind, point);
        return rows;
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task What_is_over_goes_to_the_archive_as_it_was_and_out_of_the_database(DatabaseKind kind)
    {
        await using var bench = await StoryAsync(kind);
        var runs = await StartAsync(bench, 130); // more than one batch of each step
        var waiting = await bench.StartAsync("waits");
        await bench.DrainAsync();
        await LengthenAsync(bench, runs[7], 4500); // more than one bounded delete
        var before = await bench.AskAsync(db => db.Runs.AsNoTracking().SingleAsync(r => r.Id == runs[7]));
        var lines = await LinesAsync(bench, runs[7]);
        bench.Clock.Advance(Year);

        Assert.Null(await SweepAsync(bench));

        Assert.Equal([waiting], await bench.AskAsync(db => db.Runs.Select(r => r.Id).ToListAsync()));
        Assert.Equal([waiting], await bench.AskAsync(db => db.RunJournal.Select(j => j.RunId).Distinct().ToListAsync()));
        var folder = bench.Store.Services.GetRequiredService<ArchiveFolder>();
        var manifest = Assert.Single(folder.Manifests());
        Assert.Equal((130, "story"), (manifest.Runs, manifest.Definition));
        Assert.True(await folder.IsWholeAsync(manifest, default));
        Assert.Empty(folder.Unfinished());
        var (file, run, journal) = (await folder.FindAsync(runs[7], default))!.Value;
        Assert.Equal(manifest.File, file);
        Assert.Equal((before.Key, before.Status, before.Version), (run.Key, run.Status, run.Version));
        Assert.Equal(JsonSerializer.Serialize(JsonDocument.Parse(before.State).RootElement), JsonSerializer.Serialize(run.State));
        Assert.Equal(lines, journal.Select(j => JsonSerializer.Serialize(j)));
        var sweep = await bench.AskAsync(db => db.Sweeps.AsNoTracking().SingleAsync());
        Assert.Equal((130L, manifest.JournalLines, null), (sweep.Runs, sweep.JournalLines, sweep.Error));
        Assert.NotNull(sweep.FinishedAt);
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task A_sweep_that_is_killed_goes_on_and_loses_nothing(DatabaseKind kind, string point)
    {
        await using var bench = await StoryAsync(kind);
        var runs = await StartAsync(bench, 60);
        await LengthenAsync(bench, runs[0], 2500);
        var lines = await bench.AskAsync(db => db.RunJournal.CountAsync());
        bench.Clock.Advance(Year);
        // The second time only, so that something is half done; "written" and "noted" come once.
        var seen = 0;
        var at = point is SweepPoints.Written or SweepPoints.Noted ? 1 : 2;
        bench.Faults.Hook = p =>
        {
            if (p == point && ++seen == at)
                throw new IOException("The cable is cut.");
        };

        await Assert.ThrowsAsync<IOException>(() => SweepAsync(bench));
        foreach (var gone in runs.Except(await bench.AskAsync(db => db.Runs.Select(r => r.Id).ToListAsync())))
            Assert.NotNull(await bench.AskAsync(db => db.ArchivedRuns.FindAsync(gone).AsTask()));
        Assert.Contains("cable", (await bench.AskAsync(db => db.Sweeps.SingleAsync())).Error, StringComparison.Ordinal);
        Assert.Null(await SweepAsync(bench));

        Assert.Equal(at, seen > at ? at : seen);
        Assert.Equal(0, await bench.AskAsync(db => db.Runs.CountAsync()));
        Assert.Equal(0, await bench.AskAsync(db => db.RunJournal.CountAsync()));
        Assert.Equal(60, await bench.AskAsync(db => db.ArchivedRuns.CountAsync()));
        var folder = bench.Store.Services.GetRequiredService<ArchiveFolder>();
        Assert.Equal((60, lines), (folder.Manifests().Sum(m => m.Runs), (int)folder.Manifests().Sum(m => m.JournalLines)));
        Assert.Empty(folder.Unfinished());
        foreach (var run in runs)
            Assert.NotNull(await folder.FindAsync(run, default));
    }

    [Fact]
    public async Task A_file_that_was_not_finished_is_written_anew()
    {
        await using var bench = await StoryAsync(DatabaseKind.Sqlite);
        await StartAsync(bench, 1);
        bench.Clock.Advance(Year);
        var folder = bench.Store.Services.GetRequiredService<ArchiveFolder>();
        Directory.CreateDirectory(folder.Path);
        var half = Path.Combine(folder.Path, "2027-11-02.story.jsonl.gz.tmp");
        await File.WriteAllTextAsync(half, "half a li");

        Assert.Null(await SweepAsync(bench));

        Assert.False(File.Exists(half));
        Assert.Single(folder.Manifests());
    }

    [Theory]
    [InlineData("campaign active", 365, 0)]
    [InlineData("campaign on hold", 365, 0)]
    [InlineData("campaign over", 365, 1)]
    [InlineData("day before", 179, 0)]
    [InlineData("day after", 181, 1)]
    [InlineData("faulted", 365, 0)]
    [InlineData("own 400", 365, 0)]
    [InlineData("own 400", 401, 1)]
    [InlineData("own never", 9000, 0)]
    [InlineData("own nonsense", 9000, 0)]
    [InlineData("set 10", 11, 1)]
    public async Task The_policy_decides_what_goes(string what, int days, int gone)
    {
        await using var bench = await CreateAsync(
            DatabaseKind.Sqlite,
            services => services.AddSingleton(Policy(what == "set 10" ? new() { ["Retention:Workflows:story"] = "10" } : []))
        );
        var own = what.StartsWith("own", StringComparison.Ordinal) ? what[4..] : null;
        var json = Sequence(what == "faulted" ? Text("Test.Break", "how", "fault") : Leave("a"));
        await bench.PublishAsync(
            "story",
            own is null
                ? json
                : json.Replace("{\"name\"", $"{{\"customProperties\":{{\"retentionDays\":\"{own}\"}},\"name\"", StringComparison.Ordinal)
        );
        string? correlation = null;
        if (what.StartsWith("campaign", StringComparison.Ordinal))
            correlation = await CampaignAsync(
                bench,
                what switch
                {
                    "campaign over" => CampaignState.Completed,
                    "campaign on hold" => CampaignState.OnHold,
                    _ => CampaignState.Active,
                }
            );
        await bench.StartAsync("story", "one", correlation);
        await bench.DrainAsync();
        bench.Clock.Advance(TimeSpan.FromDays(days));

        Assert.Null(await SweepAsync(bench));

        Assert.Equal(gone, await bench.AskAsync(db => db.ArchivedRuns.CountAsync()));
        Assert.Equal(1 - gone, await bench.AskAsync(db => db.Runs.CountAsync()));
    }

    [Fact]
    public async Task A_child_stays_as_long_as_its_parent_runs()
    {
        await using var bench = await StoryAsync(DatabaseKind.Postgres);
        await bench.PublishAsync("parent", Sequence(Text("Elsa.ExecuteWorkflow", "workflowDefinitionId", "story"), Event("go")));
        await bench.StartAsync("parent");
        await bench.DrainAsync();
        bench.Clock.Advance(Year);
        Assert.Null(await SweepAsync(bench));
        Assert.Equal(2, await bench.AskAsync(db => db.Runs.CountAsync()));

        await bench.SignalAsync("event", "go");
        await bench.DrainAsync();
        bench.Clock.Advance(TimeSpan.FromDays(1));
        Assert.Null(await SweepAsync(bench));
        Assert.Equal(1, await bench.AskAsync(db => db.Runs.CountAsync())); // the parent, which ended a day ago
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Taken_signals_and_delivered_messages_go_and_what_was_given_up_stays(DatabaseKind kind)
    {
        await using var bench = await StoryAsync(kind);
        var active = await CampaignAsync(bench, CampaignState.Active);
        await bench.Store.InScopeAsync(
            async (db, _) =>
            {
                var now = bench.Clock.Now;
                for (var i = 0; i < 2100; i++)
                {
                    db.InboxSignals.Add(Signal($"taken-{i}", null, now));
                    var sent = Leave.Mark($"sent-{i}", now);
                    db.Outbox.Add(sent);
                }
                db.InboxSignals.Add(Signal("early", null, null));
                db.InboxSignals.Add(Signal("of an active campaign", active, now));
                var dead = Leave.Mark("dead", now);
                (dead.DoneAt, dead.DeadAt) = (null, now);
                db.Outbox.Add(dead);
                await db.SaveChangesAsync();
                var ids = await db.Outbox.Where(m => m.DeadAt == null).Select(m => m.Id).Take(10).ToListAsync();
                db.OutboxReceipts.AddRange(ids.Select(id => new OutboxReceipt { Message = id, Handler = "h" }));
                await db.SaveChangesAsync();
            }
        );
        bench.Clock.Advance(TimeSpan.FromDays(29));
        Assert.Null(await SweepAsync(bench));
        Assert.Equal(2102, await bench.AskAsync(db => db.InboxSignals.CountAsync()));
        bench.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Null(await SweepAsync(bench));

        Assert.Equal(
            ["early", "of an active campaign"],
            await bench.AskAsync(db => db.InboxSignals.Select(s => s.DedupKey).Order().ToListAsync())
        );
        Assert.Equal(["dead"], await bench.AskAsync(db => db.Outbox.Select(m => m.Key).ToListAsync()));
        Assert.Equal(0, await bench.AskAsync(db => db.OutboxReceipts.CountAsync()));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Two_nodes_never_sweep_at_once_and_a_silent_one_is_taken_over_from(DatabaseKind kind)
    {
        await using var bench = await StoryAsync(kind);
        await StartAsync(bench, 3);
        bench.Clock.Advance(Year);
        var second = new List<string?>();
        bench.Faults.Hook = p =>
        {
            if (p == SweepPoints.Written)
                second.Add(Task.Run(() => SweepAsync(bench, "second")).GetAwaiter().GetResult()?.En);
        };
        Assert.Null(await SweepAsync(bench));
        Assert.Equal(["Another node is clearing out already."], second);

        bench.Faults.Hook = null;
        await bench.Store.InScopeAsync(
            (db, _) => db.Sweeps.ExecuteUpdateAsync(set => set.SetProperty(s => s.FinishedAt, (DateTimeOffset?)null))
        );
        Assert.NotNull(await SweepAsync(bench, "third"));
        bench.Clock.Advance(TimeSpan.FromMinutes(6));
        Assert.Null(await SweepAsync(bench, "third"));
    }

    [Fact]
    public async Task Whoever_addresses_an_archived_run_is_told_where_it_is_and_its_key_stays_taken()
    {
        await using var bench = await StoryAsync(DatabaseKind.Sqlite);
        var run = Assert.Single(await StartAsync(bench, 1));
        bench.Clock.Advance(Year);
        Assert.Null(await SweepAsync(bench));

        var answers = await bench.Store.InScopeAsync(
            async (_, s) =>
                new[]
                {
                    await s.GetRequiredService<RetryRun>().HandleAsync(run, default),
                    await s.GetRequiredService<SkipActivity>().HandleAsync(run, "1", null, default),
                    await s.GetRequiredService<CancelRun>().HandleAsync(run, "enough", default),
                    await s.GetRequiredService<RunQueries>().WaitingAsync(run, default),
                }
        );
        Assert.All(answers, a => Assert.Equal("Archived on Tue 2 Nov 2027 in the file 2027-11-02.story.jsonl.gz.", a?.En));
        Assert.Equal("已于 2027年11月2日周二归档到文件 2027-11-02.story.jsonl.gz。", answers[0]?.Zh);
        Assert.Equal(run, await bench.StartAsync("story", "run-0"));
        Assert.Equal(0, await bench.AskAsync(db => db.Runs.CountAsync()));
    }

    [Fact]
    public async Task The_archive_shows_no_secret()
    {
        await using var bench = await CreateAsync(DatabaseKind.Sqlite, services => services.AddSingleton(Policy([])));
        await bench.PublishAsync(
            "story",
            """{"name":"t","variables":[{"id":"v","name":"ShopToken","value":"tok-777"},{"id":"n","name":"Note","value":"plain"}],"root":{"id":"a","type":"Test.Leave","mark":"x"}}"""
        );
        var run = await bench.StartAsync("story");
        await bench.DrainAsync();
        bench.Clock.Advance(Year);
        Assert.Null(await SweepAsync(bench));

        var kept = (await bench.Store.Services.GetRequiredService<ArchiveFolder>().FindAsync(run, default))!.Value.Item2.State.GetRawText();
        Assert.Contains("plain", kept, StringComparison.Ordinal);
        Assert.DoesNotContain("tok-777", kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("a year")]
    public void A_policy_that_cannot_be_meant_is_refused(string days) =>
        Assert.Contains(
            "Retention:RunDays",
            Assert.Throws<StartupRefusal>(() => Policy(new() { ["Retention:RunDays"] = days })).Message,
            StringComparison.Ordinal
        );

    private static RetentionPolicy Policy(Dictionary<string, string?> settings) =>
        RetentionPolicy.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

    private static async Task<Bench> StoryAsync(DatabaseKind kind)
    {
        var bench = await CreateAsync(kind, services => services.AddSingleton(Policy([])));
        await bench.PublishAsync("story", Sequence(Leave("a"), Leave("b")));
        await bench.PublishAsync("waits", Sequence(Event("never")));
        return bench;
    }

    private static async Task<List<Guid>> StartAsync(Bench bench, int count)
    {
        var runs = new List<Guid>();
        for (var i = 0; i < count; i++)
            runs.Add(await bench.StartAsync("story", $"run-{i}"));
        await bench.DrainAsync();
        return runs;
    }

    private static Task<CampaignFlow.Engine.Phrase?> SweepAsync(Bench bench, string node = "first") =>
        bench.Store.InScopeAsync((_, s) => s.GetRequiredService<SweepArchive>().HandleAsync(node, default));

    private static Task LengthenAsync(Bench bench, Guid run, int lines) =>
        bench.Store.InScopeAsync(
            async (db, _) =>
            {
                var last = await db.RunJournal.Where(j => j.RunId == run).MaxAsync(j => j.Seq);
                db.RunJournal.AddRange(
                    Enumerable
                        .Range(last + 1, lines)
                        .Select(n => new RunJournal
                        {
                            RunId = run,
                            Seq = n,
                            At = bench.Clock.Now,
                            What = "Message",
                            Text = $"行 {n}",
                        })
                );
                await db.SaveChangesAsync();
            }
        );

    private static async Task<List<string>> LinesAsync(Bench bench, Guid run) =>
        (await bench.AskAsync(db => db.RunJournal.AsNoTracking().Where(j => j.RunId == run).OrderBy(j => j.Seq).ToListAsync())).ConvertAll(
            j => JsonSerializer.Serialize(j)
        );

    private static Task<string> CampaignAsync(Bench bench, CampaignState state) =>
        bench.Store.InScopeAsync(
            async (db, _) =>
            {
                var campaign = new Campaign
                {
                    Code = "c",
                    Name = "c",
                    Intent = "",
                    Brand = "",
                    Product = "",
                    Currency = "CNY",
                    TimeZone = "UTC",
                    StartsOn = new(2026, 1, 1),
                    EndsOn = new(2026, 2, 1),
                    State = state,
                };
                db.Campaigns.Add(campaign);
                await db.SaveChangesAsync();
                return campaign.Id.ToString();
            }
        );

    private static InboxSignal Signal(string key, string? correlation, DateTimeOffset? taken) =>
        new()
        {
            DedupKey = key,
            Kind = "event",
            Key = key,
            Correlation = correlation,
            At = DateTimeOffset.UnixEpoch,
            TakenAt = taken,
        };
}
