using System.Globalization;
using CampaignFlow.Engine;

namespace CampaignFlow.Notifications;

/// <summary>Who reads a mail: language, clock, and where links lead.</summary>
/// <param name="Name">As the person is addressed; empty for a bare address.</param>
public sealed record Reader(string Name, string Language, TimeZoneInfo Zone, Uri PublicUrl)
{
    private const string Weekdays = "日一二三四五六";

    public bool Chinese => Language.StartsWith("zh", StringComparison.OrdinalIgnoreCase);

    public string Say(string en, string zh) => Chinese ? zh : en;

    public string Say(Phrase phrase) => phrase.In(Language);

    /// <summary>A missing number is said to be missing, never printed as nothing or zero.</summary>
    public string Say(Figure? figure) => figure?.In(Language) ?? Say("no data", "无数据");

    public string Day(DateOnly day) =>
        Chinese
            ? string.Create(CultureInfo.InvariantCulture, $"{day.Month}月{day.Day}日（周{Weekdays[(int)day.DayOfWeek]}）")
            : day.ToString("ddd d MMM", CultureInfo.InvariantCulture);

    public string ShortDay(DateOnly day) => day.ToString(Chinese ? "MM-dd" : "d MMM", CultureInfo.InvariantCulture);

    /// <summary>Date and time on the reader's clock, with the offset, so that nobody has to guess whose ten o'clock it is.</summary>
    public string Time(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        var day = Day(DateOnly.FromDateTime(local.DateTime));
        var time = local.ToString("HH:mm", CultureInfo.InvariantCulture);
        return Chinese ? $"{day}{time}（{Offset(local)}）" : $"{day}, {time} ({Offset(local)})";
    }

    /// <summary>The same without the offset, for subjects.</summary>
    public string ShortTime(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        var day = Day(DateOnly.FromDateTime(local.DateTime));
        var time = local.ToString("HH:mm", CultureInfo.InvariantCulture);
        return Chinese ? day + time : $"{day}, {time}";
    }

    /// <summary>Full address of a page; full addresses stay as they are.</summary>
    public string Link(string path) =>
        Uri.TryCreate(path, UriKind.Absolute, out var full) && full.Scheme is "http" or "https"
            ? path
            : PublicUrl.AbsoluteUri.TrimEnd('/') + "/" + path.TrimStart('/');

    private static string Offset(DateTimeOffset local)
    {
        var offset = local.Offset;
        if (offset == TimeSpan.Zero)
            return "UTC";
        var sign = offset < TimeSpan.Zero ? "−" : "+";
        var minutes = offset.Minutes == 0 ? "" : offset.ToString("\\:mm", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"UTC{sign}{Math.Abs(offset.Hours)}{minutes}");
    }
}
