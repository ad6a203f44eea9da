using System.Diagnostics;
using System.Globalization;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>Timers that are due in the same second, and a run of another workflow that is signalled behind them.</summary>
internal static class TimerStorm
{
    private const string Definition = """
        {"name":"Storm","root":{"id":"root","type":"Elsa.Sequence","activities":[
          {"id":"wait","type":"Elsa.Delay","timeSpan":{"typeName":"TimeSpan","expression":{"type":"Literal","value":"00:00:01"}}},
          {"id":"line","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Literal","value":"It rang."}}}]}}
        """;

    public static async Task PrintAsync(Extent extent)
    {
        foreach (var kind in Enum.GetValues<DatabaseKind>())
        {
            await using var store = await Contender.StoreAsync(kind);
            await store.Services.GetRequiredService<WorkflowFiles>().PublishAsync("storm", "Storm", Definition, CancellationToken.None);
            var calm = new Ours(store); // the store is let go of by itself
            var runner = store.Services.GetRequiredService<WorkflowRunner>();
            await calm.StartAsync("calm");
            await StartAsync(store);
            await runner.DrainAsync(CancellationToken.None);
            await Flood.CopyRunAsync(store, "model", extent.Timers);
            await Task.Delay(TimeSpan.FromSeconds(1.1));
            await calm.SignalAsync("calm");

            var watch = Stopwatch.StartNew();
            var (claims, fired) = (0, 0);
            TimeSpan? answered = null;
            while (await runner.DrainAsync(CancellationToken.None, mostClaims: 1) is > 0 and var some)
            {
                (claims, fired) = (claims + 1, fired + some);
                answered ??= await IsOverAsync(store) ? watch.Elapsed : null;
            }
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kind}, {extent.Timers} timers of one second: {fired / watch.Elapsed.TotalSeconds:0}/s in {claims} claims; the other workflow's answer after {answered?.TotalMilliseconds:0} ms"
                )
            );
        }
    }

    private static Task StartAsync(TestStore store) =>
        store.InScopeAsync(
            async (db, services) =>
            {
                await services.GetRequiredService<WorkflowRuns>().StartAsync("storm", "model", "model", null, CancellationToken.None);
                await db.SaveChangesAsync();
            }
        );

    private static Task<bool> IsOverAsync(TestStore store) =>
        store.InScopeAsync((db, _) => db.Runs.AnyAsync(r => r.Key == "calm" && r.Status == RunStatus.Finished));
}
