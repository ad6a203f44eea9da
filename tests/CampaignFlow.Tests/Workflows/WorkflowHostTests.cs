using System.Diagnostics;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class WorkflowHostTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task The_host_outlives_an_error_and_carries_a_run_through_its_timer(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind, services => services.AddSingleton(TimeProvider.System).AddWorkflowHost());
        await bench.PublishAsync("story", Sequence(Leave("a"), Delay("00:00:00.3000000"), Leave("b")));
        var failures = 0;
        bench.Faults.Hook = point =>
        {
            if (point == Faults.Claimed && failures++ == 0)
                throw new IOException("The connection is lost.");
        };
        var hosted = bench.Store.Services.GetServices<IHostedService>().ToList();
        foreach (var service in hosted)
            await service.StartAsync(CancellationToken.None);
        var run = await bench.StartAsync("story");
        bench.Store.Services.GetRequiredService<WakeUp>().Ring();

        for (var patience = Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(60); await Task.Delay(50))
        {
            if (await bench.StatusAsync(run) == RunStatus.Finished)
                break;
        }
        foreach (var service in hosted)
            await service.StopAsync(CancellationToken.None);

        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        Assert.InRange(failures, 3, int.MaxValue); // the one that threw and one claim for each burst
        Assert.Equal(2, (await bench.MarksAsync()).Count);
        Assert.Equal(0, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Owner != null)));
    }
}
