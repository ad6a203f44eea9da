using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Metrics;

/// <summary>
/// Sums of additive numbers and the ratios of those sums (never averages of ratios). A sum of nothing reported is null; a ratio is null when
/// one of its sums is null or the lower one is zero.
/// </summary>
public record MetricTotals
{
    public long? SpendMinor { get; init; }
    public long? RevenueMinor { get; init; }
    public long? Impressions { get; init; }
    public long? Clicks { get; init; }
    public double? Conversions { get; init; }
    public double? Leads { get; init; }

    /// <summary>Channel days with data.</summary>
    public int Facts { get; init; }

    /// <summary>Channel days that report spend and no revenue or no conversions: they make the ratios look worse than they are.</summary>
    public int Incomplete { get; init; }

    /// <summary>Revenue for each unit of money spent.</summary>
    public double? Roas => Ratio(RevenueMinor, SpendMinor);

    /// <summary>Spend for one conversion, minor units.</summary>
    public double? CpaMinor => Ratio(SpendMinor, Conversions);

    /// <summary>Spend for one click, minor units.</summary>
    public double? CpcMinor => Ratio(SpendMinor, Clicks);

    /// <summary>Clicks for each impression, 0–1.</summary>
    public double? Ctr => Ratio(Clicks, Impressions);

    /// <summary>Conversions for each click; above 1 is possible with view-through conversions.</summary>
    public double? Cvr => Ratio(Conversions, Clicks);

    /// <summary>Revenue of one conversion, minor units.</summary>
    public double? AovMinor => Ratio(RevenueMinor, Conversions);

    /// <summary>The number by the metric's name in rules and goals, money in minor units; null when it is not known.</summary>
    public double? Value(string metric) =>
        metric switch
        {
            "spend" => SpendMinor,
            "revenue" => RevenueMinor,
            "impressions" => Impressions,
            "clicks" => Clicks,
            "conversions" => Conversions,
            "leads" => Leads,
            "roas" => Roas,
            "cpa" => CpaMinor,
            "cpc" => CpcMinor,
            "ctr" => Ctr,
            "cvr" => Cvr,
            "aov" => AovMinor,
            _ => null,
        };

    public static MetricTotals Of(IEnumerable<DayFact> days) => new MetricTotals().Plus(days);

    protected static double? Ratio(double? above, double? below) => below is null or 0 ? null : above / below;

    /// <summary>Adds days; the result keeps what else this record says (its channel, its day).</summary>
    internal MetricTotals Plus(IEnumerable<DayFact> days)
    {
        var sum = this;
        foreach (var day in days)
        {
            sum = sum with
            {
                SpendMinor = Add(sum.SpendMinor, day.SpendMinor),
                RevenueMinor = Add(sum.RevenueMinor, day.RevenueMinor),
                Impressions = Add(sum.Impressions, day.Impressions),
                Clicks = Add(sum.Clicks, day.Clicks),
                Conversions = Add(sum.Conversions, day.Conversions),
                Leads = Add(sum.Leads, day.Leads),
                Facts = sum.Facts + 1,
                Incomplete = sum.Incomplete + (day.SpendMinor is not null && (day.RevenueMinor is null || day.Conversions is null) ? 1 : 0),
            };
        }
        return sum;
    }

    private static long? Add(long? a, long? b) => a is null ? b : a + (b ?? 0);

    private static double? Add(double? a, double? b) => a is null ? b : a + (b ?? 0);
}

public sealed record ChannelTotals(string Channel) : MetricTotals
{
    public static ChannelTotals Of(string channel, IEnumerable<DayFact> days) => (ChannelTotals)new ChannelTotals(channel).Plus(days);
}

public sealed record DayTotals(DateOnly Day) : MetricTotals
{
    public static DayTotals Of(DateOnly day, IEnumerable<DayFact> channels) => (DayTotals)new DayTotals(day).Plus(channels);
}

/// <summary>One period as tables and charts show it.</summary>
public sealed record PeriodTotals(IReadOnlyList<ChannelTotals> Channels, IReadOnlyList<DayTotals> Days, MetricTotals All);
