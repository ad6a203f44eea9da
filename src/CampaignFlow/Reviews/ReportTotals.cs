namespace CampaignFlow.Reviews;

/// <summary>Sums over a report's channels; null where no channel knows the number.</summary>
public sealed record ReportTotals(long BudgetStartMinor, long BudgetEndMinor, long? SpendMinor, long? RevenueMinor)
{
    /// <summary>Of the sums, never an average of the channels' ratios.</summary>
    public double? Roas => SpendMinor is > 0 && RevenueMinor is { } revenue ? (double)revenue / SpendMinor : null;

    public static ReportTotals Of(ReportContent content) =>
        new(
            content.Channels.Sum(c => c.BudgetStartMinor),
            content.Channels.Sum(c => c.BudgetEndMinor),
            content.Channels.Any(c => c.SpendMinor is not null) ? content.Channels.Sum(c => c.SpendMinor ?? 0) : null,
            content.Channels.Any(c => c.RevenueMinor is not null) ? content.Channels.Sum(c => c.RevenueMinor ?? 0) : null
        );
}
