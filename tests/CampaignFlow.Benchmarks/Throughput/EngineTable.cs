using System.Globalization;
using CampaignFlow.Storage;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>
/// Whole-database throughput of the durable engine beside a floor without engine logic and beside plain EF. The contenders take turns
/// in every round, so that a busy machine disturbs all of them; the table shows medians.
/// </summary>
internal static class EngineTable
{
    private const int Runs = 500;
    private const int Effects = 1_000;
    private const int Rounds = 7;

    /// <param name="only">Part of a section's name; empty: all.</param>
    public static async Task PrintAsync(string only)
    {
        foreach (var (name, section) in new (string, Func<Task>)[] { ("postgres", PostgresAsync) })
        {
            if (name.Contains(only, StringComparison.Ordinal))
                await section();
        }
    }

    private static async Task PostgresAsync()
    {
        var sample = await Sample.TakeAsync();
        await using var floor = new RawFloor(await Contender.StoreAsync(DatabaseKind.Postgres), sample);
        await using var plain = new PlainEf(await Contender.StoreAsync(DatabaseKind.Postgres), sample);
        await using var ours = new Ours(await Contender.StoreAsync(DatabaseKind.Postgres));
        var meter = new Meter();
        for (var round = -1; round < Rounds; round++)
        {
            if (round == 0)
                meter = new(); // the first round only warmed up
            foreach (var contender in new Contender[] { floor, plain, ours })
                await RoundAsync(meter, contender, round);
        }
        Console.WriteLine(
            $"PostgreSQL, {sample.Suspended.Count} and {sample.Resumed.Count} journal lines; /s (client CPU ms); medians of {Rounds} rounds of {Runs} runs"
        );
        Table(
            meter,
            floor.Name,
            plain.Name,
            ours.Name,
            ["start", "burst to the wait", "start + suspend", "signal", "burst to the end", "resume", "effect"]
        );
    }

    private static async Task RoundAsync(Meter meter, Contender contender, int round)
    {
        var runs = Enumerable.Range(0, Runs).Select(i => string.Create(CultureInfo.InvariantCulture, $"run-{round}-{i}")).ToList();
        await meter.MeasureAsync(
            "start + suspend",
            contender.Name,
            Runs,
            async () =>
            {
                await meter.MeasureAsync("start", contender.Name, Runs, () => Contender.ForEachAsync(runs, contender.StartAsync));
                await meter.MeasureAsync("burst to the wait", contender.Name, Runs, () => contender.CarryOnAsync(Runs));
            }
        );
        await meter.MeasureAsync(
            "resume",
            contender.Name,
            Runs,
            async () =>
            {
                await meter.MeasureAsync("signal", contender.Name, Runs, () => Contender.ForEachAsync(runs, contender.SignalAsync));
                await meter.MeasureAsync("burst to the end", contender.Name, Runs, () => contender.CarryOnAsync(Runs));
            }
        );
        await contender.PublishEffectsAsync(Effects);
        await meter.MeasureAsync("effect", contender.Name, Effects, () => contender.DeliverEffectsAsync(Effects));
    }

    private static void Table(Meter meter, string floor, string plain, string ours, IReadOnlyList<string> lines)
    {
        Console.WriteLine($"{"", -20}{floor, 18}{plain, 18}{ours, 18}{"of floor", 10}{"x plain", 9}   spread of ours");
        foreach (var line in lines)
        {
            var (f, p, o) = (meter.Of(line, floor), meter.Of(line, plain), meter.Of(line, ours));
            var (low, high) = meter.Spread(line, ours);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line, -20}{Cell(f), 18}{Cell(p), 18}{Cell(o), 18}{o?.PerSecond / f?.PerSecond, 10:P0}{o?.PerSecond / p?.PerSecond, 9:0.0}   {low:0}-{high:0}"
                )
            );
        }
    }

    private static string Cell(Figures? figures) =>
        figures is { } f ? string.Create(CultureInfo.InvariantCulture, $"{f.PerSecond:0} ({f.CpuMs:0.00})") : "-";
}
