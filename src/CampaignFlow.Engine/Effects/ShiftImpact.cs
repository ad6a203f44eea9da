using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Effects;

/// <summary>What one channel earned after a change, beside what its own trend before led to expect. Minor units a day.</summary>
public sealed record ChannelImpact(
    double Expected,
    double Actual,
    double Error,
    int Before,
    int After,
    double SpendBefore,
    double SpendAfter
)
{
    public double Gain => Actual - Expected;
}

/// <summary>
/// Before and after a shift, on mature days. Each channel is compared with its own linear trend, so growth that was under way is not
/// counted as the shift's. Observational: whatever else changed in those days is in it too.
/// </summary>
public static class ShiftImpact
{
    public const int DaysBefore = 14;
    public const int DaysAfter = 7;
    public const int FewestAfter = 3;

    /// <summary>Differences within two standard errors are what days differ anyway.</summary>
    public const double Sure = 2;

    /// <param name="changed">The day of the change itself is half old, half new and left out.</param>
    /// <param name="until">The last mature day that still belongs to this change.</param>
    /// <returns>Null, with the reason, when there is too little to compare.</returns>
    public static (ChannelImpact? Impact, Phrase? Missing) Of(string name, IReadOnlyList<DayFact> days, DateOnly changed, DateOnly until)
    {
        var told = days.Where(d => d is { RevenueMinor: not null, SpendMinor: not null }).ToList();
        var before = told.Where(d => d.Date < changed && d.Date >= changed.AddDays(-DaysBefore)).ToList();
        var after = told.Where(d => d.Date > changed && d.Date <= changed.AddDays(DaysAfter) && d.Date <= until).ToList();
        if (after.Count < FewestAfter)
            return (
                null,
                new(
                    $"{name} has {after.Count} whole days after it, {FewestAfter} are needed",
                    $"{name} 调整后仅有 {after.Count} 个完整日，至少需要 {FewestAfter} 天"
                )
            );
        if (Trend.Of([.. before.Select(d => ((double)d.Date.DayNumber, (double)d.RevenueMinor!))]) is not { } trend)
            return (
                null,
                new(
                    $"{name} has {before.Count} days before it, {Trend.FewestDays} are needed",
                    $"{name} 调整前仅有 {before.Count} 天数据，至少需要 {Trend.FewestDays} 天"
                )
            );
        var middle = after.Average(d => (double)d.Date.DayNumber);
        return (
            new(
                trend.At(middle),
                after.Average(d => (double)d.RevenueMinor!),
                trend.Error(middle, after.Count),
                before.Count,
                after.Count,
                before.Average(d => (double)d.SpendMinor!),
                after.Average(d => (double)d.SpendMinor!)
            ),
            null
        );
    }

    /// <summary>Both sides together: revenue a day won or lost, and by how much that may be chance.</summary>
    public static (double Gain, double Error) Together(ChannelImpact loser, ChannelImpact winner) =>
        (loser.Gain + winner.Gain, Math.Sqrt(loser.Error * loser.Error + winner.Error * winner.Error));
}
