using System.Globalization;
using CampaignFlow.Engine;

namespace CampaignFlow.Shell;

/// <summary>
/// How one reader is spoken to: the language, and how numbers and days are written in it. One per request (scoped); outside a request
/// (mails, exports) make one with <see cref="For"/>. Missing values are written "–", never 0.
/// </summary>
public sealed class Words
{
    public const string Missing = "–";
    public const string Chinese = "zh-CN";
    public const string English = "en";
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;
    private static readonly string[] WeekdaysZh = ["周日", "周一", "周二", "周三", "周四", "周五", "周六"];

    /// <summary><c>zh-CN</c> or <c>en</c>.</summary>
    public string Language { get; private set; } = English;

    /// <summary>The reader's own zone; what belongs to a campaign is shown in the campaign's.</summary>
    public TimeZoneInfo Zone { get; private set; } = TimeZoneInfo.Utc;

    public bool InChinese => Language == Chinese;

    public static Words For(string language, string? zone = null)
    {
        var words = new Words();
        words.Speak(language, zone);
        return words;
    }

    public void Speak(string language, string? zone = null)
    {
        Language = language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Chinese : English;
        Zone = zone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : TimeZoneInfo.Utc;
    }

    public string T(string en, string zh) => InChinese ? zh : en;

    public string T(Phrase phrase) => phrase.In(Language);

    /// <summary>In full: <c>¥1,092,531.42</c>.</summary>
    public string Money(Money? amount) => amount?.ToString() ?? Missing;

    /// <summary>For tiles and axes: <c>¥4.31M</c>, <c>¥431万</c>; below 10,000 in whole units.</summary>
    public string MoneyShort(Money? amount)
    {
        if (amount is not { } money)
            return Missing;
        var symbol = new Money(0, money.Currency).ToString();
        symbol = symbol[..symbol.IndexOf('0', StringComparison.Ordinal)];
        return (money.Minor < 0 ? "−" : "") + symbol + Short(Math.Abs(money.Units));
    }

    public string Number(double? value, int digits = 0) =>
        value is { } v && double.IsFinite(v) ? Minus(v.ToString("N" + digits.ToString(Plain), Plain)) : Missing;

    public string Number(long? value) => value is { } v ? Minus(v.ToString("N0", Plain)) : Missing;

    /// <param name="share">0.027 is written <c>2.7%</c>.</param>
    /// <param name="signed">With a leading + or −, for changes.</param>
    public string Percent(double? share, int digits = 1, bool signed = false)
    {
        if (share is not { } s || !double.IsFinite(s))
            return Missing;
        var text = Minus((s * 100).ToString("N" + digits.ToString(Plain), Plain)) + "%";
        return signed && s > 0 ? "+" + text : text;
    }

    public string Day(DateOnly? day) => day is { } d ? d.ToString(T("d MMM yyyy", "yyyy'年'M'月'd'日'"), Plain) : Missing;

    /// <summary>Without the year: <c>6 Nov</c>, <c>11月6日</c>.</summary>
    public string DayShort(DateOnly? day) => day is { } d ? d.ToString(T("d MMM", "M'月'd'日'"), Plain) : Missing;

    public string Weekday(DateOnly day) => T(day.ToString("ddd", Plain), WeekdaysZh[(int)day.DayOfWeek]);

    /// <summary>Day and time of day in <paramref name="zone"/> (IANA), else in the reader's own.</summary>
    public string Moment(DateTimeOffset? at, string? zone = null) =>
        at is { } a ? Local(a, zone).ToString(T("d MMM yyyy, HH:mm", "yyyy'年'M'月'd'日' HH:mm"), Plain) : Missing;

    public string MomentShort(DateTimeOffset? at, string? zone = null) =>
        at is { } a ? Local(a, zone).ToString(T("d MMM, HH:mm", "M'月'd'日' HH:mm"), Plain) : Missing;

    /// <summary>How far away, in the largest unit that says enough: <c>in 3 h</c>, <c>2 天前</c>.</summary>
    public string Away(DateTimeOffset? at, DateTimeOffset now)
    {
        if (at is not { } a)
            return Missing;
        var span = (a - now).Duration();
        if (span < TimeSpan.FromMinutes(1))
            return T("now", "现在");
        var (en, zh) =
            span < TimeSpan.FromHours(1) ? ($"{(int)span.TotalMinutes} min", $"{(int)span.TotalMinutes} 分钟")
            : span < TimeSpan.FromDays(2) ? ($"{(int)span.TotalHours} h", $"{(int)span.TotalHours} 小时")
            : ($"{(int)span.TotalDays} days", $"{(int)span.TotalDays} 天");
        return a > now ? T($"in {en}", $"{zh}后") : T($"{en} ago", $"{zh}前");
    }

    private DateTimeOffset Local(DateTimeOffset at, string? zone) =>
        TimeZoneInfo.ConvertTime(at, zone is null ? Zone : TimeZoneInfo.FindSystemTimeZoneById(zone));

    private string Short(decimal units) =>
        InChinese
            ? units switch
            {
                >= 100_000_000m => (units / 100_000_000m).ToString("0.##", Plain) + "亿",
                >= 10_000m => (units / 10_000m).ToString("0.#", Plain) + "万",
                _ => units.ToString("N0", Plain),
            }
            : units switch
            {
                >= 1_000_000m => (units / 1_000_000m).ToString("0.##", Plain) + "M",
                >= 10_000m => (units / 1_000m).ToString("0.#", Plain) + "k",
                _ => units.ToString("N0", Plain),
            };

    private static string Minus(string text) => text.Replace('-', '−');
}
