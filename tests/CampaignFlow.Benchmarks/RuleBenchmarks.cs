using BenchmarkDotNet.Attributes;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Benchmarks;

/// <summary>
/// All shipped rules over one campaign (conditions, guards, certainty, texts in two languages) against the plainest interpreter of
/// the shift rule's three conditions alone, which adds up the days anew for every pair and clause.
/// </summary>
[MemoryDiagnoser]
public class RuleBenchmarks
{
    private static readonly DateOnly Today = new(2026, 3, 29);
    private IReadOnlyList<Rule> rules = [];
    private Snapshot snapshot = null!;

    [Params(11, 50)]
    public int Channels { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        rules =
        [
            .. Directory
                .GetFiles(Repository.Path("rules"), "*.yaml")
                .Where(f => !RuleSet.IsCases(Path.GetFileName(f)))
                .Select(f => RuleFile.Parse(File.ReadAllText(f), Path.GetFileName(f)).Rule!),
        ];
        snapshot = Take();
    }

    /// <summary>Four weeks of one campaign with this many channels, always the same.</summary>
    internal Snapshot Take()
    {
        var random = new Random(1);
        return new()
        {
            Campaign = "spring",
            Currency = "CNY",
            Now = new(Today.ToDateTime(new(9, 0)), TimeSpan.Zero),
            Today = Today,
            FlightStart = Today.AddDays(-28),
            FlightEnd = Today.AddDays(27),
            Goals = new Dictionary<string, double>(StringComparer.Ordinal) { ["roas"] = 2, ["cpa"] = 50_00 },
            Channels =
            [
                .. Enumerable
                    .Range(0, Channels)
                    .Select(i => new ChannelState(
                        $"channel-{i:00}",
                        $"Channel {i}",
                        100_00,
                        50_00,
                        200_00,
                        Shiftable: true,
                        Active: true,
                        [
                            .. Enumerable
                                .Range(1, 28)
                                .Select(ago => new DayFact(
                                    Today.AddDays(-ago),
                                    random.Next(50_00, 150_00),
                                    random.Next(100_00, 400_00),
                                    10_000,
                                    random.Next(100, 400),
                                    random.Next(5, 40),
                                    null
                                )),
                        ]
                    )),
            ],
        };
    }

    [Benchmark(Baseline = true)]
    public int PlainConditions()
    {
        var holds = 0;
        foreach (var loser in snapshot.Channels)
        foreach (var winner in snapshot.Channels)
        {
            if (
                loser != winner
                && Roas([loser]) < Roas(snapshot.Channels)
                && Roas([winner]) > Roas(snapshot.Channels)
                && Roas([winner]) > 1.2 * Roas([loser])
            )
                holds++;
        }
        return holds;
    }

    [Benchmark]
    public int Engine() => RuleEngine.Evaluate(rules, snapshot).Count;

    private static double Roas(IReadOnlyList<ChannelState> channels)
    {
        var days = channels.SelectMany(c => c.Days).Where(d => d.Date >= Today.AddDays(-9) && d.Date < Today.AddDays(-2)).ToList();
        return (double)days.Sum(d => d.RevenueMinor ?? 0) / days.Sum(d => d.SpendMinor ?? 0);
    }
}
