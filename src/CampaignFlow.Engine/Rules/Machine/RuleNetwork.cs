namespace CampaignFlow.Engine.Rules.Machine;

/// <summary>
/// Rules prepared for matching: the order in which they speak, their conditions as tests over shared columns, and which rules read
/// which column. Made once for a set of rules, used for any number of campaigns, by several threads at once.
/// </summary>
public sealed class RuleNetwork
{
    private readonly List<Column> columns = [];
    private readonly Dictionary<Rule, int> places = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Touched> byMetric = new(StringComparer.Ordinal);

    private RuleNetwork(IReadOnlyList<Rule> rules)
    {
        Rules = rules;
        Order = RuleOrder.Of(rules);
        var known = new Dictionary<Column, int>();
        var readers = new List<List<int>>();
        var matchers = new List<RuleMatcher>();
        foreach (var rule in rules)
        {
            var builder = new TestBuilder(
                rule,
                column =>
                {
                    if (!known.TryGetValue(column, out var place))
                    {
                        known[column] = place = columns.Count;
                        columns.Add(column);
                        readers.Add([]);
                    }
                    if (readers[place] is not [.., var last] || last != matchers.Count)
                        readers[place].Add(matchers.Count);
                    return place;
                }
            );
            places[rule] = matchers.Count;
            matchers.Add(new(rule, [.. rule.Branches.Select(b => builder.Of(b.When))], builder.Beside));
        }
        Matchers = matchers;
        Readers = [.. readers.Select(r => r.ToArray())];
        Metrics =
        [
            .. columns
                .SelectMany(MetricsOf)
                .Concat(matchers.SelectMany(m => m.Beside.SelectMany(RuleReads.MetricsOf)))
                .Distinct(StringComparer.Ordinal),
        ];
        foreach (var metric in Metrics)
            byMetric[metric] = new(
                [.. Enumerable.Range(0, columns.Count).Where(i => columns[i].Reads(metric))],
                [
                    .. Enumerable
                        .Range(0, matchers.Count)
                        .Where(i => matchers[i].Beside.Exists(f => RuleReads.MetricsOf(f).Contains(metric, StringComparer.Ordinal))),
                ]
            );
    }

    /// <summary>Rules about campaigns, channels and pairs; those about portfolios have no say over a campaign.</summary>
    public static RuleNetwork OfCampaigns(IEnumerable<Rule> rules) => new([.. rules.Where(r => r.ForEach != ForEach.Portfolio)]);

    /// <summary>Rules about portfolios only.</summary>
    public static RuleNetwork OfPortfolios(IEnumerable<Rule> rules) => new([.. rules.Where(r => r.ForEach == ForEach.Portfolio)]);

    /// <summary>The same rules, changed.</summary>
    public RuleNetwork With(Func<Rule, Rule> change) => new([.. Rules.Select(change)]);

    public IReadOnlyList<Rule> Rules { get; }
    public RuleOrder Order { get; }

    internal IReadOnlyList<Column> Columns => columns;
    internal IReadOnlyList<RuleMatcher> Matchers { get; }

    /// <summary>By column, the rules that read it.</summary>
    internal int[][] Readers { get; }

    /// <summary>Reported metrics that some rule reads.</summary>
    internal IReadOnlyList<string> Metrics { get; }

    internal int PlaceOf(Rule rule) => places[rule];

    internal Touched By(string metric) => byMetric[metric];

    private static IEnumerable<string> MetricsOf(Column column) =>
        column switch
        {
            Column.Number number => RuleReads.MetricsOf(number.Fact),
            Column.Silence { Metric: { } metric } => [metric],
            _ => [],
        };

    /// <summary>What a new number of one metric touches.</summary>
    /// <param name="Rules">Those that read it past the columns.</param>
    internal sealed record Touched(int[] Columns, int[] Rules);
}
