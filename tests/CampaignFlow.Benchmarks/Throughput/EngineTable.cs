using System.Globalization;
using CampaignFlow.Storage;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>How much is measured.</summary>
/// <param name="Rounds">Each contender has its turn in every round.</param>
internal sealed record Extent(int Rounds, int MemoryRounds, int Runs, int Effects, int Waiting, int Timers)
{
    public static readonly Extent Whole = new(7, 5, 400, 1_000, 10_000, 10_000);
    public static readonly Extent Quick = new(5, 2, 100, 300, 2_500, 1_500);

    /// <summary>Every commit is on the disk there, and plain EF makes a dozen a run.</summary>
    public Extent OnSqlite => this with { Runs = Runs / 4, Effects = Effects / 4 };
}

/// <summary>
/// Throughput of the durable engine beside a floor without engine logic and beside plain EF, what it holds in memory and what a storm
/// of timers costs. The contenders take turns in every round, so that a busy machine disturbs all of them; the tables show medians.
/// </summary>
internal static class EngineTable
{
    private static readonly string[] Lines =
    [
        "start",
        "burst to the wait",
        "start + suspend",
        "signal",
        "burst to the end",
        "resume",
        "effect",
    ];

    /// <param name="args">A section's name (all: none) and <c>--quick</c>.</param>
    public static async Task PrintAsync(IReadOnlyList<string> args)
    {
        var extent = args.Contains("--quick", StringComparer.Ordinal) ? Extent.Quick : Extent.Whole;
        var only = args.FirstOrDefault(a => !a.StartsWith('-'));
        var sections = new (string Name, Func<Task> PrintAsync)[]
        {
            ("postgres", () => DurableAsync(DatabaseKind.Postgres, extent)),
            ("sqlite", () => DurableAsync(DatabaseKind.Sqlite, extent.OnSqlite)),
            ("cost", () => BurstCosts.PrintAsync(extent)),
            ("memory", () => InMemory.PrintAsync(extent)),
            ("heap", () => WaitingRuns.PrintAsync(extent)),
            ("storm", () => TimerStorm.PrintAsync(extent)),
        };
        foreach (var (_, printAsync) in sections.Where(s => only is null || s.Name == only))
        {
            await printAsync();
            Console.WriteLine();
        }
    }

    private static async Task DurableAsync(DatabaseKind kind, Extent extent)
    {
        var sample = await Sample.TakeAsync();
        await using Contender floor =
            kind == DatabaseKind.Postgres
                ? new RawFloor(await Contender.StoreAsync(kind), sample)
                : new SqliteFloor(await Contender.StoreAsync(kind), sample);
        await using var plain = new PlainEf(await Contender.StoreAsync(kind), sample);
        await using var ours = new Ours(await Contender.StoreAsync(kind));
        var meter = new Meter();
        for (var round = -1; round < extent.Rounds; round++)
        {
            if (round == 0)
                meter = new(); // the first round only warmed up
            foreach (var contender in new[] { floor, plain, ours })
                await RoundAsync(meter, contender, round, extent);
        }
        Console.WriteLine(
            $"{kind}, {sample.Suspended.Count} and {sample.Resumed.Count} journal lines; /s (client CPU ms); medians of {extent.Rounds} rounds of {extent.Runs} runs, {extent.Effects} effects"
        );
        Table(meter, floor.Name, plain.Name, ours.Name);
    }

    private static async Task RoundAsync(Meter meter, Contender contender, int round, Extent extent)
    {
        var runs = Enumerable.Range(0, extent.Runs).Select(i => string.Create(CultureInfo.InvariantCulture, $"run-{round}-{i}")).ToList();
        await MeasureAsync(
            "start + suspend",
            async () =>
            {
                await MeasureAsync("start", () => contender.ForEachAsync(runs, contender.StartAsync));
                await MeasureAsync("burst to the wait", () => contender.CarryOnAsync(runs.Count));
            }
        );
        await MeasureAsync(
            "resume",
            async () =>
            {
                await MeasureAsync("signal", () => contender.ForEachAsync(runs, contender.SignalAsync));
                await MeasureAsync("burst to the end", () => contender.CarryOnAsync(runs.Count));
            }
        );
        await contender.PublishEffectsAsync(extent.Effects);
        await meter.MeasureAsync("effect", contender.Name, extent.Effects, () => contender.DeliverEffectsAsync(extent.Effects));

        Task MeasureAsync(string line, Func<Task> work) => meter.MeasureAsync(line, contender.Name, runs.Count, work);
    }

    private static void Table(Meter meter, string floor, string plain, string ours)
    {
        Console.WriteLine($"{"", -20}{floor, 18}{plain, 18}{ours, 18}{"of floor", 10}{"x plain", 9}   spread of ours");
        foreach (var line in Lines)
        {
            var (f, p, o) = (meter.Of(line, floor), meter.Of(line, plain), meter.Of(line, ours));
            var (low, high) = meter.Spread(line, ours);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line, -20}{Cell(f), 18}{Cell(p), 18}{Cell(o), 18}{o.PerSecond / f.PerSecond, 10:P0}{o.PerSecond / p.PerSecond, 9:0.0}   {low:0}-{high:0}"
                )
            );
        }
    }

    private static string Cell(Figures figures) =>
        string.Create(CultureInfo.InvariantCulture, $"{figures.PerSecond:0} ({figures.CpuMs:0.00})");
}
