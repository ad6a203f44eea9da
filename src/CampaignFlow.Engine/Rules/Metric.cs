namespace CampaignFlow.Engine.Rules;

/// <summary>A ratio as sums above and below the line: <c>factor × (Σ above − Σ less) / Σ below</c>.</summary>
internal sealed record RatioParts(string Above, string Below, double Factor = 1, string? Less = null)
{
    /// <summary>NaN when a part is unknown or there is nothing below the line.</summary>
    public double Of(Func<string, double> sum)
    {
        var below = sum(Below);
        return below == 0 ? double.NaN : Factor * (sum(Above) - (Less is null ? 0 : sum(Less))) / below;
    }
}

internal static class Metric
{
    private static readonly Dictionary<string, RatioParts> Ratios = new(StringComparer.Ordinal)
    {
        ["cpa"] = new("spend", "conversions"),
        ["cpc"] = new("spend", "clicks"),
        ["cpm"] = new("spend", "impressions", 1000),
        ["ctr"] = new("clicks", "impressions"),
        ["cvr"] = new("conversions", "clicks"),
        ["roas"] = new("revenue", "spend"),
        ["roi"] = new("revenue", "spend", Less: "spend"),
        ["aov"] = new("revenue", "conversions"),
    };

    public static RatioParts? Parts(string metric) => Ratios.GetValueOrDefault(metric);

    public static double? Of(DayFact day, string metric) =>
        metric switch
        {
            "spend" => day.SpendMinor,
            "revenue" => day.RevenueMinor,
            "impressions" => day.Impressions,
            "clicks" => day.Clicks,
            "conversions" => day.Conversions,
            "leads" => day.Leads,
            _ => null,
        };
}
