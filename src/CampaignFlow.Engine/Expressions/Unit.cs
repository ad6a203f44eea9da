namespace CampaignFlow.Engine.Expressions;

/// <summary>What a value measures. Units are checked when a file is read, so that money never meets a percentage at night.</summary>
public enum Unit
{
    /// <summary>Yes, no or unknown.</summary>
    Condition,
    Number,
    Count,

    /// <summary>A quotient or percentage: 20% is 0.2.</summary>
    Ratio,

    /// <summary>Minor units of the campaign's currency.</summary>
    Money,

    /// <summary>In hours.</summary>
    Duration,
    Text,
}

internal static class Units
{
    public static Phrase Name(this Unit unit) =>
        unit switch
        {
            Unit.Condition => new("a condition", "条件"),
            Unit.Number => new("a number", "数字"),
            Unit.Count => new("a count", "数量"),
            Unit.Ratio => new("a ratio", "比率"),
            Unit.Money => new("money", "金额"),
            Unit.Duration => new("a duration", "时长"),
            _ => new("text", "文字"),
        };

    /// <summary>The unit of <c>a + b</c> and of both sides of a comparison; null when they do not go together.</summary>
    public static Unit? Common(Unit a, Unit b) =>
        (a, b) switch
        {
            _ when a == b => a,
            (Unit.Number, Unit.Count or Unit.Ratio) => b,
            (Unit.Count or Unit.Ratio, Unit.Number) => a,
            _ => null,
        };

    public static Unit? Product(Unit a, Unit b) =>
        (a, b) switch
        {
            (Unit.Condition or Unit.Text, _) or (_, Unit.Condition or Unit.Text) => null,
            (Unit.Number, _) => b,
            (_, Unit.Number) => a,
            (Unit.Ratio, _) => b,
            (_, Unit.Ratio) => a,
            (Unit.Money, Unit.Count) or (Unit.Count, Unit.Money) => Unit.Money,
            (Unit.Count, Unit.Count) => Unit.Count,
            _ => null,
        };

    public static Unit? Quotient(Unit a, Unit b) =>
        (a, b) switch
        {
            (Unit.Condition or Unit.Text, _) or (_, Unit.Condition or Unit.Text) => null,
            (Unit.Number, Unit.Number) => Unit.Number,
            _ when a == b => Unit.Ratio,
            (_, Unit.Number or Unit.Ratio) => a,
            (Unit.Money, Unit.Count) => Unit.Money,
            _ => null,
        };
}
