namespace CampaignFlow.Benchmarks.Matching;

/// <summary>Processor milliseconds of this process by line and contender; answers with medians.</summary>
internal sealed class CpuMeter
{
    private readonly Dictionary<(string Line, string Who), List<double>> rounds = [];
    private readonly Dictionary<int, (string Who, int Holding)> told = [];

    public void Measure(string line, string who, Action work)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var cpu = Environment.CpuUsage.TotalTime;
        work();
        Note(line, who, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds);
    }

    public void Note(string line, string who, double value)
    {
        if (!rounds.TryGetValue((line, who), out var list))
            rounds[(line, who)] = list = [];
        list.Add(value);
    }

    /// <summary>A contender that finds something else than the others has not done the work.</summary>
    public void Agree(int round, string who, int holding)
    {
        if (told.TryGetValue(round, out var other) && other.Holding != holding)
            throw new InvalidOperationException($"{who} finds {holding} that hold, {other.Who} {other.Holding}.");
        told[round] = (who, holding);
    }

    public double? Of(string line, string who)
    {
        if (!rounds.TryGetValue((line, who), out var list))
            return null;
        var sorted = list.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    public (double Low, double High) Spread(string line, string who) => (rounds[(line, who)].Min(), rounds[(line, who)].Max());
}
