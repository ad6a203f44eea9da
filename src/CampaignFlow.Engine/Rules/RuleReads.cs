using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>What a rule looks at: who has other numbers need not ask it again.</summary>
public static class RuleReads
{
    /// <summary>Reported metrics behind the rule's conditions, amounts and limits; ratios by their parts.</summary>
    public static IReadOnlySet<string> Metrics(Rule rule)
    {
        var formulas = rule
            .Branches.SelectMany(b => WhenTest.Formulas(b.When).Concat(b.Then.SelectMany(Amounts)))
            .Append(rule.Choose?.Value)
            .Append(rule.Guard.KeepAtLeast)
            .OfType<Formula>();
        return formulas
            .SelectMany(f => f.Facts)
            .SelectMany(Fact.WithInner)
            .OfType<Fact.Named>()
            .SelectMany(MetricsOf)
            .Concat(rule.Branches.SelectMany(b => Silences(b.When)))
            .Concat(rule.Guard.AtLeast is { } least ? MetricsOf(least.Metric) : [])
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The rules, and those whose marks they read, which must speak before them.</summary>
    public static IReadOnlyList<Rule> WithMarkers(IEnumerable<Rule> some, IReadOnlyList<Rule> all)
    {
        var needed = some.ToHashSet(ReferenceEqualityComparer.Instance);
        var open = new Queue<Rule>(needed.Cast<Rule>());
        while (open.TryDequeue(out var rule))
            foreach (var marker in all.Where(r => r.Sets.Intersect(rule.Reads, StringComparer.Ordinal).Any()))
                if (needed.Add(marker))
                    open.Enqueue(marker);
        return [.. all.Where(needed.Contains)];
    }

    /// <summary>Stands for any metric, where the rule asks whether there are data at all.</summary>
    public const string Anything = "*";

    internal static IEnumerable<string> MetricsOf(Fact.Named fact) => fact.Window is null ? [] : MetricsOf(fact.Term);

    private static IEnumerable<string> MetricsOf(Term term) =>
        term.Parts is { } parts ? new[] { parts.Above, parts.Below, parts.Less }.OfType<string>() : [term.Name];

    private static IEnumerable<string> Silences(When when) =>
        when switch
        {
            When.All all => all.Of.SelectMany(Silences),
            When.Any any => any.Of.SelectMany(Silences),
            When.Unless unless => Silences(unless.Of),
            When.Channels channels => Silences(channels.Of),
            When.NoData none => [none.Of ?? Anything],
            _ => [],
        };

    private static IEnumerable<Formula> Amounts(AskedAction action) =>
        action switch
        {
            AskedAction.Shift shift => [shift.Amount],
            AskedAction.Lift lift => [lift.Amount],
            AskedAction.Cut cut => [cut.Amount],
            AskedAction.Scale scale => [scale.Target],
            _ => [],
        };
}
