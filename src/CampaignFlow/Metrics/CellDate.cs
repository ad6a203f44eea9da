using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CampaignFlow.Metrics;

/// <summary>Which number stands first in a date with slashes.</summary>
public enum DateOrder
{
    MonthFirst,
    DayFirst,
}

/// <summary>A day as exports write it.</summary>
internal static partial class CellDate
{
    private static readonly string[] Plain =
    [
        "yyyy-M-d",
        "yyyy/M/d",
        "yyyy.M.d",
        "yyyyMMdd",
        "yyyy年M月d日",
        "MMM d, yyyy",
        "MMMM d, yyyy",
        "d MMM yyyy",
        "d MMMM yyyy",
        "d-MMM-yyyy",
        "d-MMM-yy",
    ];

    /// <param name="order">Needed only for <c>1/2/26</c>; null when the file has no such dates.</param>
    /// <param name="time">What stood after the day, e.g. an hour.</param>
    public static DateOnly? Read(string cell, DateOrder? order, out string time)
    {
        (var text, time) = Split(cell);
        if (DateOnly.TryParseExact(text, Plain, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return Sane(day);
        if (Numbers(text) is not var (a, b, year, dotted))
            return null;
        // A full stop between the numbers is the German and Russian way, day first.
        var (month, dayOfMonth) = dotted || order == DateOrder.DayFirst ? (b, a) : (a, b);
        return Make(year, month, dayOfMonth);
    }

    /// <summary>The order in which all dates of the file make sense; null when both do, or neither.</summary>
    public static OrderVerdict Decide(IEnumerable<string> cells, DateOnly? flightStart, DateOnly? flightEnd)
    {
        var slashed = cells
            .Select(c => Numbers(Split(c).Text))
            .OfType<(int A, int B, int Year, bool Dotted)>()
            .Where(n => !n.Dotted)
            .Distinct()
            .ToList();
        if (slashed.Count == 0 || slashed.All(n => n.A == n.B))
            return new(DateOrder.MonthFirst, true);
        var monthFirst = slashed.Count(n => Make(n.Year, n.A, n.B) is not null);
        var dayFirst = slashed.Count(n => Make(n.Year, n.B, n.A) is not null);
        if (monthFirst != dayFirst)
            return new(monthFirst > dayFirst ? DateOrder.MonthFirst : DateOrder.DayFirst, true);
        var asMonth = slashed.Select(n => Make(n.Year, n.A, n.B)).OfType<DateOnly>().ToList();
        var asDay = slashed.Select(n => Make(n.Year, n.B, n.A)).OfType<DateOnly>().ToList();
        if (asMonth.Count == 0 || asMonth.Count < slashed.Count)
            return new(DateOrder.MonthFirst, asMonth.Count == 0);
        if (flightStart is { } from && flightEnd is { } to)
        {
            var fitsMonth = asMonth.TrueForAll(d => d >= from && d <= to);
            var fitsDay = asDay.TrueForAll(d => d >= from && d <= to);
            if (fitsMonth != fitsDay)
                return new(fitsMonth ? DateOrder.MonthFirst : DateOrder.DayFirst, true);
        }
        // Daily files have neighbouring days: read the wrong way round they jump from month to month.
        var spanMonth = asMonth.Max().DayNumber - asMonth.Min().DayNumber;
        var spanDay = asDay.Max().DayNumber - asDay.Min().DayNumber;
        if (slashed.Count >= 2 && Math.Min(spanMonth, spanDay) <= 31 && Math.Max(spanMonth, spanDay) > 3 * Math.Min(spanMonth, spanDay))
            return new(spanMonth < spanDay ? DateOrder.MonthFirst : DateOrder.DayFirst, true);
        return new(DateOrder.MonthFirst, false);
    }

    /// <summary>The one day a file name speaks of; null when it names none or several.</summary>
    public static DateOnly? InFileName(string fileName)
    {
        var days = FileNameDays()
            .Matches(Path.GetFileNameWithoutExtension(fileName))
            .Select(m => Make(Part(m, "y"), Part(m, "m"), Part(m, "d")))
            .OfType<DateOnly>()
            .Distinct()
            .ToList();
        return days.Count == 1 ? days[0] : null;

        static int Part(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    private static (string Text, string Time) Split(string cell)
    {
        var text = cell.Normalize(NormalizationForm.FormKC).Trim();
        var clock = Clock().Match(text);
        return clock.Success ? (text[..clock.Index].Trim(), Midnight(clock.Value) ? "" : clock.Value.Trim()) : (text, "");
    }

    private static bool Midnight(string time) => time.All(c => !char.IsAsciiDigit(c) || c == '0');

    private static (int A, int B, int Year, bool Dotted)? Numbers(string text)
    {
        var match = Short().Match(text);
        if (!match.Success)
            return null;
        var year = int.Parse(match.Groups["y"].Value, CultureInfo.InvariantCulture);
        return (
            int.Parse(match.Groups["a"].Value, CultureInfo.InvariantCulture),
            int.Parse(match.Groups["b"].Value, CultureInfo.InvariantCulture),
            year < 100 ? 2000 + year : year,
            match.Groups["s"].Value == "."
        );
    }

    private static DateOnly? Make(int year, int month, int day) =>
        year is >= 2000 and < 2100 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;

    private static DateOnly? Sane(DateOnly day) => day.Year is >= 2000 and < 2100 ? day : null;

    /// <param name="Sure">False when the file can be read both ways.</param>
    public readonly record struct OrderVerdict(DateOrder Order, bool Sure);

    [GeneratedRegex(
        @"^(?<a>\d{1,2})(?<s>[/.\-])(?<b>\d{1,2})\k<s>(?<y>\d{4}|\d{2})$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Short();

    [GeneratedRegex(
        @"[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Clock();

    [GeneratedRegex(
        @"(?<!\d)(?<y>20\d{2})[-_.年]?(?<m>\d{2})[-_.月]?(?<d>\d{2})(?!\d)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    )]
    private static partial Regex FileNameDays();
}
