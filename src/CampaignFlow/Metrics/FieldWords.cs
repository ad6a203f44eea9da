using CampaignFlow.Engine;

namespace CampaignFlow.Metrics;

/// <summary>What the fields of an export are called on pages.</summary>
internal static class FieldWords
{
    public static Phrase Of(MetricField field) =>
        field switch
        {
            MetricField.Day => new("day", "日期"),
            MetricField.PeriodStart => new("first day", "开始日期"),
            MetricField.PeriodEnd => new("last day", "结束日期"),
            MetricField.Channel => new("channel", "渠道"),
            MetricField.Plan => new("plan", "推广计划"),
            MetricField.Level => new("detail", "明细"),
            MetricField.Kind => new("kind", "类型"),
            MetricField.Currency => new("currency", "币种"),
            MetricField.Impressions => new("impressions", "展现"),
            MetricField.Clicks => new("clicks", "点击"),
            MetricField.Spend => new("spend", "花费"),
            MetricField.Conversions => new("conversions", "转化数"),
            MetricField.Leads => new("leads", "线索"),
            MetricField.Budget => new("daily budget", "日预算"),
            _ => new("revenue", "成交额"),
        };
}
