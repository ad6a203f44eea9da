using System.Text;
using System.Text.RegularExpressions;

namespace CampaignFlow.Metrics;

/// <summary>What a column of an export says.</summary>
public enum MetricField
{
    Day,

    /// <summary>First and last day a row covers, in exports without a day column.</summary>
    PeriodStart,
    PeriodEnd,

    Channel,

    /// <summary>The platform's campaign (推广计划): it is the channel when no column says more.</summary>
    Plan,

    /// <summary>Below a channel and day: campaign id, ad group, ad, keyword. Tells two rows of one day apart.</summary>
    Level,
    Kind,
    Currency,
    Impressions,
    Clicks,
    Spend,
    Conversions,
    Leads,
    Revenue,
}

/// <summary>A column that was understood.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Scale">From the unit in the header's brackets: 0.01 for 分, 10,000 for 万元.</param>
/// <param name="Currency">From the header's brackets, when it names one.</param>
public sealed record RecognisedColumn(int Index, string Header, MetricField Field, decimal Scale, string? Currency)
{
    internal int Rank { get; init; }
}

/// <summary>
/// The words that platforms print above their columns. Earlier words win when a file has two columns for one field. Comparison ignores
/// case, width, spaces, underscores, full stops and what stands in brackets, unless the bracket itself is listed.
/// </summary>
public sealed partial class MetricColumns
{
    private static readonly (MetricField Field, string[] Words)[] BuiltIn =
    [
        (
            MetricField.Day,
            [
                "date",
                "day",
                "日期",
                "时间",
                "统计日期",
                "投放日期",
                "数据日期",
                "c_date",
                "gregorian date",
                "report date",
                "日付",
                "jour",
                "datum",
                "tag",
                "fecha",
                "дата",
                "time",
                "stat_date",
                "dt",
            ]
        ),
        (MetricField.PeriodStart, ["reporting starts", "date_start", "start date", "开始日期", "报告开始日期", "début des rapports"]),
        (MetricField.PeriodEnd, ["reporting ends", "date_stop", "end date", "结束日期", "报告结束日期", "fin des rapports"]),
        (
            MetricField.Channel,
            [
                "channel",
                "渠道",
                "渠道名称",
                "投放渠道",
                "推广渠道",
                "媒体",
                "投放媒体",
                "平台",
                "媒体平台",
                "platform",
                "source",
                "channel name",
                "media",
                "traffic source",
                "session default channel group",
            ]
        ),
        (
            MetricField.Plan,
            [
                "campaign_name",
                "campaign name",
                "campaign",
                "推广计划",
                "推广计划名称",
                "计划名称",
                "计划名字",
                "计划",
                "广告计划",
                "广告计划名称",
                "广告系列",
                "广告系列名称",
                "项目名称",
                "活动名称",
                "主体名称",
                "场景",
                "场景名字",
                "nom de la campagne",
                "campagne",
                "kampagne",
                "kampagnenname",
                "campaña",
                "кампания",
                "ad campaign",
            ]
        ),
        (
            MetricField.Level,
            [
                "campaign_id",
                "campaign id",
                "推广计划id",
                "计划id",
                "广告计划id",
                "场景id",
                "主体id",
                "ad group",
                "ad group id",
                "adgroup",
                "adset",
                "ad set name",
                "ad set id",
                "ad name",
                "ad id",
                "广告组",
                "广告组id",
                "广告组名称",
                "单元",
                "推广单元",
                "单元id",
                "创意",
                "创意id",
                "关键词",
                "keyword",
                "search keyword",
                "account",
                "账户",
                "推广账户",
                "账户id",
                "device",
                "设备",
                "device category",
                "hour",
                "小时",
                "landing page",
                "region",
                "地域",
                "产品线",
            ]
        ),
        (
            MetricField.Kind,
            ["category", "类别", "渠道类别", "渠道类型", "类型", "媒体类型", "campaign type", "channel type", "kind", "广告类型"]
        ),
        (MetricField.Currency, ["currency", "currency code", "币种", "货币", "货币代码"]),
        (
            MetricField.Impressions,
            [
                "impressions",
                "impr",
                "展示数",
                "展示次数",
                "展现量",
                "展现",
                "展现数",
                "展示量",
                "展示",
                "曝光量",
                "曝光次数",
                "曝光数",
                "曝光",
                "views",
                "view_count",
                "show_cnt",
                "impresiones",
                "impressionen",
                "показы",
            ]
        ),
        (
            MetricField.Clicks,
            [
                "clicks",
                "点击数",
                "点击量",
                "点击次数",
                "点击",
                "link clicks",
                "clicks (all)",
                "click_cnt",
                "valid_click_count",
                "clics",
                "klicks",
                "clicks total",
                "клики",
            ]
        ),
        (
            MetricField.Spend,
            [
                "spend",
                "cost",
                "campaign_cost",
                "amount spent",
                "消耗",
                "花费",
                "总花费",
                "总消耗",
                "整体消耗",
                "消费",
                "总费用",
                "费用",
                "投放金额",
                "投放费用",
                "广告花费",
                "广告消耗",
                "ad spend",
                "stat_cost",
                "montant dépensé",
                "coût",
                "kosten",
                "ausgaben",
                "расход",
            ]
        ),
        (
            MetricField.Conversions,
            [
                "orders",
                "conversions",
                "成交订单数",
                "成交订单",
                "整体成交订单数",
                "直接成交订单数",
                "总成交笔数",
                "成交笔数",
                "订单数",
                "订单量",
                "转化数(计费时间)",
                "转化数(点击时间)",
                "转化数",
                "转化量",
                "转化次数",
                "转化",
                "purchases",
                "results",
                "成果",
                "key events",
                "转化数(回传时间)",
                "支付订单数",
                "bestellungen",
                "konversionen",
                "conversions (all)",
                "pay_order_count",
                "网页转化",
                "конверсии",
            ]
        ),
        (
            MetricField.Leads,
            ["leads", "线索数", "线索量", "线索", "留资数", "留资量", "表单数", "表单提交数", "有效线索数", "on-facebook leads", "лиды"]
        ),
        (
            MetricField.Revenue,
            [
                "revenue",
                "gmv",
                "成交金额",
                "总成交金额",
                "整体成交金额",
                "直接成交金额",
                "成交额",
                "销售额",
                "支付金额",
                "支付gmv",
                "订单金额",
                "转化金额",
                "conv value",
                "conversion value",
                "purchases conversion value",
                "purchase value",
                "total revenue",
                "sales",
                "pay_order_amount",
                "umsatz",
                "chiffre d'affaires",
                "выручка",
            ]
        ),
    ];

