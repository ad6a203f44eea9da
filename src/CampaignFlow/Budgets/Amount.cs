using System.Globalization;
using System.Text.RegularExpressions;
using CampaignFlow.Engine;

namespace CampaignFlow.Budgets;

/// <summary>Reads an amount as people type it: <c>2400</c>, <c>2,400.50</c>, <c>¥2400</c>, full-width digits.</summary>
public static partial class Amount
{
    /// <param name="wrong">Why it cannot be read; null when it can.</param>
    /// <returns>Minor units.</returns>
    public static long Read(string? text, string currency, out Phrase? wrong)
    {
        wrong = null;
        var plain = (text ?? "").Normalize(System.Text.NormalizationForm.FormKC).Trim().TrimStart('¥', '$', '€', '£', '₽', '₩').Trim();
        const NumberStyles style = NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign;
        if (
            !Grouped().IsMatch(plain)
            || !decimal.TryParse(plain, style, CultureInfo.InvariantCulture, out var units)
            || Math.Abs(units) > 1_000_000_000_000m
        )
        {
            wrong = new($"'{text}' is not an amount such as 2,400.", $"“{text}”不是金额，例如 2,400。");
            return 0;
        }
        var money = Money.FromUnits(units, currency);
        if (money.Units != units)
            wrong = new(
                $"{currency} has {Money.Digits(currency)} decimal places; '{text}' has more.",
                $"{currency} 只有 {Money.Digits(currency)} 位小数，“{text}”过多。"
            );
        return money.Minor;
    }

    /// <summary>A comma only between groups of three: "100,5" is somebody's decimal comma, never 1,005.</summary>
    [GeneratedRegex(@"^[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?$")]
    private static partial Regex Grouped();
}
