using System.Diagnostics;
using System.Net;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class StormStartTests
{
    private const int Timers = 25_000;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_start_on_25000_overdue_timers_answers_at_once_and_so_does_another_workflow(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        bench.Clock.Now = DateTimeOffset.UtcNow.AddDays(-1);
        await bench.PublishAsync("flood", Sequence(Delay("01:00:00"), Text("Elsa.WriteLine", "text", "It rang.")));
        await bench.PublishAsync("calm", Sequence(Event("go")));
        await bench.StartAsync("flood", "model");
        var calm = await bench.StartAsync("calm", "calm", "calm");
        await bench.DrainAsync();
        await Flood.CopyRunAsync(bench.Store, "model", Timers);
        var database = bench.Store.Services.GetRequiredService<StorageOptions>().ConnectionString;
        bench.Store.LeaveTheFolder();

        await using (
            var host = new TestHost
            {
                Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings:CampaignFlow"] = database },
            }
        )
        {
            using var visitor = host.Visitor();
            using var live = await visitor.GetAsync("/health/live");
            using var page = await visitor.GetAsync("/sign-in");
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, page.StatusCode));
            Assert.InRange(await WaitingAsync(bench), 1, Timers);

            await bench.Store.InScopeAsync(
                async (db, _) =>
                {
                    await db.SignalAsync("event", "go", "calm", null, "go", DateTimeOffset.UtcNow, CancellationToken.None);
                    await db.SaveChangesAsync();
                }
            );
            for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(20))
            {
                if (await bench.StatusAsync(calm) == RunStatus.Finished)
                    break;
            }
            Assert.Equal(RunStatus.Finished, await bench.StatusAsync(calm));
            Assert.InRange(await WaitingAsync(bench), 1, Timers);
        }

        // It stopped in the middle of the storm: nothing is half done, and nobody holds a run.
        Assert.Equal(0, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Owner != null)));
        var rang = await bench.AskAsync(db => db.Runs.CountAsync(r => r.DefinitionId == "flood" && r.Status == RunStatus.Finished));
        Assert.Equal(rang, await bench.AskAsync(db => db.RunJournal.CountAsync(j => j.What == "Message" && j.Text == "It rang.")));
        Assert.Equal(Timers + 1 - rang, await WaitingAsync(bench));
    }

    private static Task<int> WaitingAsync(Bench bench) =>
        bench.AskAsync(db => db.Runs.CountAsync(r => r.DefinitionId == "flood" && r.Status == RunStatus.Suspended));
}