    public static readonly MetricColumns Default = new(BuiltIn.SelectMany(b => b.Words.Select((word, rank) => (b.Field, word, rank))));

    private readonly Dictionary<string, (MetricField Field, int Rank)> words;

    private MetricColumns(IEnumerable<(MetricField Field, string Word, int Rank)> entries)
    {
        words = new(StringComparer.Ordinal);
        foreach (var (field, word, rank) in entries)
            words.TryAdd(Normal(word), (field, rank));
    }

    /// <summary>The same table with a house's own words, which win over the built-in ones.</summary>
    public MetricColumns With(MetricField field, params IEnumerable<string> own) =>
        new(own.Select((word, i) => (field, word, i - 1000)).Concat(words.Select(w => (w.Value.Field, w.Key, w.Value.Rank))));

    /// <summary>The words for a field, best first, as a refusal shows them.</summary>
    public static IReadOnlyList<string> Examples(MetricField field) => [.. BuiltIn.First(b => b.Field == field).Words.Take(5)];

    /// <summary>The columns this row would have if it were a header; one column for each field, except for the levels.</summary>
    public IReadOnlyList<RecognisedColumn> Read(IReadOnlyList<string> cells)
    {
        var all = cells.Select((cell, i) => Recognise(cell, i)).OfType<RecognisedColumn>().ToList();
        return
        [
            .. all.GroupBy(c => c.Field)
                .SelectMany(g => g.Key == MetricField.Level ? g : g.OrderBy(c => c.Rank).ThenBy(c => c.Index).Take(1))
                .OrderBy(c => c.Index),
        ];
    }

    private RecognisedColumn? Recognise(string cell, int index)
    {
        if (cell.Length is 0 or > 80)
            return null;
        var whole = Normal(cell);
        var bare = Normal(Brackets().Replace(cell.Normalize(NormalizationForm.FormKC), ""));
        if (!words.TryGetValue(whole, out var found) && !words.TryGetValue(bare, out found))
            return null;
        var (scale, currency) = Unit(cell);
        return new(index, cell.Trim(), found.Field, scale, currency) { Rank = found.Rank };
    }

    private static (decimal Scale, string? Currency) Unit(string cell)
    {
        foreach (Match bracket in Brackets().Matches(cell.Normalize(NormalizationForm.FormKC)))
        {
            var unit = bracket.Value[1..^1].Trim();
            switch (unit)
            {
                case "分":
                    return (0.01m, "CNY");
                case "千元":
                    return (1_000m, "CNY");
                case "万元":
                    return (10_000m, "CNY");
                case "万" or "万次":
                    return (10_000m, null);
                case "亿元":
                    return (100_000_000m, "CNY");
            }
            if (Currencies.Named(unit) is { } currency)
                return (1m, currency);
        }
        return (1m, null);
    }

    private static string Normal(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormKC))
        {
            if (!char.IsWhiteSpace(c) && c is not ('_' or '-' or '.' or '"' or '\'' or '*' or '\uFEFF'))
                kept.Append(char.ToLowerInvariant(c));
        }
        return kept.ToString();
    }

    [GeneratedRegex(@"[(\[][^()\[\]]*[)\]]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Brackets();
}
