using CampaignFlow.Engine;
using CampaignFlow.Shell;

namespace CampaignFlow.Metrics;

/// <summary>A metric as pages show it.</summary>
/// <param name="Code">As in rules and goals: <c>roas</c>.</param>
/// <param name="Formula">Null for what is reported as it is.</param>
public sealed record MetricView(string Code, Phrase Name, ChartUnit Unit, Phrase? Formula = null)
{
    public static IReadOnlyList<MetricView> All { get; } =
    [
        new("spend", new("Spend", "花费"), ChartUnit.Money),
        new("revenue", new("Revenue", "成交额"), ChartUnit.Money),
        new("roas", new("ROAS", "ROAS"), ChartUnit.Ratio, new("revenue ÷ spend", "成交额 ÷ 花费")),
        new("conversions", new("Conversions", "转化数"), ChartUnit.Count),
        new("cpa", new("CPA", "单次转化成本"), ChartUnit.Money, new("spend ÷ conversions", "花费 ÷ 转化数")),
        new("clicks", new("Clicks", "点击"), ChartUnit.Count),
        new("impressions", new("Impressions", "展现"), ChartUnit.Count),
        new("ctr", new("CTR", "点击率"), ChartUnit.Share, new("clicks ÷ impressions", "点击 ÷ 展现")),
        new("cvr", new("CVR", "转化率"), ChartUnit.Share, new("conversions ÷ clicks", "转化数 ÷ 点击")),
        new("cpc", new("CPC", "单次点击成本"), ChartUnit.Money, new("spend ÷ clicks", "花费 ÷ 点击")),
        new("aov", new("Order value", "客单价"), ChartUnit.Money, new("revenue ÷ conversions", "成交额 ÷ 转化数")),
        new("leads", new("Leads", "线索"), ChartUnit.Count),
    ];

    public static MetricView Of(string? code) => All.FirstOrDefault(v => v.Code == code) ?? All[2];

    /// <param name="value">Money in minor units.</param>
    public string Say(double? value, string currency, Words words) =>
        Unit switch
        {
            ChartUnit.Money => words.Money(value is { } minor ? Amount(minor, currency) : null),
            ChartUnit.Share => words.Percent(value, 2),
            ChartUnit.Ratio => words.Number(value, 2),
            _ => words.Number(value, value is { } v && v != Math.Floor(v) ? 1 : 0),
        };

    /// <summary>As a chart draws it: money in whole units.</summary>
    public double? Drawn(double? value, string currency) =>
        Unit == ChartUnit.Money && value is { } minor ? (double)Amount(minor, currency).Units : value;

    private static Money Amount(double minor, string currency) => new((long)Math.Round(minor, MidpointRounding.AwayFromZero), currency);
}
