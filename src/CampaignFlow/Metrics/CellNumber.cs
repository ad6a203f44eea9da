using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace CampaignFlow.Metrics;

/// <summary>A number as a cell shows it. Missing is neither zero nor an error.</summary>
/// <param name="Sign">A currency sign that stood in the cell.</param>
internal readonly partial record struct CellNumber(CellNumber.Kind Is, decimal Value, bool Percent, string? Sign)
{
    public enum Kind
    {
        Missing,
        Number,
        Unreadable,
    }

    private static readonly CellNumber Nothing = new(Kind.Missing, 0, false, null);
    private static readonly CellNumber Bad = new(Kind.Unreadable, 0, false, null);

    private static readonly HashSet<string> MissingWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "",
        "-",
        "--",
        "---",
        "–",
        "—",
        "——",
        "−",
        "n/a",
        "na",
        "#n/a",
        "null",
        "none",
        "无",
        "暂无",
        "暂无数据",
        "/",
        "\\n",
    };

    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("亿", 100_000_000m),
        ("万", 10_000m),
        ("w", 10_000m),
        ("千", 1_000m),
    ];

    private const string CountWords = "次单个人笔件条";

    /// <param name="decimalComma">How the file as a whole writes decimals.</param>
    public static CellNumber Read(string cell, bool decimalComma)
    {
        var text = Clean(cell);
        if (MissingWords.Contains(text))
            return Nothing;

        var negative = false;
        if (text.StartsWith('(') && text.EndsWith(')'))
            (negative, text) = (true, text[1..^1].Trim());
        string? sign = null;
        (text, sign) = TakeSign(text);
        if (text.Length > 0 && text[0] is '-' or '+')
            (negative, text) = (negative ^ text[0] == '-', text[1..].Trim());
        if (sign is null)
            (text, sign) = TakeSign(text);
        text = text.TrimEnd(CountWords.ToCharArray()).Trim();
        var percent = text.EndsWith('%');
        if (percent)
            text = text[..^1].Trim();
        var factor = 1m;
        foreach (var (suffix, by) in Suffixes)
        {
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                (factor, text) = (by, text[..^suffix.Length].Trim());
                break;
            }
        }
        if (Digits(text, decimalComma) is not { } number)
            return Bad;
        try
        {
            var value = number * factor * (negative ? -1 : 1) / (percent ? 100 : 1);
            return Math.Abs(value) > 10_000_000_000_000m ? Bad : new(Kind.Number, value, percent, sign);
        }
        catch (OverflowException)
        {
            return Bad;
        }
    }

    /// <summary>True: this cell can only be read with a decimal comma; false: only with a decimal point; null: says nothing.</summary>
    public static bool? SaysDecimalComma(string cell)
    {
        var text = Clean(cell);
        if (!text.Any(char.IsAsciiDigit))
            return null;
        var comma = text.LastIndexOf(',');
        var point = text.LastIndexOf('.');
        if (comma >= 0 && point >= 0)
            return comma > point;
        if (comma < 0 && point < 0)
            return null;
        var at = Math.Max(comma, point);
        var mark = text[at];
        var after = text[(at + 1)..].TakeWhile(char.IsAsciiDigit).Count();
        if (text.Count(c => c == mark) > 1)
            return mark == '.'; // repeated, so it groups thousands
        return after == 3 && text[..at].Any(char.IsAsciiDigit) ? null : mark == ',';
    }

    private static (string Text, string? Sign) TakeSign(string text)
    {
        foreach (var sign in Currencies.AllSigns)
        {
            if (text.StartsWith(sign, StringComparison.OrdinalIgnoreCase))
                return (text[sign.Length..].Trim(), sign);
            if (text.EndsWith(sign, StringComparison.OrdinalIgnoreCase))
                return (text[..^sign.Length].Trim(), sign);
        }
        return (text, null);
    }

    private static decimal? Digits(string text, bool decimalComma)
    {
        var (point, group) = decimalComma ? (',', '.') : ('.', ',');
        var cut = text.IndexOf(point);
        var whole = cut < 0 ? text : text[..cut];
        var part = cut < 0 ? "" : text[(cut + 1)..];
        if (whole.IndexOfAny([group, ' ', '\'', '’']) >= 0)
        {
            if (!Grouped().IsMatch(whole.Replace(group, ' ')))
                return null;
            whole = string.Concat(whole.Where(char.IsAsciiDigit));
        }
        return decimal.TryParse(
            cut < 0 ? whole : $"{(whole.Length == 0 ? "0" : whole)}.{part}",
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture,
            out var value
        )
            ? value
            : null;
    }

    private static string Clean(string cell) => cell.Normalize(NormalizationForm.FormKC).Replace('−', '-').Trim();

    [GeneratedRegex(@"^\d{1,3}([ '’]\d{3})+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Grouped();
}
