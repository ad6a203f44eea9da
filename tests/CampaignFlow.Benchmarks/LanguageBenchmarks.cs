using BenchmarkDotNet.Attributes;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Benchmarks;

/// <summary>
/// Reading the language. 1,000 pair rules, each with its own numbers so that nothing can be shared, are read and checked from their
/// YAML, and read and used once on 6 channels; <see cref="CompileAll"/> adds what making every formula a delegate at once would cost,
/// which the engine does only for formulas that are asked a thousand times.
/// </summary>
[MemoryDiagnoser]
public class LanguageBenchmarks
{
    private const string Line = "loser.cpa(7d) > 1.2 * goal.cpa and winner.roas(7d) > 1.5 * loser.roas(7d)";

    private static readonly (string Name, string Text)[] Files =
    [
        .. Enumerable
            .Range(0, 1_000)
            .Select(i =>
                (
                    $"r{i:0000}.yaml",
                    $$"""
                    rule: Shift {{i}}
                    for each: pair of channels (loser, winner) in a campaign
                    when:
                      all:
                        - loser.roas(7d) < {{80 + (i % 20)}}% of campaign.roas(7d)
                        - winner.roas(7d) > 1.{{i:0000}} * loser.roas(7d)
                        - loser.conversions(7d) >= {{i % 50}} and winner.conversions(7d) >= 30
                    choose: highest winner.roas(7d)
                    then:
                      - shift: 15% of loser.budget to winner
                    guard:
                      cooldown: 3d per channel
                    """
                )
            ),
    ];

    private readonly Vocabulary pair = RuleVocabulary.For(ForEach.Pair);
    private Snapshot snapshot = null!;

    [GlobalSetup]
    public void Prepare() => snapshot = new RuleBenchmarks { Channels = 6 }.Take();

    [Benchmark]
    public Formula? ParseAndCheckALine() => Formula.Condition(Line, pair).Formula;

    [Benchmark]
    public int Read() => Rules().Count;

    [Benchmark]
    public int ReadAndUseOnce() => RuleEngine.Evaluate(Rules(), snapshot).Count;

    [Benchmark]
    public int CompileAll()
    {
        var rules = Rules();
        foreach (
            var formula in rules
                .SelectMany(r => r.Branches)
                .SelectMany(b => b.When is When.All all ? all.Of : [b.When])
                .OfType<When.Holds>()
        )
            formula.Formula.Compile();
        return rules.Count;
    }

    private static List<Rule> Rules() => [.. Files.Select(f => RuleFile.Parse(f.Text, f.Name).Rule!)];
}
