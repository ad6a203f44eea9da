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
    private readonly Dictionary<string, Course> courses = new(StringComparer.Ordinal);

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

    public double Value(Term metric) => Value(metric, null);

    public double[] Draws(Term metric, int count, int seed)
    {
        if (double.IsNaN(Value(metric)))
            return [double.NaN];
        var random = new MersenneTwister(seed, threadSafe: false);
        var draws = new double[count];
        var stumbled = new int[rest.Count];
        for (var i = 0; i < count; i++)
        {
            // Sums of one draw stumble over the same days, as they did together in the past.
            for (var day = 0; day < stumbled.Length; day++)
                stumbled[day] = random.Next(history.Count);
            draws[i] = Value(metric, stumbled);
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

    /// <param name="stumbled">For each day to come the day looked back on whose residual befalls it; null: none does.</param>
    private double Value(Term metric, int[]? stumbled) =>
        metric.Parts is { } parts ? parts.Of(name => CourseOf(name).Sum(stumbled)) : CourseOf(metric.Name).Sum(stumbled);

    private Course CourseOf(string metric)
    {
        if (!courses.TryGetValue(metric, out var course))
            courses[metric] = course = Chart(metric);
        return course;
    }

    private Course Chart(string metric)
    {
        if (Base == 0)
            return new(double.NaN, 0, [], []);
        // A mean over k weeks sees only (k − 1) / k of the spread.
        var weeks = ByWeekday ? Base / Week : Base;
        var widen = Math.Sqrt(weeks / (weeks - 1d));
        return new(
            numbers.Of(channel, SumOf(metric), new(numbers.Snapshot.FlightStart, lastMature)),
            metric == "revenue" ? double.NegativeInfinity : 0,
            [.. rest.Select(day => Usual(metric, day))],
            [.. history.Select(day => widen * (On(metric, day) - Usual(metric, day)))]
        );
    }

    /// <summary>The way of one sum to the end of the flight.</summary>
    /// <param name="Least">What a day to come brings at least.</param>
    /// <param name="Usual">Of each day to come.</param>
    /// <param name="Residuals">Of each day looked back on.</param>
    private sealed record Course(double SoFar, double Least, double[] Usual, double[] Residuals)
    {
        public double Sum(int[]? stumbled)
        {
            var sum = SoFar;
            for (var i = 0; i < Usual.Length; i++)
                sum += Math.Max(Least, Usual[i] + (stumbled is null ? 0 : Residuals[stumbled[i]]));
            return sum;
        }
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
