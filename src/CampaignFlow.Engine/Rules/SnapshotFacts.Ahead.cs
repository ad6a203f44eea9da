using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>How facts go on, where the calendar or a steady daily sum decides it. Nothing is said about ratios.</summary>
internal sealed partial class SnapshotFacts
{
    private const int PaceDays = 7;
    private const int FewestPaceDays = 3;

    public override DateOnly? Today => Snapshot.Today;

    public override DateOnly? LastDay => Snapshot.FlightEnd;

    public override Course? Ahead(Fact.Named fact)
    {
        if (fact.Who == "goal")
            return Course.Constant(Read(fact));
        if (fact.Window is not { } window)
            return StateAhead(fact);
        if (
            fact is not { Measure: Measure.Value, Term: { Additive: true, Parts: null } }
            || window.Ago > 0
            || fact.Who is "others" or "average"
        )
            return null;
        var now = Read(fact);
        // A window grows until the flight has filled it; after that it may go either way.
        var growing = window.Kind switch
        {
            WindowKind.Flight => int.MaxValue,
            WindowKind.Last => Snapshot.FlightStart.DayNumber - numbers.Range(window, guard).First.DayNumber,
            _ => 0,
        };
        if (growing <= 0 || double.IsNaN(now) || PerDay(fact) is not { } pace)
            return null;
        var say = Wording.Value(pace, fact.Term.Unit, percent: false, Currency);
        return new(
            days => days <= growing ? now + (days * pace) : double.NaN,
            Moves: pace > 0,
            new($"{say.En} {fact.Term.Name} a day", $"每日{fact.Term.Label.Zh} {say.Zh}")
        );
    }

    /// <summary>Mean of the last mature days; null when there are too few.</summary>
    public double? PerDay(Fact.Named fact)
    {
        var last = LastMature();
        var days = Math.Min(PaceDays, last.DayNumber - Snapshot.FlightStart.DayNumber + 1);
        if (days < FewestPaceDays)
            return null;
        var sum = Value(fact, new(last.AddDays(1 - days), last), complete: true);
        return double.IsNaN(sum) ? null : sum / days;
    }

    private Course? StateAhead(Fact.Named fact) =>
        fact.Term.Name switch
        {
            "days_left" => new(days => HoursPerDay * DaysLeft(days), Moves: true),
            "days_run" => new(days => HoursPerDay * DaysRun(days), Moves: true),
            "flight_left" => new(days => (double)DaysLeft(days) / FlightDays, Moves: true),
            "since_change" when Read(fact) is var since => new(days => since + (HoursPerDay * days), Moves: true),
            "promotion" => new(days => Snapshot.IsPromotion(Snapshot.Today.AddDays(days)) ? 1 : 0, Moves: true),
            "learning" => null,
            _ => Course.Constant(Read(fact)),
        };
}
