using System.Globalization;

namespace CampaignFlow.Engine;

/// <summary>An amount in integer minor units (cents, 分) of one ISO 4217 currency. Never floating point.</summary>
public readonly record struct Money(long Minor, string Currency) : IComparable<Money>
{
    private static readonly Dictionary<string, (string Symbol, int Digits)> Known = new(StringComparer.Ordinal)
    {
        ["CNY"] = ("¥", 2),
        ["EUR"] = ("€", 2),
        ["USD"] = ("$", 2),
        ["GBP"] = ("£", 2),
        ["JPY"] = ("JP¥", 0),
        ["KRW"] = ("₩", 0),
        ["RUB"] = ("₽", 2),
        ["HKD"] = ("HK$", 2),
    };

    /// <summary>Decimal places of the currency's minor unit (2 unless the currency says otherwise).</summary>
    public static int Digits(string currency) => Known.TryGetValue(currency, out var known) ? known.Digits : 2;

    /// <summary>How many minor units make one unit: 100 for CNY, 1 for JPY.</summary>
    public static long MinorPerUnit(string currency) => Digits(currency) == 0 ? 1 : 100;

    /// <summary>Rounds half away from zero to minor units, as platforms print their amounts.</summary>
    public static Money FromUnits(decimal units, string currency) =>
        new((long)Math.Round(units * MinorPerUnit(currency), MidpointRounding.AwayFromZero), currency);

    public decimal Units => (decimal)Minor / MinorPerUnit(Currency);

    public static Money operator +(Money a, Money b) => new(a.Minor + b.Same(a).Minor, a.Currency);

    public static Money operator -(Money a, Money b) => new(a.Minor - b.Same(a).Minor, a.Currency);

    public static Money operator -(Money a) => new(-a.Minor, a.Currency);

    public static bool operator <(Money a, Money b) => a.CompareTo(b) < 0;

    public static bool operator >(Money a, Money b) => a.CompareTo(b) > 0;

    public static bool operator <=(Money a, Money b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Money a, Money b) => a.CompareTo(b) >= 0;

    public int CompareTo(Money other) => Minor.CompareTo(other.Same(this).Minor);

    /// <summary>Symbol and thousands separators: <c>¥1,092,531.42</c>. The same in both languages.</summary>
    public override string ToString()
    {
        var symbol =
            Currency is null ? ""
            : Known.TryGetValue(Currency, out var known) ? known.Symbol
            : Currency + " ";
        var digits = Digits(Currency ?? "");
        return $"{(Minor < 0 ? "−" : "")}{symbol}{Math.Abs(Units).ToString("N" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)}";
    }

    /// <summary>
    /// Splits <paramref name="total"/> minor units in proportion to <paramref name="weights"/> so that the parts add up exactly:
    /// everyone gets the whole part, the largest remainders get one more each (Hamilton's method; ties go to the earlier one).
    /// </summary>
    public static IReadOnlyList<long> Split(long total, IReadOnlyList<decimal> weights)
    {
        var sum = weights.Sum();
        if (weights.Count == 0 || sum <= 0)
            throw new ArgumentException("Weights must add up to more than zero.", nameof(weights));
        var exact = weights.Select(w => total * w / sum).ToArray();
        var parts = exact.Select(e => (long)decimal.Floor(e)).ToArray();
        var left = total - parts.Sum();
        foreach (var i in Enumerable.Range(0, parts.Length).OrderByDescending(i => exact[i] - parts[i]).ThenBy(i => i).Take((int)left))
            parts[i]++;
        return parts;
    }

    private Money Same(Money other) =>
        Currency == other.Currency
            ? this
            : throw new InvalidOperationException($"Cannot mix {Currency} and {other.Currency}: amounts of two currencies are kept apart.");
}
