namespace CampaignFlow.Engine.Expressions;

public enum Measure
{
    Value,

    /// <summary>Against the window before: 0.2 is 20 % more.</summary>
    Change,

    /// <summary>Among active channels, 1 is the highest value.</summary>
    Rank,

    /// <summary>Part of the campaign's sum.</summary>
    Share,

    /// <summary>Slope of the least-squares line through the days, a day, relative to the mean.</summary>
    Trend,

    /// <summary>Actual over what a straight line to the goal expects by now.</summary>
    Pace,
}

/// <summary>One value a formula reads; each distinct one has a slot in the flat array that compiled formulas work on.</summary>
public abstract record Fact
{
    private Fact() { }

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
