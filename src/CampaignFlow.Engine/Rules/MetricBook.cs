using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>The metrics that rules may name, each with unit, direction and how days become one value. Ratios come from sums.</summary>
public sealed class MetricBook
{
    private MetricBook(IReadOnlyList<Term> terms, IReadOnlyList<Term> added) => (Terms, Added) = (terms, added);

    public static MetricBook Standard { get; } =
        new(
            [
                Sum("spend", Unit.Money, "花费", Better.Neither),
                Sum("revenue", Unit.Money, "收入"),
                Sum("impressions", Unit.Count, "曝光"),
                Sum("clicks", Unit.Count, "点击"),
                Sum("conversions", Unit.Count, "转化"),
                Sum("leads", Unit.Count, "线索"),
                Ratio("cpa", Unit.Money, "CPA", Better.Lower, new("spend", "conversions")),
                Ratio("cpc", Unit.Money, "CPC", Better.Lower, new("spend", "clicks")),
                Ratio("cpm", Unit.Money, "CPM", Better.Lower, new("spend", "impressions", 1000)),
                Ratio("aov", Unit.Money, "客单价", Better.Higher, new("revenue", "conversions")),
                Percent("ctr", "点击率", Better.Higher, new("clicks", "impressions")),
                Percent("cvr", "转化率", Better.Higher, new("conversions", "clicks")),
                Ratio("roas", Unit.Ratio, "ROAS", Better.Higher, new("revenue", "spend")),
                Percent("roi", "ROI", Better.Higher, new("revenue", "spend", Less: "spend")),
                // Not in every platform's export: imported by name, unknown until they are.
                Sum("visits", Unit.Count, "访问"),
                Sum("carts", Unit.Count, "加购"),
                Sum("refunds", Unit.Count, "退款", Better.Lower),
                Percent("refund_rate", "退款率", Better.Lower, new("refunds", "conversions")),
                Sum("brand_search", Unit.Count, "品牌搜索"),
                Sum("mentions", Unit.Count, "提及", Better.Neither),
                Sum("negative_mentions", Unit.Count, "负面提及", Better.Lower),
                Percent("negative_share", "负面占比", Better.Lower, new("negative_mentions", "mentions")),
                Level("page_load", Unit.Duration, "页面加载时间", Better.Lower, OverDays.Mean),
                Level("stock_cover", Unit.Duration, "库存可售时间", Better.Higher, OverDays.Latest),
            ],
            []
        );

    public IReadOnlyList<Term> Terms { get; }

    /// <summary>What this book has beside the standard one.</summary>
    public IReadOnlyList<Term> Added { get; }

    /// <summary>The same book with metrics of one's own; a name that is known already is replaced.</summary>
    public MetricBook With(params IReadOnlyList<Term> more) =>
        new(
            [.. Terms.Where(t => !more.Any(m => m.Name == t.Name)), .. more],
            [.. Added.Where(t => !more.Any(m => m.Name == t.Name)), .. more]
        );

    /// <summary>A metric that adds up over days and channels.</summary>
    public static Term Sum(string name, Unit unit, string zh, Better better = Better.Higher) =>
        new(name, unit, new(name, zh))
        {
            Windowed = true,
            Additive = true,
            Better = better,
        };

    /// <summary>A quotient of sums.</summary>
    public static Term Ratio(string name, Unit unit, string zh, Better better, RatioParts parts) =>
        new(name, unit, new(name, zh))
        {
            Windowed = true,
            Better = better,
            Parts = parts,
        };

    public static Term Percent(string name, string zh, Better better, RatioParts parts) =>
        Ratio(name, Unit.Ratio, zh, better, parts) with
        {
            Percent = true,
        };

    /// <summary>A metric that is measured rather than counted, such as seconds or days of stock; durations are reported in hours.</summary>
    public static Term Level(string name, Unit unit, string zh, Better better, OverDays over) =>
        new(name, unit, new(name, zh))
        {
            Windowed = true,
            Better = better,
            Over = over,
        };
}
