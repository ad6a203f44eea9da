using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using CampaignFlow.Storage;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>Statements and commits of bursts, as Npgsql and the product count them; BurstCostTests asks the server.</summary>
internal static class BurstCosts
{
    public static async Task PrintAsync(Extent extent)
    {
        foreach (var kind in Enum.GetValues<DatabaseKind>())
        {
            await using var ours = new Ours(await Contender.StoreAsync(kind));
            var runs = Enumerable.Range(0, extent.Runs).Select(i => string.Create(CultureInfo.InvariantCulture, $"cost-{i}")).ToList();
            await ours.ForEachAsync(runs, ours.StartAsync);
            var start = await CountAsync(() => ours.CarryOnAsync(runs.Count));
            await ours.ForEachAsync(runs, ours.SignalAsync);
            var resume = await CountAsync(() => ours.CarryOnAsync(runs.Count));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{kind}, a burst costs: {(double)start.Commits / runs.Count:0.00} commits{Trips(start, runs.Count)} to the wait, {(double)resume.Commits / runs.Count:0.00}{Trips(resume, runs.Count)} to the end; round trips with those of claims and inbox"
                )
            );
        }
    }

    // Each COMMIT is a round trip, too. SQLite is in the process.
    private static string Trips((int Commands, int Commits) cost, int runs) =>
        cost.Commands == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" and {(double)(cost.Commands + cost.Commits) / runs:0.00} round trips");

    private static async Task<(int Commands, int Commits)> CountAsync(Func<Task> work)
    {
        var (commands, commits) = (0, 0);
        using var statements = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ => Interlocked.Increment(ref commands),
        };
        ActivitySource.AddActivityListener(statements);
        using var counters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument == Instruments.Commits)
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        counters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref commits, (int)count));
        counters.Start();
        await work();
        return (commands, commits);
    }
}
