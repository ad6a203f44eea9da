using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules.Lab;

internal enum Together
{
    /// <summary>Some fact would have to have two values.</summary>
    Never,

    /// <summary>They look at the same fact and there are values for which both hold.</summary>
    AtTheSameValues,

    /// <summary>They look at different things.</summary>
    CannotBeTold,
}

/// <summary>
/// In which range each fact must lie for a condition to hold. Only what must hold in any case is read (lists of all, and "and"), so
/// ranges are never too narrow.
/// </summary>
internal sealed class Ranges
{
    private const string It = "it";
    private readonly Dictionary<string, (double Low, double High, string Name)> ranges = new(StringComparer.Ordinal);
    private readonly string role;

    /// <param name="role">The channel that two rules are compared on, whatever each calls it.</param>
    public Ranges(When when, string role)
    {
        this.role = role;
        Read(when);
    }

    public (Together Can, string? Fact) With(Ranges other)
    {
        var shared = ranges.Keys.Where(other.ranges.ContainsKey).Order(StringComparer.Ordinal).ToList();
        foreach (var key in shared)
        {
            var (a, b) = (ranges[key], other.ranges[key]);
            if (Math.Max(a.Low, b.Low) >= Math.Min(a.High, b.High))
                return (Together.Never, a.Name);
        }
        return shared.Count == 0 ? (Together.CannotBeTold, null) : (Together.AtTheSameValues, ranges[shared[0]].Name);
    }

    /// <summary>Facts that this asks to be above a value and the other below, with the distance between as a part of the lower one.</summary>
    public IEnumerable<(string Fact, double Gap)> Apart(Ranges other)
    {
        foreach (var (key, mine) in ranges)
            if (other.ranges.TryGetValue(key, out var theirs) && double.IsFinite(mine.Low) && double.IsFinite(theirs.High))
                yield return (mine.Name, theirs.High == 0 ? double.PositiveInfinity : (mine.Low - theirs.High) / Math.Abs(theirs.High));
    }

    /// <summary>Whether the condition keeps the budget that it would raise below something.</summary>
    public static bool CapBudget(When when) =>
        when switch
        {
            When.All all => all.Of.Any(CapBudget),
            When.Any any => any.Of.Count > 0 && any.Of.All(CapBudget),
            When.Holds holds => CapBudget(holds.Formula.Root),
            _ => false,
        };

    private static bool CapBudget(Node node) =>
        node switch
        {
            Node.And and => CapBudget(and.Left) || CapBudget(and.Right),
            Node.Or or => CapBudget(or.Left) && CapBudget(or.Right),
            Node.Comparison { Sign: "<" or "<=" } below => IsOwnBudget(below.Left) && !ReadsBudget(below.Right),
            Node.Comparison { Sign: ">" or ">=" } above => IsOwnBudget(above.Right) && !ReadsBudget(above.Left),
            _ => false,
        };

    private static bool IsOwnBudget(Node node) => Linear.Of(node) is { Times: > 0, Named: { } fact } && Linear.IsOwnBudget(fact);

    /// <summary>A limit that grows with the budgets, such as twice the average, is none.</summary>
    private static bool ReadsBudget(Node node) =>
        node switch
        {
            Node.Read { Fact: Fact.Named named } => named.Term.Name is "budget" or "daily_budget",
            Node.Arithmetic arithmetic => ReadsBudget(arithmetic.Left) || ReadsBudget(arithmetic.Right),
            Node.Negative negative => ReadsBudget(negative.Of),
            _ => false,
        };

    private void Read(When when)
    {
        switch (when)
        {
            case When.All all:
                foreach (var one in all.Of)
                    Read(one);
                break;
            case When.Any { Of: [var only] }:
                Read(only);
                break;
            case When.Holds holds:
                Read(holds.Formula.Root);
                break;
        }
    }

    private void Read(Node node)
    {
        switch (node)
        {
            case Node.And and:
                Read(and.Left);
                Read(and.Right);
                break;
            case Node.Comparison comparison when Linear.Of(comparison.Left) is { } left && Linear.Of(comparison.Right) is { } right:
                Narrow(comparison.Sign, left, right);
                break;
        }
    }

    /// <summary>a·f ⋚ b·g becomes f/g ⋚ b/a, the names in one order, so that "x &lt; y" and "y &gt; x" are the same fact.</summary>
    private void Narrow(string sign, Linear left, Linear right)
    {
        if (left.Named is null || (right.Named is not null && string.CompareOrdinal(Key(right.Named), Key(left.Named)) < 0))
            (sign, left, right) = (Turned(sign), right, left);
        if (left.Named is null || left.Times == 0)
            return;
        if (left.Times < 0)
            sign = Turned(sign);
        var bound = right.Times / left.Times;
        var key = right.Named is null ? Key(left.Named) : $"{Key(left.Named)} / {Key(right.Named)}";
        var (low, high, _) = ranges.GetValueOrDefault(key, (double.NegativeInfinity, double.PositiveInfinity, ""));
        var name = right.Named is null ? Name(left.Named) : $"{Name(left.Named)} / {Name(right.Named)}";
        ranges[key] = sign switch
        {
            ">" or ">=" => (Math.Max(low, bound), high, name),
            "<" or "<=" => (low, Math.Min(high, bound), name),
            // One point: a little room, so that it meets a range that ends there.
            "==" => (Math.Max(low, Below(bound)), Math.Min(high, Above(bound)), name),
            _ => (low, high, name),
        };
    }

    private static double Below(double bound) => bound - (1e-9 * Math.Max(1, Math.Abs(bound)));

    private static double Above(double bound) => bound + (1e-9 * Math.Max(1, Math.Abs(bound)));

    private static string Turned(string sign) =>
        sign switch
        {
            ">" => "<",
            ">=" => "<=",
            "<" => ">",
            "<=" => ">=",
            _ => sign,
        };

    private string Key(Fact.Named fact) => $"{(fact.Who == role ? It : fact.Who)}.{fact.Term.Name}.{fact.Window?.Label.En}.{fact.Measure}";

    private static string Name(Fact.Named fact) =>
        fact.Window is { } window ? $"{fact.Term.Name}({window.Label.En})" : $"{fact.Who}.{fact.Term.Name}";
}
