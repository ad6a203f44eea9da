using CampaignFlow.Engine;

namespace CampaignFlow.Shell;

/// <summary>Moments inside sentences that stand in both languages at once.</summary>
public static class Moments
{
    /// <summary><c>Tue 3 Nov</c>, <c>11月3日周二</c>; with its year when that is not the year of <paramref name="now"/>.</summary>
    /// <param name="zone">IANA; null: UTC.</param>
    public static Phrase Day(DateTimeOffset at, string? zone, DateTimeOffset now)
    {
        var day = DateOf(at, zone);
        return new(In(Words.English), In(Words.Chinese));

        string In(string language)
        {
            var words = Words.For(language, zone);
            var date = day.Year == DateOf(now, zone).Year ? words.DayShort(day) : words.Day(day);
            return words.T($"{words.Weekday(day)} {date}", $"{date}{words.Weekday(day)}");
        }
    }

    /// <summary><c>Tue 3 Nov, 09:00</c>, <c>11月3日周二 09:00</c>; without a zone it says UTC.</summary>
    public static Phrase Moment(DateTimeOffset at, string? zone, DateTimeOffset now)
    {
        var day = Day(at, zone, now);
        var time = Local(at, zone).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        return zone is null ? new($"{day.En}, {time} UTC", $"{day.Zh} {time}（UTC）") : new($"{day.En}, {time}", $"{day.Zh} {time}");
    }

    /// <summary><c>in 40 s</c>, <c>3 小时后</c>; what is over already is <c>now</c>.</summary>
    public static Phrase In(DateTimeOffset at, DateTimeOffset now)
    {
        var seconds = (int)Math.Ceiling((at - now).TotalSeconds);
        return seconds switch
        {
            <= 0 => new("now", "现在"),
            < 60 => new($"in {seconds} s", $"{seconds} 秒后"),
            _ => new(Words.For(Words.English).Away(at, now), Words.For(Words.Chinese).Away(at, now)),
        };
    }

    private static DateOnly DateOf(DateTimeOffset at, string? zone) => DateOnly.FromDateTime(Local(at, zone).DateTime);

    private static DateTimeOffset Local(DateTimeOffset at, string? zone) => TimeZoneInfo.ConvertTime(at, Words.For("en", zone).Zone);
}
