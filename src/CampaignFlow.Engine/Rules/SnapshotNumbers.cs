using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>First and last day, both included.</summary>
/// <param name="Plain">Leaves promotion days out.</param>
internal readonly record struct Days(DateOnly First, DateOnly Last, bool Plain = false)
{
    public int Count => Last.DayNumber - First.DayNumber + 1;
}

/// <summary>Sums and ratios of one snapshot, each computed once however many subjects and rules ask for it.</summary>
internal sealed partial class SnapshotNumbers
{
    /// <summary>No channel has an empty code.</summary>
    private const string Everyone = "";

    private readonly Dictionary<(string Channel, string Metric, Days Days, bool Whole), double> seen = [];
    private readonly Dictionary<string, DayRow> days = new(StringComparer.Ordinal);
    private readonly HashSet<string> own = new(StringComparer.Ordinal);
    private ChannelState? whole;

    public SnapshotNumbers(Snapshot snapshot)
    {
        Snapshot = snapshot;
        foreach (var metric in snapshot.Days.SelectMany(d => d.More?.Keys ?? []))
            own.Add(metric);
        Itself = new(Own, snapshot.Campaign, 0, 0, 0, Shiftable: false, Active: true, snapshot.Days);
    }

    private const string Own = "(campaign)";

    public Snapshot Snapshot { get; }

    /// <summary>What the campaign reports as a whole.</summary>
    private ChannelState Itself { get; }

    /// <summary>All channels as if they were one, day by day: what uncertainty and forecasts of the campaign are drawn from.</summary>
    public ChannelState Whole => whole ??= AsOne();

    public Days Range(Window window, GuardSet guard)
    {
        var shift = window.Ago + (window.Kind == WindowKind.Last ? guard.IgnoreLastDays : 0);
        return window.Kind == WindowKind.Flight
            ? new(Snapshot.FlightStart, Snapshot.Today.AddDays(-window.Ago), guard.IgnorePromotions)
            : new(Snapshot.Today.AddDays(-window.From - shift), Snapshot.Today.AddDays(-window.To - shift), guard.IgnorePromotions);
    }

    /// <summary>Value of a metric of one channel; NaN when a day is missing or a ratio has nothing below the line.</summary>
    /// <param name="complete">Days before the start are missing rather than outside: comparisons need windows of equal length.</param>
    public double Of(ChannelState channel, Term metric, Days range, bool complete = false)
    {
        var key = (channel.Code, metric.Name, range, complete);
        if (!seen.TryGetValue(key, out var value))
            seen[key] = value = Once(channel, metric, range, complete);
        return value;
    }

    /// <summary>The same for who keeps what was read.</summary>
    public double Once(ChannelState channel, Term metric, Days range, bool complete) =>
        metric.Parts is { } parts
            ? parts.Of(name => Over(channel, name, OverDays.Sum, range, complete))
            : Over(channel, metric.Name, metric.Over, range, complete);

    /// <summary>The same over all channels; unknown when one that is active is.</summary>
    /// <param name="except">A channel left out.</param>
    public double OfAll(Term metric, Days range, bool complete = false, string? except = null)
    {
        var key = (except is null ? Everyone : "-" + except, metric.Name, range, complete);
        if (!seen.TryGetValue(key, out var value))
            seen[key] = value = OnceOfAll(metric, range, complete, except);
        return value;
    }

    /// <summary>The same for who keeps what was read.</summary>
    public double OnceOfAll(Term metric, Days range, bool complete, string? except = null) =>
        metric.Parts is { } parts ? parts.Of(name => SumOfAll(name, range, complete, except))
        : metric.Over == OverDays.Sum || own.Contains(metric.Name) ? SumOfAll(metric.Name, range, complete, except, metric.Over)
        : double.NaN;

    private double SumOfAll(string metric, Days range, bool complete, string? except, OverDays over = OverDays.Sum)
    {
        if (own.Contains(metric))
            return Over(Itself, metric, over, range, complete);
        var sum = 0d;
        var channels = Snapshot.Channels;
        for (var i = 0; i < channels.Count; i++)
        {
            var channel = channels[i];
            if (channel.Code == except)
                continue;
            var value = Over(channel, metric, OverDays.Sum, range, complete);
            // What was stopped before the range began is no gap.
            if (!double.IsNaN(value) || channel.Active || Entries(channel, range).Any())
                sum += value;
        }
        return sum;
    }

