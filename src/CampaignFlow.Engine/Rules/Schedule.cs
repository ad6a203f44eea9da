using System.Globalization;

namespace CampaignFlow.Engine.Rules;

/// <summary>When a rule is looked at: on which days of the daily check, and whether more often than that.</summary>
public abstract record Schedule
{
    private const string Every = "every ";
    private const int MostDays = 90;
    private const int LongestWait = 100;

    private Schedule() { }

    public static Schedule Daily { get; } = new EveryDays(1);

    /// <summary>Each n days, counted from the first day of the flight.</summary>
    public sealed record EveryDays(int Count) : Schedule;

    public sealed record Weekly(DayOfWeek On) : Schedule;

    /// <summary>Monday to Friday; public holidays are not known here.</summary>
    public sealed record WorkingDays : Schedule;

    /// <summary>Every day, and besides each hour, or as soon as other numbers have arrived that the rule reads.</summary>
    public sealed record Often(bool Hourly, bool OnMetrics) : Schedule;

    private const string Hour = "every hour";
    private const string Metrics = "when metrics change";
    private const string And = ", and ";

    public bool EachHour => this is Often { Hourly: true };
    public bool WhenMetricsChange => this is Often { OnMetrics: true };

    /// <summary>Everything that <c>check</c> may say, <c>every 3 days</c> standing for all numbers.</summary>
    public static IReadOnlyList<string> Forms { get; } =
    [
        "every day",
        "every working day",
        "every 3 days",
        .. Enumerable.Range(1, 7).Select(d => Every + Name((DayOfWeek)(d % 7))),
        Hour,
        Metrics,
        Hour + And + Metrics,
    ];

    /// <returns>Null when it says nothing known.</returns>
    public static Schedule? Read(string words)
    {
        if (words == "every day")
            return Daily;
        if (words == "every working day")
            return new WorkingDays();
        if (words is Hour or Metrics or Hour + And + Metrics)
            return new Often(words.StartsWith(Hour, StringComparison.Ordinal), words.EndsWith(Metrics, StringComparison.Ordinal));
        if (!words.StartsWith(Every, StringComparison.Ordinal))
            return null;
        var rest = words[Every.Length..];
        if (Enum.GetValues<DayOfWeek>().Where(d => Name(d) == rest).Select(d => (DayOfWeek?)d).FirstOrDefault() is { } day)
            return new Weekly(day);
        return
            rest.EndsWith(" days", StringComparison.Ordinal)
            && int.TryParse(rest[..^" days".Length], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is >= 2 and <= MostDays
            ? new EveryDays(count)
            : null;
    }

    public bool IsDue(DateOnly day, DateOnly flightStart) =>
        this switch
        {
            EveryDays every => (day.DayNumber - flightStart.DayNumber) % every.Count == 0,
            Weekly weekly => day.DayOfWeek == weekly.On,
            Often => true,
            _ => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday),
        };

    /// <summary>The first day after <paramref name="day"/> on which it is due.</summary>
    public DateOnly NextAfter(DateOnly day, DateOnly flightStart) =>
        Enumerable.Range(1, LongestWait).Select(day.AddDays).First(d => IsDue(d, flightStart));

    public Phrase Sentence =>
        this switch
        {
            EveryDays { Count: 1 } => new("every day", "每日"),
            EveryDays every => new($"every {every.Count} days", $"每 {every.Count} 日"),
            Weekly weekly => new(Every + Name(weekly.On), "每周" + Chinese[(int)weekly.On]),
            Often { Hourly: true, OnMetrics: true } => new(Hour + And + Metrics, "每小时及数据更新时"),
            Often { Hourly: true } => new(Hour, "每小时"),
            Often => new(Metrics, "数据更新时"),
            _ => new("every working day", "每个工作日"),
        };

    private const string Chinese = "日一二三四五六";

    private static string Name(DayOfWeek day) => day.ToString().ToLowerInvariant();
}
