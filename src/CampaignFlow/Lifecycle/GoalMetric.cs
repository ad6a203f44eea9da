using CampaignFlow.Engine;

namespace CampaignFlow.Lifecycle;

/// <summary>A metric that a goal can be set on.</summary>
/// <param name="IsMoney">Typed in units, stored in minor units.</param>
/// <param name="IsShare">Typed in percent, stored as a share.</param>
public sealed record GoalMetric(string Code, Phrase Name, bool IsMoney = false, bool IsShare = false)
{
    public static IReadOnlyList<GoalMetric> All { get; } =
    [
        new("roas", new("ROAS", "ROAS（投入产出比）")),
        new("revenue", new("Revenue", "成交额"), IsMoney: true),
        new("conversions", new("Conversions", "转化数")),
        new("leads", new("Leads", "线索数")),
        new("cpa", new("Cost per conversion", "转化成本（CPA）"), IsMoney: true),
        new("cpc", new("Cost per click", "点击成本（CPC）"), IsMoney: true),
        new("cpm", new("Cost per 1,000 impressions", "千次展现成本（CPM）"), IsMoney: true),
        new("ctr", new("Click rate", "点击率"), IsShare: true),
        new("cvr", new("Conversion rate", "转化率"), IsShare: true),
    ];

    /// <summary>An unknown code stands for itself: it came with a file.</summary>
    public static GoalMetric Of(string code) => All.FirstOrDefault(m => m.Code == code) ?? new(code, Phrase.Same(code.ToUpperInvariant()));
}
