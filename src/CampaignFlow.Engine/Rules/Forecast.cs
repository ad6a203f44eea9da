using System.Globalization;
using CampaignFlow.Engine.Expressions;
using MathNet.Numerics.Random;

namespace CampaignFlow.Engine.Rules;

/// <summary>
/// The end of the flight from its mature days: what is there, plus for each day to come the mean of its weekday over up to four whole
/// weeks, or of the last seven days while there are less than two weeks. Under seven days nothing is said. The spread is a bootstrap of
/// the days' residuals (Hyndman &amp; Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., §5.5). No growth, no promotion
/// effect: it says where things go if days go on as they were.
/// </summary>
internal sealed class Forecast
{
    private const int Week = 7;
    private const int MostWeeks = 4;

    private readonly SnapshotNumbers numbers;
    private readonly ChannelState channel;
    private readonly DateOnly lastMature;
    private readonly List<DateOnly> history;
    private readonly List<DateOnly> rest;
    private readonly Dictionary<(string Metric, DayOfWeek Day), double> usual = [];

    public Forecast(SnapshotNumbers numbers, ChannelState channel, GuardSet guard)
    {
        (this.numbers, this.channel) = (numbers, channel);
        var snapshot = numbers.Snapshot;
        lastMature = snapshot.Today.AddDays(-1 - guard.IgnoreLastDays);
        if (lastMature > snapshot.FlightEnd)
            lastMature = snapshot.FlightEnd;
        var mature = lastMature.DayNumber - snapshot.FlightStart.DayNumber + 1;
        Base =
            mature >= 2 * Week ? Math.Min(MostWeeks, mature / Week) * Week
            : mature >= Week ? Week
            : 0;
        history = [.. Enumerable.Range(0, Base).Select(i => lastMature.AddDays(i + 1 - Base))];
        rest =
        [
            .. Enumerable.Range(1, Math.Max(0, snapshot.FlightEnd.DayNumber - lastMature.DayNumber)).Select(i => lastMature.AddDays(i)),
        ];
    }

    /// <summary>Days it looks back on; 0: too few to say anything.</summary>
    private int Base { get; }

    private bool ByWeekday => Base >= 2 * Week;

    public Phrase Method =>
        ByWeekday
            ? new($"forecast: weekdays as in the last {Text(Base)} days", $"预测：按近 {Text(Base)} 日的星期规律")
            : new($"forecast: days as the last {Text(Base)}", $"预测：按近 {Text(Base)} 日日均");

    public Phrase Weekdays => new($"expected by the weekdays of the last {Text(Base)} days", $"预期按近 {Text(Base)} 日的星期规律");

    public double Value(Term metric) => Value(metric, null, 0);

    public double[] Draws(Term metric, int count, int seed)
    {
        if (double.IsNaN(Value(metric)))
            return [double.NaN];
        var random = new MersenneTwister(seed, threadSafe: false);
        var draws = new double[count];
        // A mean over k weeks sees only (k − 1) / k of the spread.
        var weeks = ByWeekday ? Base / Week : Base;
        var widen = Math.Sqrt(weeks / (weeks - 1d));
        for (var i = 0; i < count; i++)
        {
            // Sums of one draw stumble over the same days, as they did together in the past.
            var days = rest.ConvertAll(_ => history[random.Next(history.Count)]);
            draws[i] = Value(metric, days, widen);
        }
        return draws;
    }

    /// <summary>The part of the goal that the weekdays expect by the last mature day; NaN below two weeks.</summary>
    public double ExpectedShare(Term metric)
    {
        if (!ByWeekday)
            return double.NaN;
        var flight = numbers.Snapshot;
        var (sofar, all) = (0d, 0d);
        for (var day = flight.FlightStart; day <= flight.FlightEnd; day = day.AddDays(1))
        {
            var weight = Usual(metric.Name, day);
            all += weight;
            if (day <= lastMature)
                sofar += weight;
        }
        return all > 0 ? sofar / all : double.NaN;
    }

    public DateOnly LastMature => lastMature;

    private double Value(Term metric, List<DateOnly>? drawn, double widen) =>
        metric.Parts is { } parts ? parts.Of(name => Sum(name, drawn, widen)) : Sum(metric.Name, drawn, widen);

    private double Sum(string metric, List<DateOnly>? drawn, double widen)
    {
        if (Base == 0)
            return double.NaN;
        var sum = numbers.Of(channel, SumOf(metric), new(numbers.Snapshot.FlightStart, lastMature));
        for (var i = 0; i < rest.Count; i++)
        {
            var off = drawn is null ? 0 : widen * (On(metric, drawn[i]) - Usual(metric, drawn[i]));
            sum += Math.Max(metric == "revenue" ? double.NegativeInfinity : 0, Usual(metric, rest[i]) + off);
        }
        return sum;
    }

    /// <summary>Mean of the weekday, or of all days looked back on.</summary>
    private double Usual(string metric, DateOnly day) =>
        usual.TryGetValue((metric, day.DayOfWeek), out var known)
            ? known
            : usual[(metric, day.DayOfWeek)] = history.Where(d => !ByWeekday || d.DayOfWeek == day.DayOfWeek).Average(d => On(metric, d));

    private double On(string metric, DateOnly day) => numbers.Of(channel, SumOf(metric), new(day, day), complete: true);

    private static Term SumOf(string metric) => new(metric, Unit.Count, default);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
