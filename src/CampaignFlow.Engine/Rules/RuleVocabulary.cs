using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>What a rule looks at one by one.</summary>
public enum ForEach
{
    /// <summary>Every ordered pair of channels, as <c>loser</c> and <c>winner</c>.</summary>
    Pair,
    Channel,
    Campaign,
}

/// <summary>The metrics and subjects that rules may name. Ratios are computed from sums, never averaged.</summary>
public static class RuleVocabulary
{
    private static readonly Term[] Terms =
    [
        Sum("spend", Unit.Money, "花费"),
        Sum("revenue", Unit.Money, "收入"),
        Sum("impressions", Unit.Count, "曝光"),
        Sum("clicks", Unit.Count, "点击"),
        Sum("conversions", Unit.Count, "转化"),
        Sum("leads", Unit.Count, "线索"),
        Ratio("cpa", Unit.Money, "CPA"),
        Ratio("cpc", Unit.Money, "CPC"),
        Ratio("cpm", Unit.Money, "CPM"),
        Ratio("aov", Unit.Money, "客单价"),
        Ratio("ctr", Unit.Ratio, "点击率") with
        {
            Percent = true,
        },
        Ratio("cvr", Unit.Ratio, "转化率") with
        {
            Percent = true,
        },
        Ratio("roas", Unit.Ratio, "ROAS"),
        Ratio("roi", Unit.Ratio, "ROI") with
        {
            Percent = true,
        },
        new("budget", Unit.Money, new("budget", "预算")),
        new("daily_budget", Unit.Money, new("daily budget", "日预算")),
    ];

    private static readonly Who[] Everywhere =
    [
        new("campaign", new("campaign", "活动")),
        new("average", new("average channel", "渠道平均")),
        new("goal", new("goal", "目标"), Windowed: false),
    ];

    private static readonly Vocabulary Pair = new(
        Terms,
        [new("loser", new("loser", "让出方")), new("winner", new("winner", "接收方")), .. Everywhere],
        bare: null
    );

    private static readonly Vocabulary Channel = new(Terms, [new("channel", new("channel", "")), .. Everywhere], bare: "channel");

    private static readonly Vocabulary Campaign = new(Terms, Everywhere, bare: "campaign");

    public static Vocabulary For(ForEach subject) =>
        subject switch
        {
            ForEach.Pair => Pair,
            ForEach.Channel => Channel,
            _ => Campaign,
        };

    internal static string Label(string metric) => Array.Find(Terms, t => t.Name == metric)?.Label.Zh ?? metric;

    private static Term Sum(string name, Unit unit, string zh) => new(name, unit, new(name, zh)) { Windowed = true, Additive = true };

    private static Term Ratio(string name, Unit unit, string zh) => new(name, unit, new(name, zh)) { Windowed = true };
}
