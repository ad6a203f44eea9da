using System.Globalization;
using CampaignFlow.Engine;

namespace CampaignFlow.Notifications;

/// <summary>A number with its kind, so that a mail prints it as the field does. Missing is a null figure.</summary>
public abstract record Figure
{
    private Figure() { }

    /// <summary>Money to the minor unit, for amounts that somebody approves.</summary>
    public sealed record Amount(Money Value) : Figure;

    /// <summary>Money in three digits and a bit: ¥462.0 万, ¥4.62M.</summary>
    public sealed record Round(Money Value) : Figure;

    /// <summary>A ratio printed in per cent; 0.027 is 2.7%.</summary>
    public sealed record Share(double Value, bool Signed = false) : Figure;

    /// <summary>A ratio printed as it is: ROAS 2.41.</summary>
    public sealed record Times(double Value) : Figure;

    public sealed record Count(double Value) : Figure;

    public string In(string language)
    {
        var chinese = language.StartsWith("zh", StringComparison.OrdinalIgnoreCase);
        return this switch
        {
            Amount amount => WithoutEmptyCents(amount.Value),
            Round round => Rounded(round.Value, chinese),
            Share share => Sign(share.Value, share.Signed) + Number(Math.Abs(share.Value) * 100, "0.#") + "%",
            Times times => Sign(times.Value, false) + Number(Math.Abs(times.Value), "0.00"),
            Count count => Sign(count.Value, false) + Number(Math.Abs(count.Value), "#,0.##"),
            _ => throw new InvalidOperationException($"{GetType().Name} cannot be printed."),
        };
    }

    private static string WithoutEmptyCents(Money value)
    {
        var text = value.ToString();
        return Money.Digits(value.Currency) > 0 && text.EndsWith(".00", StringComparison.Ordinal) ? text[..^3] : text;
    }

    private static string Rounded(Money value, bool chinese)
    {
        var units = Math.Abs(value.Units);
        (decimal size, string unit)? scale = (chinese, units) switch
        {
            (true, >= 100_000_000) => (100_000_000, " 亿"),
            (true, >= 100_000) => (10_000, " 万"),
            (false, >= 1_000_000) => (1_000_000, "M"),
            (false, >= 100_000) => (1_000, "k"),
            _ => null,
        };
        if (scale is not { } s)
            return WithoutEmptyCents(value);
        var symbol = new Money(0, value.Currency).ToString().TrimEnd('0', '.');
        var digits = s.unit is "M" or " 亿" ? "#,0.00" : "#,0.0";
        return (value.Minor < 0 ? "−" : "")
            + symbol
            + Math.Round(units / s.size, 2).ToString(digits, CultureInfo.InvariantCulture)
            + s.unit;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static string Sign(double value, bool signed) =>
        value < 0 ? "−"
        : signed && value > 0 ? "+"
        : "";
}
