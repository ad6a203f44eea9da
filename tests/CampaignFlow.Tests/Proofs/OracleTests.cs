using CampaignFlow.Engine.Tests.Workflows;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Proofs;

/// <summary>Two nodes at once on PostgreSQL do with random processes what one node alone does, one run after the other, on SQLite.</summary>
public sealed class OracleTests
{
    private const int Definitions = 12;
    private const int RunsEach = 4;
    private const int MostRounds = 400;

    [Fact]
    public async Task Two_nodes_write_the_journals_that_one_alone_writes()
    {
        var seed = Environment.TickCount & 0xFFFFFF;
        await using var alone = await Bench.CreateAsync(DatabaseKind.Sqlite, Story.Register);
        await using var shared = await Bench.CreateAsync(DatabaseKind.Postgres, Story.Register);
        await using var other = shared.OtherNode(Story.Register);
        var second = other.GetRequiredService<WorkflowRunner>();

        var expected = await LiveAsync(alone, seed, () => alone.DrainAsync());
        var seen = await LiveAsync(shared, seed, TogetherAsync);

        Assert.Equal(Definitions * RunsEach, expected.Count);
        Assert.All(
            expected,
            run => Assert.True(run.Value == seen[run.Key], $"Seed {seed}, {run.Key}:\n{run.Value}\n-- but two nodes:\n{seen[run.Key]}")
        );
        await shared.AssertJournalHasNoGapsAsync();

        // Either may find the other's claims in its way and stop early.
        async Task TogetherAsync()
        {
            await Task.WhenAll(Task.Run(shared.DrainAsync), Task.Run(() => second.DrainAsync(CancellationToken.None)));
            await shared.DrainAsync();
        }
    }

    /// <returns>The journal of each run without its times, and its end.</returns>
    private static async Task<Dictionary<string, string>> LiveAsync(Bench bench, int seed, Func<Task> drain)
    {
        for (var d = 0; d < Definitions; d++)
        {
            await bench.PublishAsync($"drawn-{d}", RandomWorkflow.Draw(seed + d));
            for (var i = 0; i < RunsEach; i++)
                await bench.StartAsync($"drawn-{d}", $"run-{d}-{i}", $"run-{d}-{i}");
        }
        await drain();
        for (var round = 0; await bench.AskAsync(db => db.Runs.AnyAsync(r => r.FinishedAt == null)); round++)
        {
            Assert.True(round < MostRounds, $"Seed {seed}: a run does not end.");
            foreach (var name in RandomWorkflow.Events)
                await TellAsync(Bookmark.Event, name);
            foreach (var run in await bench.AskAsync(db => db.Runs.Where(r => r.FinishedAt == null).Select(r => r.Key).ToListAsync()))
                await bench.SignalAsync("task", run, run);
            await drain();
            // One timer after the other, so that what is due together is due in one order.
            var next = await bench.AskAsync(db => db.RunBookmarks.MinAsync(b => b.DueAt));
            if (next > bench.Clock.Now)
                bench.Clock.Now = next.Value;
            await drain();
        }
        var lines = await bench.AskAsync(db =>
            db.RunJournal.Join(
                    db.Runs,
                    j => j.RunId,
                    r => r.Id,
                    (j, r) =>
                        new
                        {
                            r.Key,
                            r.Status,
                            j,
                        }
                )
                .OrderBy(l => l.j.Seq)
                .ToListAsync()
        );
        return lines
            .GroupBy(l => l.Key, StringComparer.Ordinal)
            .ToDictionary(
                run => run.Key,
                run =>
                    string.Join(
                        '\n',
                        run.Select(l => $"{l.j.What} {l.j.Activity} {l.j.Execution} {l.j.Text}").Append(run.First().Status.ToString())
                    ),
                StringComparer.Ordinal
            );

        async Task TellAsync(string kind, string key)
        {
            await bench.SignalAsync(kind, key);
            await drain();
        }
    }
}
