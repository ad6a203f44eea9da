using System.Globalization;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>What runs that wait in the database cost the process in memory.</summary>
internal static class WaitingRuns
{
    private const int Together = 500;
    private const int Warm = 1_000;

    public static async Task PrintAsync(Extent extent)
    {
        await using var store = await Contender.StoreAsync(DatabaseKind.Postgres);
        await StartAsync(store, "warm", Warm);
        var before = Heap();
        await StartAsync(store, "waits", extent.Waiting);
        var grown = (Heap() - before) / 1024.0 / 1024.0;
        var waiting = await store.InScopeAsync((db, _) => db.RunBookmarks.CountAsync());
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Heap: {grown * 10_000 / extent.Waiting:0.00} MB for 10,000 waiting durable runs (measured with {waiting - Warm})"
            )
        );
    }

    private static async Task StartAsync(TestStore store, string name, int runs)
    {
        foreach (
            var keys in Enumerable.Range(0, runs).Select(i => string.Create(CultureInfo.InvariantCulture, $"{name}-{i}")).Chunk(Together)
        )
            await store.InScopeAsync(
                async (db, services) =>
                {
                    foreach (var key in keys)
                        await services.GetRequiredService<WorkflowRuns>().StartAsync("ten", key, key, null, CancellationToken.None);
                    await db.SaveChangesAsync();
                }
            );
        await store.Services.GetRequiredService<WorkflowRunner>().DrainAsync(CancellationToken.None);
    }

    private static long Heap()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
