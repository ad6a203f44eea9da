namespace CampaignFlow.Engine.Rules;

internal static class Metric
{
    /// <returns>Null when not reported, and when what is reported cannot be: such a number is as good as none.</returns>
    public static double? Of(DayFact day, string metric) =>
        Reported(day, metric) is { } value && (double.IsNaN(value) || double.IsInfinity(value) || (value < 0 && !MayBeNegative(metric)))
            ? null
            : Reported(day, metric);

    /// <summary>What stands in the report, sensible or not.</summary>
    public static double? Reported(DayFact day, string metric) =>
        metric switch
        {
            "spend" => day.SpendMinor,
            "revenue" => day.RevenueMinor,
            "impressions" => day.Impressions,
            "clicks" => day.Clicks,
            "conversions" => day.Conversions,
            "leads" => day.Leads,
            _ => day.More is { } more && more.TryGetValue(metric, out var value) ? value : null,
        };

    /// <summary>Refunds may exceed the day's sales.</summary>
    private static bool MayBeNegative(string metric) => metric == "revenue";
}
