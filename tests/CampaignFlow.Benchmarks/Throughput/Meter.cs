using System.Diagnostics;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>One contender's medians of one kind of work.</summary>
/// <param name="PerSecond">Pieces of work a second.</param>
/// <param name="CpuMs">Processor time of this process a piece, in milliseconds; the database server's is not in it.</param>
internal readonly record struct Figures(double PerSecond, double CpuMs);

/// <summary>Collects rounds and answers with medians, so that one disturbed round changes nothing.</summary>
internal sealed class Meter
{
    private readonly Dictionary<(string Line, string Who), List<Figures>> rounds = [];

    public async Task MeasureAsync(string line, string who, int pieces, Func<Task> work)
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        await work();
        watch.Stop();
        process.Refresh();
        cpu = process.TotalProcessorTime - cpu;
        if (!rounds.TryGetValue((line, who), out var list))
            rounds[(line, who)] = list = [];
        list.Add(new(pieces / watch.Elapsed.TotalSeconds, cpu.TotalMilliseconds / pieces));
    }

    public Figures Of(string line, string who) =>
        new(Median(rounds[(line, who)].Select(f => f.PerSecond)), Median(rounds[(line, who)].Select(f => f.CpuMs)));

    /// <summary>Slowest and fastest round: how noisy the machine was.</summary>
    public (double Low, double High) Spread(string line, string who) =>
        (rounds[(line, who)].Min(f => f.PerSecond), rounds[(line, who)].Max(f => f.PerSecond));

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
