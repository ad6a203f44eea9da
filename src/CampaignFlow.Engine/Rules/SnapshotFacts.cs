using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>A snapshot as one rule sees it for one subject: who the loser is, which days to leave out, what other rules marked.</summary>
internal sealed partial class SnapshotFacts(
    SnapshotNumbers numbers,
    Certainty certainty,
    GuardSet guard,
    IReadOnlyDictionary<string, ChannelState> roles,
    Marks marks
) : FactSource
{
    private const double HoursPerDay = 24;

    /// <summary>Ends of the 90 % interval.</summary>
    private const double LowEnd = 0.05;
    private const double HighEnd = 0.95;

    private Snapshot Snapshot => numbers.Snapshot;

    public override string Currency => Snapshot.Currency;

    public IReadOnlyDictionary<string, ChannelState> Roles => roles;

    public SnapshotNumbers Numbers => numbers;

    /// <summary>The same campaign seen through one of its channels.</summary>
    public SnapshotFacts Of(string role, ChannelState channel) =>
        new(numbers, certainty, guard, new Dictionary<string, ChannelState>(StringComparer.Ordinal) { [role] = channel }, marks);

    public override double Read(Fact.Named fact)
    {
        if (fact.Who == "goal")
            return Goal(fact.Term.Name);
        if (fact.Window is not { } window)
            return State(fact);
        var range = numbers.Range(window, guard);
        double OfDay(Days day) => Value(fact, day, complete: true);
        return fact.Measure switch
        {
            Measure.Change => Value(fact, numbers.Range(window.Before(), guard), complete: true) is var before && before != 0
                ? (Value(fact, range, complete: true) / before) - 1
                : double.NaN,
            Measure.Trend => numbers.Trend(OfDay, range),
            Measure.Median => numbers.Median(OfDay, range),
            Measure.Usual => numbers.Usual(OfDay, range).Middle,
            Measure.Deviation => Deviation(OfDay(new(range.Last, range.Last)), numbers.Usual(OfDay, range)),
            Measure.Low => Subject(fact) is { } low ? certainty.Quantile(low, fact.Term, range, LowEnd) : double.NaN,
            Measure.High => Subject(fact) is { } high ? certainty.Quantile(high, fact.Term, range, HighEnd) : double.NaN,
            Measure.Rank => Place(fact, range, highestFirst: true),
            Measure.FromBest => Place(fact, range, fact.Term.Better != Better.Lower),
            Measure.FromWorst => Place(fact, range, fact.Term.Better == Better.Lower),
            Measure.Share => numbers.OfAll(fact.Term, range) is var all && all != 0 ? Value(fact, range) / all : double.NaN,
            Measure.Pace or Measure.PaceByWeekday or Measure.PaceByCurve => Pace(fact),
            Measure.Forecast => Subject(fact) is { } ends ? certainty.Forecast(ends, guard).Value(fact.Term) : double.NaN,
            _ => Value(fact, range, window.Whole),
        };
    }

    public override bool? Is(Fact.TextIs fact) => marks.Has(roles.TryGetValue(fact.Who, out var channel) ? channel.Code : "", fact.Text);

    protected override double Chance(Node condition, IReadOnlyList<Fact> facts, double[] values) =>
        double.IsNaN(Interpreter.Value(condition, values))
            ? double.NaN
            : Certainty.Share(Draws(facts, values), values.Length, drawn => Interpreter.Value(condition, drawn) == 1);

    /// <summary>The posterior draws of each uncertain slot, the value itself of the others.</summary>
    public double[][] Draws(IReadOnlyList<Fact> facts, double[] values) =>
        [.. facts.Select((fact, slot) => double.IsNaN(values[slot]) ? [values[slot]] : Draws(fact) ?? [values[slot]])];

    /// <summary>A campaign's numbers count as certain beside those of a single channel, which vary far more.</summary>
    private double[]? Draws(Fact fact) =>
        fact switch
        {
            Fact.Named { Measure: Measure.Forecast } ends => Subject(ends) is { } one
                ? certainty.ForecastDraws(one, ends.Term, guard)
                : null,
            Fact.Named { Measure: Measure.Value, Window: { } window } named when roles.TryGetValue(named.Who, out var channel) =>
                certainty.Draws(channel, named.Term, numbers.Range(window, guard)),
            Fact.Named { Measure: Measure.Value, Window: { } window, Who: "campaign" or "portfolio" } named when roles.Count == 0 =>
                certainty.Draws(numbers.Whole, named.Term, numbers.Range(window, guard)),
            _ => null,
        };

    private double Goal(string metric) =>
        roles.Count == 1 && roles.Values.First().Goals.TryGetValue(metric, out var own) ? own
        : Snapshot.Goals.TryGetValue(metric, out var goal) ? goal
        : double.NaN;

    /// <summary>The channel, or all of them as one; null where only a sum makes sense.</summary>
    private ChannelState? Subject(Fact.Named fact) =>
        roles.TryGetValue(fact.Who, out var channel) ? channel
        : fact.Who is "campaign" or "portfolio" ? numbers.Whole
        : null;

    private double Value(Fact.Named fact, Days range, bool complete = false)
    {
        if (roles.TryGetValue(fact.Who, out var channel))
            return numbers.Of(channel, fact.Term, range, complete);
        if (fact.Who == "others")
            return numbers.OfAll(fact.Term, range, complete, roles.Values.First().Code);
        var all = numbers.OfAll(fact.Term, range, complete);
        return fact.Who == "average" && fact.Term.Additive ? all / Snapshot.Channels.Count(c => c.Active) : all;
    }

    private double State(Fact.Named fact)
    {
        var channel = roles.GetValueOrDefault(fact.Who);
        return fact.Term.Name switch
        {
            "reserve" => Snapshot.ReserveMinor ?? double.NaN,
            "days_left" => HoursPerDay * DaysLeft(0),
            "days_run" => HoursPerDay * DaysRun(0),
            "flight_left" => (double)DaysLeft(0) / FlightDays,
            "since_change" => HoursPerDay * SinceChange(channel?.Code) ?? double.NaN,
            "promotion" => Snapshot.IsPromotion(Snapshot.Today) ? 1 : 0,
            "learning" => (channel?.Learning ?? Snapshot.Channels.Any(c => c is { Active: true, Learning: true })) ? 1 : 0,
            _ => Budget(fact, channel),
        };
    }

    private double Budget(Fact.Named fact, ChannelState? channel)
    {
        if (channel is not null)
            return channel.BudgetMinor;
        return fact.Who switch
        {
            "average" => Snapshot.Channels.Where(c => c.Active).Select(c => (double)c.BudgetMinor).DefaultIfEmpty(double.NaN).Average(),
            "others" => Snapshot
                .Channels.Where(c => c.Active && c.Code != roles.Values.First().Code)
                .Select(c => (double)c.BudgetMinor)
                .DefaultIfEmpty(double.NaN)
                .Sum(),
            _ => fact.Term.Name == "budget" ? Snapshot.FlightBudgetMinor ?? double.NaN : Snapshot.DailyTotalMinor,
        };
    }

    private int FlightDays => Snapshot.FlightEnd.DayNumber - Snapshot.FlightStart.DayNumber + 1;

    private int DaysLeft(int ahead) => Math.Max(0, Snapshot.FlightEnd.DayNumber - Snapshot.Today.DayNumber - ahead);

    private int DaysRun(int ahead) => Math.Max(0, Snapshot.Today.DayNumber + ahead - Snapshot.FlightStart.DayNumber);

    private int? SinceChange(string? channel) =>
        Snapshot
            .Changes.Where(c => !c.Waiting && (channel is null || c.From == channel || c.To == channel))
            .Select(c => (int?)(Snapshot.Today.DayNumber - c.Date.DayNumber))
            .Min();

    private static double Deviation(double latest, (double Middle, double Spread) usual) =>
        latest == usual.Middle ? 0
        : usual.Spread == 0 ? double.NaN
        : (latest - usual.Middle) / usual.Spread;

    private double Place(Fact.Named fact, Days range, bool highestFirst)
    {
        if (!roles.TryGetValue(fact.Who, out var channel))
            return double.NaN;
        var own = numbers.Of(channel, fact.Term, range);
        bool Before(double other) => highestFirst ? other > own : other < own;
        return double.IsNaN(own) ? double.NaN : 1 + Snapshot.Channels.Count(c => c.Active && Before(numbers.Of(c, fact.Term, range)));
    }

    /// <summary>Up to the last mature day: today is not over.</summary>
    private double Pace(Fact.Named fact)
    {
        if (
            fact.Who is "average" or "others"
            || (roles.TryGetValue(fact.Who, out var channel) && !channel.Goals.ContainsKey(fact.Term.Name))
        )
            return double.NaN;
        var goal =
            Goal(fact.Term.Name) is var set && !double.IsNaN(set) ? set
            : fact.Term.Name == "spend" ? Snapshot.FlightBudgetMinor ?? double.NaN
            : double.NaN;
        var last = LastMature();
        var expected = goal * ExpectedShare(fact, last);
        return expected > 0 ? Value(fact, new(Snapshot.FlightStart, last)) / expected : double.NaN;
    }

    private double ExpectedShare(Fact.Named fact, DateOnly last)
    {
        var run = last.DayNumber - Snapshot.FlightStart.DayNumber + 1;
        return fact.Measure switch
        {
            Measure.PaceByWeekday => Subject(fact) is { } one ? certainty.Forecast(one, guard).ExpectedShare(fact.Term) : double.NaN,
            Measure.PaceByCurve => Snapshot.Curve is { IsUsable: true } curve && run >= 1 && run <= curve.Shares.Count
                ? curve.Shares[run - 1]
                : double.NaN,
            _ => (double)run / FlightDays,
        };
    }

    private DateOnly LastMature()
    {
        var last = Snapshot.Today.AddDays(-1 - guard.IgnoreLastDays);
        return last < Snapshot.FlightEnd ? last : Snapshot.FlightEnd;
    }
}
