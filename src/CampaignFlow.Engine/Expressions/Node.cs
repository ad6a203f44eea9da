namespace CampaignFlow.Engine.Expressions;

/// <summary>A checked piece of a formula: where it stands in the text, and its unit.</summary>
public abstract record Node(Span At, Unit Unit)
{
    /// <param name="Percent">Written with a % sign.</param>
    public sealed record Literal(Span At, Unit Unit, double Value, bool Percent = false) : Node(At, Unit);

    public sealed record Read(Span At, Unit Unit, Fact Fact, int Slot) : Node(At, Unit);

    public sealed record Arithmetic(Span At, Unit Unit, char Sign, Node Left, Node Right) : Node(At, Unit);

    public sealed record Negative(Span At, Node Of) : Node(At, Of.Unit);

    public sealed record Comparison(Span At, string Sign, Node Left, Node Right) : Node(At, Unit.Condition);

    public sealed record And(Span At, Node Left, Node Right) : Node(At, Unit.Condition);

    public sealed record Or(Span At, Node Left, Node Right) : Node(At, Unit.Condition);

    public sealed record Not(Span At, Node Of) : Node(At, Unit.Condition);

    /// <summary>The same condition read as of the latest day, the day before, and so on.</summary>
    public sealed record Consecutive(Span At, IReadOnlyList<Node> Days) : Node(At, Unit.Condition);
}
