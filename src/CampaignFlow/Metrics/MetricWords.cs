using static CampaignFlow.Metrics.MetricField;

namespace CampaignFlow.Metrics;

/// <summary>What platforms print above their columns; in each list the better word comes first.</summary>
internal static class MetricWords
{
    public static readonly IReadOnlyList<(MetricField Field, string[] Words)> BuiltIn =
    [
        Words(
            Day,
            "date|day|日期|时间|统计日期|投放日期|数据日期|c_date|gregorian date|report date|日付|jour|datum|tag|fecha|"
                + "дата|time|stat_date|dt"
        ),
        Words(PeriodStart, "reporting starts|date_start|start date|开始日期|报告开始日期|début des rapports"),
        Words(PeriodEnd, "reporting ends|date_stop|end date|结束日期|报告结束日期|fin des rapports"),
        Words(
            Channel,
            "channel|渠道|渠道名称|投放渠道|推广渠道|媒体|投放媒体|平台|媒体平台|platform|source|channel name|media|"
                + "traffic source|session default channel group"
        ),
        Words(
            Plan,
            "campaign_name|campaign name|campaign|推广计划|推广计划名称|计划名称|计划名字|计划|广告计划|广告计划名称|"
                + "广告系列|广告系列名称|项目名称|活动名称|主体名称|场景|场景名字|nom de la campagne|campagne|kampagne|"
                + "kampagnenname|campaña|кампания|ad campaign"
        ),
        Words(
            Level,
            "campaign_id|campaign id|推广计划id|计划id|广告计划id|场景id|主体id|ad group|ad group id|adgroup|adset|"
                + "ad set name|ad set id|ad name|ad id|广告组|广告组id|广告组名称|单元|推广单元|单元id|创意|创意id|关键词|"
                + "keyword|search keyword|account|账户|推广账户|账户id|device|设备|device category|hour|小时|landing page|"
                + "region|地域|产品线"
        ),
        Words(Kind, "category|类别|渠道类别|渠道类型|类型|媒体类型|campaign type|channel type|kind|广告类型"),
        Words(Currency, "currency|currency code|币种|货币|货币代码"),
        Words(
            Impressions,
            "impressions|impr|展示数|展示次数|展现量|展现|展现数|展示量|展示|曝光量|曝光次数|曝光数|曝光|views|"
                + "view_count|show_cnt|impresiones|impressionen|показы"
        ),
        Words(
            Clicks,
            "clicks|点击数|点击量|点击次数|点击|link clicks|clicks (all)|click_cnt|valid_click_count|clics|klicks|" + "clicks total|клики"
        ),
        Words(
            Spend,
            "spend|cost|campaign_cost|amount spent|消耗|花费|总花费|总消耗|整体消耗|消费|总费用|费用|投放金额|投放费用|"
                + "广告花费|广告消耗|ad spend|stat_cost|montant dépensé|coût|kosten|ausgaben|расход"
        ),
        Words(
            Conversions,
            "orders|conversions|成交订单数|成交订单|整体成交订单数|直接成交订单数|总成交笔数|成交笔数|订单数|订单量|"
                + "转化数(计费时间)|转化数(点击时间)|转化数|转化量|转化次数|转化|purchases|results|成果|key events|"
                + "转化数(回传时间)|支付订单数|bestellungen|konversionen|conversions (all)|pay_order_count|网页转化|"
                + "конверсии"
        ),
        Words(Leads, "leads|线索数|线索量|线索|留资数|留资量|表单数|表单提交数|有效线索数|on-facebook leads|лиды"),
        Words(
            Revenue,
            "revenue|gmv|收入|营收|成交金额|总成交金额|整体成交金额|直接成交金额|成交额|销售额|支付金额|支付gmv|订单金额|"
                + "转化金额|conv value|conversion value|purchases conversion value|purchase value|total revenue|sales|"
                + "pay_order_amount|umsatz|chiffre d'affaires|выручка"
        ),
        Words(Budget, "daily budget|budget|campaign daily budget|日预算|预算|每日预算|限额|单日预算|budget quotidien|tagesbudget"),
    ];

    private static (MetricField Field, string[] Words) Words(MetricField field, string words) => (field, words.Split('|'));
}
