namespace CampaignFlow.Metrics;

/// <summary>How exports write currencies.</summary>
internal static class Currencies
{
    private static readonly Dictionary<string, string[]> Signs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["¥"] = ["CNY", "JPY"],
        ["元"] = ["CNY"],
        ["人民币"] = ["CNY"],
        ["RMB"] = ["CNY"],
        ["美元"] = ["USD"],
        ["$"] = ["USD", "HKD", "CAD", "AUD", "SGD", "TWD", "MXN"],
        ["US$"] = ["USD"],
        ["HK$"] = ["HKD"],
        ["港币"] = ["HKD"],
        ["€"] = ["EUR"],
        ["欧元"] = ["EUR"],
        ["£"] = ["GBP"],
        ["英镑"] = ["GBP"],
        ["日元"] = ["JPY"],
        ["円"] = ["JPY"],
        ["₩"] = ["KRW"],
        ["₽"] = ["RUB"],
        ["руб"] = ["RUB"],
    };

    /// <summary>A unit that can only be one currency: an ISO code or an unmistakable word; else null.</summary>
    public static string? Named(string unit)
    {
        if (
            unit.Length == 3
            && unit.All(char.IsAsciiLetterUpper)
            && unit is not ("API" or "CTR" or "CPC" or "CPM" or "CVR" or "ROI" or "UTC" or "ALL")
        )
            return unit == "RMB" ? "CNY" : unit;
        return Signs.TryGetValue(unit, out var meant) && meant.Length == 1 ? meant[0] : null;
    }

    /// <summary>Longest first, so that <c>HK$</c> is not read as <c>$</c>.</summary>
    public static IEnumerable<string> AllSigns { get; } =
    [.. Signs.Keys.OrderByDescending(s => s.Length).ThenBy(s => s, StringComparer.Ordinal)];

    public static bool CanMean(string sign, string currency) =>
        Signs.TryGetValue(sign, out var meant) && meant.Contains(currency, StringComparer.OrdinalIgnoreCase);
}
