using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>A snapshot as one rule sees it for one subject: who the loser is, which last days to ignore.</summary>
internal sealed class SnapshotFacts(
    SnapshotNumbers numbers,
    Certainty certainty,
    int ignoreLast,
    IReadOnlyDictionary<string, ChannelState> roles
) : FactSource
{
    private Snapshot Snapshot => numbers.Snapshot;

    public override string Currency => Snapshot.Currency;

    public IReadOnlyDictionary<string, ChannelState> Roles => roles;

    public SnapshotNumbers Numbers => numbers;

    public override double Read(Fact.Named fact)
    {
        if (fact.Who == "goal")
            return Snapshot.Goals.TryGetValue(fact.Term.Name, out var goal) ? goal : double.NaN;
        if (fact.Window is not { } window)
            return Budget(fact);
        var range = numbers.Range(window, ignoreLast);
        return fact.Measure switch
        {
            Measure.Change => Value(fact, numbers.Range(window.Before, ignoreLast), whole: true) is var before && before != 0
                ? (Value(fact, range, whole: true) / before) - 1
                : double.NaN,
            Measure.Trend => SnapshotNumbers.Trend(day => Value(fact, day, whole: true), range),
            Measure.Rank => Rank(fact, range),
            Measure.Share => numbers.OfAll(fact.Term.Name, range) is var all && all != 0 ? Value(fact, range) / all : double.NaN,
            Measure.Pace => Pace(fact),
            _ => Value(fact, range),
        };
    }

    public override Phrase Missing(Fact.Named fact)
    {
        var (en, zh) = (Wording.English(fact), Wording.Chinese(fact));
        if (fact.Who == "goal")
            return new($"{en} is not set", $"未设定{zh}");
        if (fact.Window is not { } window)
            return new($"{en} is not set", $"{zh}未设定");
        if (fact.Measure == Measure.Pace)
            return new($"{en} has no goal to compare with", $"{zh}没有可比较的目标");
        var range = numbers.Range(window, ignoreLast);
        foreach (var channel in roles.TryGetValue(fact.Who, out var one) ? [one] : Snapshot.Channels.Where(c => c.Active))
            if (numbers.Gap(channel, range) is { } day)
                return new(
                    $"{en} is missing: {channel.Name} has no data for {day:yyyy-MM-dd}",
                    $"{zh}缺失：{channel.Name} 缺少 {day:yyyy-MM-dd} 的数据"
                );
        if (Metric.Parts(fact.Term.Name) is { } parts && Value(fact with { Term = new(parts.Below, Unit.Count, default) }, range) == 0)
            return new($"{en} cannot be worked out without {parts.Below}", $"{zh}无法计算：没有{RuleVocabulary.Label(parts.Below)}");
        return new($"{en} is not reported", $"{zh}未上报");
    }

    protected override double Chance(Node condition, IReadOnlyList<Fact> facts, double[] values) =>
        double.IsNaN(Interpreter.Value(condition, values))
            ? double.NaN
            : Certainty.Share(Draws(facts, values), values.Length, drawn => Interpreter.Value(condition, drawn) == 1);

    /// <summary>The posterior draws of each uncertain slot, the value itself of the others.</summary>
    public double[][] Draws(IReadOnlyList<Fact> facts, double[] values) =>
        [
            .. facts.Select(
                (fact, slot) =>
                    fact is Fact.Named { Measure: Measure.Value, Window: { } window } named
                    && !double.IsNaN(values[slot])
                    && roles.TryGetValue(named.Who, out var channel)
                        ? certainty.Draws(channel, named.Term.Name, numbers.Range(window, ignoreLast))
                        : [values[slot]]
            ),
        ];

    private double Value(Fact.Named fact, Days range, bool whole = false)
    {
        if (roles.TryGetValue(fact.Who, out var channel))
            return numbers.Of(channel, fact.Term.Name, range, whole);
        var all = numbers.OfAll(fact.Term.Name, range, whole);
        return fact.Who == "average" && fact.Term.Additive ? all / Snapshot.Channels.Count(c => c.Active) : all;
    }

    private double Budget(Fact.Named fact)
    {
        if (roles.TryGetValue(fact.Who, out var channel))
            return channel.BudgetMinor;
        return fact.Who == "average"
                ? Snapshot.Channels.Where(c => c.Active).Select(c => (double)c.BudgetMinor).DefaultIfEmpty(double.NaN).Average()
            : fact.Term.Name == "budget" ? Snapshot.FlightBudgetMinor ?? double.NaN
            : Snapshot.DailyTotalMinor;
    }

    private double Rank(Fact.Named fact, Days range)
    {
        if (!roles.TryGetValue(fact.Who, out var channel))
            return double.NaN;
        var own = numbers.Of(channel, fact.Term.Name, range);
        return double.IsNaN(own) ? double.NaN : 1 + Snapshot.Channels.Count(c => c.Active && numbers.Of(c, fact.Term.Name, range) > own);
    }

    /// <summary>Up to yesterday: today is not over.</summary>
    private double Pace(Fact.Named fact)
    {
        if (roles.ContainsKey(fact.Who) || fact.Who == "average")
            return double.NaN;
        var goal =
            Snapshot.Goals.TryGetValue(fact.Term.Name, out var set) ? set
            : fact.Term.Name == "spend" ? Snapshot.FlightBudgetMinor ?? double.NaN
            : double.NaN;
        var last = Snapshot.Today.AddDays(-1) < Snapshot.FlightEnd ? Snapshot.Today.AddDays(-1) : Snapshot.FlightEnd;
        double Length(DateOnly end) => end.DayNumber - Snapshot.FlightStart.DayNumber + 1;
        var expected = goal * Length(last) / Length(Snapshot.FlightEnd);
        return expected > 0 ? Value(fact, new(Snapshot.FlightStart, last)) / expected : double.NaN;
    }
}
