namespace CampaignFlow.Engine.Expressions;

/// <summary>How a fact goes on, as far as that can honestly be told.</summary>
/// <param name="After">The value so many days from now; NaN from where nobody can tell.</param>
/// <param name="Moves">False for what only people change: goals, budgets.</param>
/// <param name="Pace">The daily growth it is reckoned with; null where the calendar alone decides.</param>
public sealed record Course(Func<int, double> After, bool Moves, Phrase? Pace = null)
{
    public static Course Constant(double value) => new(_ => value, Moves: false);
}
