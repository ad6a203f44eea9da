using System.Globalization;
using CampaignFlow.Campaigns;

namespace CampaignFlow.Applying;

/// <summary>A line of a bulk upload: what the platform calls the channel, and its new budgets.</summary>
public sealed record BulkLine(string Target, string Channel, long DailyMinor, long RestMinor);

/// <summary>
/// Files that people upload in the platforms' own tools. The headers are those of the tools: Google Ads Editor reads
/// <c>Campaign</c>, <c>Budget</c>, <c>Budget type</c>; Meta's bulk import reads <c>Campaign Name</c>, <c>Campaign Daily Budget</c>.
/// </summary>
public static class BulkFile
{
    public static IReadOnlyList<string> Formats { get; } = ["google", "meta", "plain"];

    /// <returns>Header and rows; null when there is no such format.</returns>
    public static IReadOnlyList<string[]>? Of(string format, Campaign campaign, IEnumerable<BulkLine> lines) =>
        format switch
        {
            "google" =>
            [
                ["Campaign", "Budget", "Budget type", "Currency code"],
                .. lines.Select(l => (string[])[l.Target, Units(campaign, l.DailyMinor), "Daily", campaign.Currency]),
            ],
            "meta" =>
            [
                ["Campaign Name", "Campaign Daily Budget", "Campaign Lifetime Budget"],
                // One of the two is set; an empty cell leaves the other as it is.
                .. lines.Select(l => (string[])[l.Target, Units(campaign, l.DailyMinor), ""]),
            ],
            "plain" =>
            [
                ["channel", "target", "daily_budget", "rest_of_flight", "currency"],
                .. lines.Select(l =>
                    (string[])[l.Channel, l.Target, Units(campaign, l.DailyMinor), Units(campaign, l.RestMinor), campaign.Currency]
                ),
            ],
            _ => null,
        };

    private static string Units(Campaign campaign, long minor) =>
        campaign.Money(minor).Units.ToString("0.####", CultureInfo.InvariantCulture);
}
