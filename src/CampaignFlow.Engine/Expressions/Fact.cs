namespace CampaignFlow.Engine.Expressions;

public enum Measure
{
    Value,

    /// <summary>Against the window before: 0.2 is 20 % more.</summary>
    Change,

    /// <summary>Among active channels, 1 is the highest value.</summary>
    Rank,

    /// <summary>Place counted from the best, by the metric's own direction: for CPA 1 is the lowest.</summary>
    FromBest,
    FromWorst,

    /// <summary>Part of the campaign's sum.</summary>
    Share,

    /// <summary>Slope of the least-squares line through the days, a day, relative to the mean.</summary>
    Trend,

    /// <summary>The middle of the days' values.</summary>
    Median,

    /// <summary>The middle of the same weekday's values before the latest day.</summary>
    Usual,

    /// <summary>How many times their median absolute deviation the latest day lies above what is usual.</summary>
    Deviation,

    /// <summary>Ends of the 90 % interval that the data leave open.</summary>
    Low,
    High,

    /// <summary>Actual over what a straight line to the goal expects by now.</summary>
    Pace,

    /// <summary>The same with days weighted as this campaign's weekdays were.</summary>
    PaceByWeekday,

    /// <summary>The same against the campaign's own curve, such as last year's promotion.</summary>
    PaceByCurve,

    /// <summary>The value at the end of the flight.</summary>
    Forecast,
}

/// <summary>One value a formula reads; each distinct one has a slot in the flat array that compiled formulas work on.</summary>
public abstract record Fact
{
    private Fact() { }

    /// <summary>The fact and those that a probability is made of.</summary>
    internal static IEnumerable<Fact> WithInner(Fact fact) => fact is Chance chance ? [fact, .. Inner(chance.Condition)] : [fact];

    private static IEnumerable<Fact> Inner(Node node) =>
        node switch
        {
            Node.Read read => WithInner(read.Fact),
            Node.Comparison comparison => Inner(comparison.Left).Concat(Inner(comparison.Right)),
            Node.Arithmetic arithmetic => Inner(arithmetic.Left).Concat(Inner(arithmetic.Right)),
            Node.Negative negative => Inner(negative.Of),
            _ => [],
        };

    /// <param name="Who">Name of the owner; empty where the vocabulary has none.</param>
    /// <param name="WhoLabel">Its Chinese label.</param>
    public sealed record Named(string Who, Term Term, Window? Window, Measure Measure = Measure.Value, string WhoLabel = "") : Fact;

    /// <summary>A money literal: known only in a campaign of its currency.</summary>
    public sealed record Amount(Money Money) : Fact;

    /// <summary>Whether a text fact equals a literal.</summary>
    public sealed record TextIs(string Who, Term Term, string Text) : Fact;

    /// <summary>How probable the comparison is, given how much data there is.</summary>
    public sealed record Chance(Node Condition) : Fact;
}
