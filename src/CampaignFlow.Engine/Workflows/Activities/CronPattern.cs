using System.Globalization;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>
/// The usual five fields (minutes hours day month weekday), or six with seconds first. Lists, ranges, steps and ?; weekday 0 and 7
/// are Sunday. When day and weekday are both given, either may match, as in Unix cron.
/// </summary>
public sealed class CronPattern
{
    private static readonly string[] MonthNames = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] DayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly bool[] _seconds;
    private readonly bool[] _minutes;
    private readonly bool[] _hours;
    private readonly bool[] _days;
    private readonly bool[] _months;
    private readonly bool[] _weekdays;
    private readonly bool _eitherDay;

    private CronPattern(bool[][] fields, bool eitherDay)
    {
        _seconds = fields[0];
        _minutes = fields[1];
        _hours = fields[2];
        _days = fields[3];
        _months = fields[4];
        _weekdays = fields[5];
        _weekdays[0] |= _weekdays[7];
        _eitherDay = eitherDay;
    }

    /// <returns>Null when the text is not a pattern.</returns>
    public static CronPattern? Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 5)
            parts = ["0", .. parts];
        if (parts.Length != 6)
            return null;
        bool[]?[] fields =
        [
            Field(parts[0], 0, 59, [], 0),
            Field(parts[1], 0, 59, [], 0),
            Field(parts[2], 0, 23, [], 0),
            Field(parts[3], 1, 31, [], 0),
            Field(parts[4], 1, 12, MonthNames, 1),
            Field(parts[5], 0, 7, DayNames, 0),
        ];
        return fields.All(field => field is not null)
            ? new CronPattern(fields!, parts[3] is not ("*" or "?") && parts[5] is not ("*" or "?"))
            : null;
    }

    /// <summary>The first time later than <paramref name="moment"/> (UTC), or null when there is none within eight years.</summary>
    public DateTimeOffset? After(DateTimeOffset moment)
    {
        var utc = moment.UtcDateTime;
        var at = new DateTime(utc.Year, utc.Month, utc.Day, utc.Hour, utc.Minute, utc.Second, DateTimeKind.Utc).AddSeconds(1);
        // Eight years hold every date there is, 29 February across a century too.
        for (var last = at.AddYears(8); at < last; )
        {
            if (!_months[at.Month] || !IsDay(at))
                at = at.Date.AddDays(1);
            else if (!_hours[at.Hour])
                at = at.Date.AddHours(at.Hour + 1);
            else if (!_minutes[at.Minute])
                at = at.AddSeconds(60 - at.Second);
            else if (!_seconds[at.Second])
                at = at.AddSeconds(1);
            else
                return new DateTimeOffset(at, TimeSpan.Zero);
        }
        return null;
    }

    private bool IsDay(DateTime at)
    {
        var (day, weekday) = (_days[at.Day], _weekdays[(int)at.DayOfWeek]);
        return _eitherDay ? day || weekday : day && weekday;
    }

    private static bool[]? Field(string text, int least, int most, string[] names, int firstName)
    {
        var field = new bool[most + 1];
        foreach (var part in text.Split(','))
        {
            var slash = part.Split('/');
            var step = 1;
            if (
                slash.Length > 2
                || (slash.Length == 2 && (!int.TryParse(slash[1], NumberStyles.None, CultureInfo.InvariantCulture, out step) || step == 0))
            )
                return null;
            var (from, to) = (least, most);
            if (slash[0] is not ("*" or "?"))
            {
                var ends = slash[0].Split('-');
                if (ends.Length > 2 || !Number(ends[0], names, firstName, out from))
                    return null;
                to = slash.Length == 2 ? most : from;
                if (ends.Length == 2 && !Number(ends[1], names, firstName, out to))
                    return null;
            }
            if (from < least || to > most || from > to)
                return null;
            for (var i = from; i <= to; i += step)
                field[i] = true;
        }
        return field;
    }

    private static bool Number(string text, string[] names, int firstName, out int value)
    {
        var name = Array.FindIndex(names, n => string.Equals(n, text, StringComparison.OrdinalIgnoreCase));
        value = name + firstName;
        return name >= 0 || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
