using System.Globalization;
using System.Text.RegularExpressions;

namespace CampaignFlow.Engine.Workflows.DryRuns;

/// <summary>How long something takes: hours and days by the clock, or working days (Monday to Friday, same time of day).</summary>
public readonly partial record struct DrySpan(TimeSpan Clock, int WorkingDays)
{
    private const int Longest = 3_650;

    /// <summary>The moment that long after another; working days are counted in its offset.</summary>
    public DateTimeOffset After(DateTimeOffset moment)
    {
        var at = moment + Clock;
        for (var left = WorkingDays; left > 0; )
        {
            at = at.AddDays(1);
            if (at.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
                left--;
        }
        return at;
    }

    /// <summary>30m, 4h, 2d, 1w, 1wd (working days), or 2.04:00:00.</summary>
    public static DrySpan? Parse(string text)
    {
        if (Shape().Match(text.Trim()) is { Success: true } match)
        {
            var number = int.TryParse(match.Groups["n"].Value, CultureInfo.InvariantCulture, out var n) ? n : int.MaxValue;
            var unit = match.Groups["unit"].Value;
            var days = (long)number * (unit is "w" ? 7 : 1);
            if (days > (unit is "m" or "h" ? Longest * 24L : Longest))
                return null;
            return unit switch
            {
                "wd" => new(TimeSpan.Zero, number),
                "m" => new(TimeSpan.FromMinutes(number), 0),
                "h" => new(TimeSpan.FromHours(number), 0),
                _ => new(TimeSpan.FromDays(days), 0),
            };
        }
        return
            TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
            && text.Contains(':', StringComparison.Ordinal)
            && span >= TimeSpan.Zero
            && span.TotalDays <= Longest
            ? new(span, 0)
            : null;
    }

    /// <summary>As it is written: 1wd, 2d, 4h, 30m.</summary>
    public override string ToString() =>
        WorkingDays > 0 ? string.Create(CultureInfo.InvariantCulture, $"{WorkingDays}wd")
        : Clock.Ticks % TimeSpan.TicksPerDay == 0 ? string.Create(CultureInfo.InvariantCulture, $"{Clock.Days}d")
        : Clock.Ticks % TimeSpan.TicksPerHour == 0 ? string.Create(CultureInfo.InvariantCulture, $"{(int)Clock.TotalHours}h")
        : Clock.Ticks % TimeSpan.TicksPerMinute == 0 ? string.Create(CultureInfo.InvariantCulture, $"{(int)Clock.TotalMinutes}m")
        : Clock.ToString("c", CultureInfo.InvariantCulture);

    [GeneratedRegex("^(?<n>[0-9]{1,9})(?<unit>wd|w|d|h|m)$")]
    private static partial Regex Shape();
}