    /// <summary>The first day in the range that counts and has no entry; null when every day is there.</summary>
    public DateOnly? Gap(ChannelState channel, Days range)
    {
        for (var day = Start(channel, range, complete: false); day <= range.Last; day = day.AddDays(1))
            if (day != Snapshot.Today && !Skipped(day, range) && !RowOf(channel).Has(day))
                return day;
        return null;
    }

    /// <summary>The first day on which something is reported that cannot be, such as a negative spend.</summary>
    public static (DateOnly Day, double Value)? Nonsense(ChannelState channel, string metric, Days range)
    {
        foreach (var day in Entries(channel, range).OrderBy(d => d.Date))
            if (Metric.Reported(day, metric) is { } value && Metric.Of(day, metric) is null)
                return (day.Date, value);
        return null;
    }

    /// <param name="metric">Null: any entry counts.</param>
    public bool HasData(ChannelState channel, int lastDays, string? metric = null)
    {
        var first = Snapshot.Today.AddDays(-lastDays);
        // A flight that has not run that long cannot be silent that long.
        return first < Snapshot.FlightStart
            || Enumerable
                .Range(0, lastDays)
                .Any(i =>
                    RowOf(channel).TryGet(first.AddDays(i), out var fact) && (metric is null || Metric.Reported(fact, metric) is not null)
                );
    }

    public static IEnumerable<DayFact> Entries(ChannelState channel, Days range) =>
        channel.Days.Where(d => d.Date >= range.First && d.Date <= range.Last);

    public bool Skipped(DateOnly day, Days range) => range.Plain && Snapshot.IsPromotion(day);

    private double Over(ChannelState channel, string metric, OverDays over, Days range, bool complete)
    {
        var row = RowOf(channel);
        var (sum, count, last) = (0d, 0, double.NaN);
        for (var day = Start(channel, range, complete); day <= range.Last; day = day.AddDays(1))
        {
            if (Skipped(day, range))
                continue;
            if (!row.TryGet(day, out var fact))
            {
                // Today is allowed to be on its way; a paused channel has nothing to report.
                if ((day == Snapshot.Today && range.First != day) || (!channel.Active && !complete))
                    continue;
                return double.NaN;
            }
            if (Metric.Of(fact, metric) is not { } value)
                return double.NaN;
            (sum, count, last) = (sum + value, count + 1, value);
        }
        return over switch
        {
            _ when count == 0 => double.NaN,
            OverDays.Mean => sum / count,
            OverDays.Latest => last,
            _ => sum,
        };
    }

    /// <summary>Windows begin when the channel does: seven days on the third day of a flight are three.</summary>
    private DateOnly Start(ChannelState channel, Days range, bool complete)
    {
        if (complete)
            return range.First;
        var first = range.First > Snapshot.FlightStart ? range.First : Snapshot.FlightStart;
        var began = channel.Days.Count > 0 ? channel.Days[0].Date : first;
        return began > first ? began : first;
    }

    private ChannelState AsOne()
    {
        var all = new List<DayFact>();
        for (var day = Snapshot.FlightStart; day < Snapshot.Today; day = day.AddDays(1))
        {
            var only = new Days(day, day);
            double? Sum(string name) => SumOfAll(name, only, complete: false, except: null) is var sum && double.IsNaN(sum) ? null : sum;
            all.Add(
                new(
                    day,
                    (long?)Sum("spend"),
                    (long?)Sum("revenue"),
                    (long?)Sum("impressions"),
                    (long?)Sum("clicks"),
                    Sum("conversions"),
                    Sum("leads")
                )
            );
        }
        return new(Everyone, Snapshot.Campaign, 0, 0, 0, Shiftable: false, Active: true, all);
    }

    private DayRow RowOf(ChannelState channel)
    {
        if (!days.TryGetValue(channel.Code, out var row))
            days[channel.Code] = row = new(channel.Days);
        return row;
    }
}
