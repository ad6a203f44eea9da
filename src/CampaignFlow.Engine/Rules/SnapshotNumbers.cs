using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>First and last day, both included.</summary>
internal readonly record struct Days(DateOnly First, DateOnly Last);

/// <summary>Sums and ratios of one snapshot, each computed once however many subjects and rules ask for it.</summary>
internal sealed class SnapshotNumbers(Snapshot snapshot)
{
    private const int FewestTrendDays = 3;

    /// <summary>No channel has an empty code.</summary>
    private const string Everyone = "";

    private readonly Dictionary<(string Channel, string Metric, Days Days, bool Whole), double> seen = [];
    private readonly Dictionary<string, Dictionary<DateOnly, DayFact>> days = snapshot.Channels.ToDictionary(
        c => c.Code,
        c => c.Days.GroupBy(d => d.Date).ToDictionary(d => d.Key, d => d.Last()),
        StringComparer.Ordinal
    );

    public Snapshot Snapshot => snapshot;

    public Days Range(Window window, int ignoreLast)
    {
        var shift = window.Ago + (window.Kind == WindowKind.Last ? ignoreLast : 0);
        return window.Kind == WindowKind.Flight
            ? new(snapshot.FlightStart, snapshot.Today.AddDays(-window.Ago))
            : new(snapshot.Today.AddDays(-window.From - shift), snapshot.Today.AddDays(-window.To - shift));
    }

    /// <summary>Value of a metric of one channel; NaN when a day is missing or a ratio has nothing below the line.</summary>
    /// <param name="whole">Days before the start are missing rather than outside: comparisons need windows of equal length.</param>
    public double Of(ChannelState channel, string metric, Days range, bool whole = false)
    {
        var key = (channel.Code, metric, range, whole);
        if (!seen.TryGetValue(key, out var value))
            seen[key] = value = Metric.Parts(metric) is { } parts
                ? parts.Of(name => Sum(channel, name, range, whole))
                : Sum(channel, metric, range, whole);
        return value;
    }

    /// <summary>The same over all channels; unknown when one that is active is.</summary>
    public double OfAll(string metric, Days range, bool whole = false)
    {
        var key = (Everyone, metric, range, whole);
        if (!seen.TryGetValue(key, out var value))
            seen[key] = value = Metric.Parts(metric) is { } parts
                ? parts.Of(name => OfAll(name, range, whole))
                : snapshot
                    .Channels.Select(c => (Channel: c, Value: Of(c, metric, range, whole)))
                    .Where(c => !double.IsNaN(c.Value) || c.Channel.Active || Entries(c.Channel, range).Any())
                    .Sum(c => c.Value);
        return value;
    }

    /// <summary>A metric day by day; days on which it is not defined are left out, too few of them are unknown.</summary>
    public static double Trend(Func<Days, double> value, Days range)
    {
        var points = new List<(double X, double Y)>();
        for (var day = range.First; day <= range.Last; day = day.AddDays(1))
            if (value(new(day, day)) is var y && !double.IsNaN(y))
                points.Add((points.Count, y));
        if (points.Count < FewestTrendDays || points.Count * 2 < range.Last.DayNumber - range.First.DayNumber + 1)
            return double.NaN;
        var (meanX, meanY) = (points.Average(p => p.X), points.Average(p => p.Y));
        if (meanY == 0)
            return double.NaN;
        var slope = points.Sum(p => (p.X - meanX) * (p.Y - meanY)) / points.Sum(p => (p.X - meanX) * (p.X - meanX));
        return slope / meanY;
    }

    /// <summary>The first day in the range that counts and has no entry; null when every day is there.</summary>
    public DateOnly? Gap(ChannelState channel, Days range)
    {
        for (var day = Start(channel, range, whole: false); day <= range.Last; day = day.AddDays(1))
            if (day != snapshot.Today && !days[channel.Code].ContainsKey(day))
                return day;
        return null;
    }

    public bool HasData(ChannelState channel, int lastDays)
    {
        var first = snapshot.Today.AddDays(-lastDays);
        // A flight that has not run that long cannot be silent that long.
        return first < snapshot.FlightStart || Enumerable.Range(0, lastDays).Any(i => days[channel.Code].ContainsKey(first.AddDays(i)));
    }

    public static IEnumerable<DayFact> Entries(ChannelState channel, Days range) =>
        channel.Days.Where(d => d.Date >= range.First && d.Date <= range.Last);

    private double Sum(ChannelState channel, string metric, Days range, bool whole)
    {
        var (sum, any) = (0d, false);
        for (var day = Start(channel, range, whole); day <= range.Last; day = day.AddDays(1))
        {
            if (!days[channel.Code].TryGetValue(day, out var fact))
            {
                // Today is allowed to be on its way; a paused channel has nothing to report.
                if ((day == snapshot.Today && range.First != day) || (!channel.Active && !whole))
                    continue;
                return double.NaN;
            }
            if (Metric.Of(fact, metric) is not { } value)
                return double.NaN;
            (sum, any) = (sum + value, true);
        }
        return any ? sum : double.NaN;
    }

    /// <summary>Windows begin when the channel does: seven days on the third day of a flight are three.</summary>
    private DateOnly Start(ChannelState channel, Days range, bool whole)
    {
        if (whole)
            return range.First;
        var first = range.First > snapshot.FlightStart ? range.First : snapshot.FlightStart;
        var began = channel.Days.Count > 0 ? channel.Days[0].Date : first;
        return began > first ? began : first;
    }
}
