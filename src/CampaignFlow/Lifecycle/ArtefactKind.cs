using CampaignFlow.Engine;

namespace CampaignFlow.Lifecycle;

public enum FieldKind
{
    Text,
    LongText,
    Number,
    Date,
    Choice,
    YesNo,
    Rows,
}

/// <param name="Name">Key in the artefact's JSON.</param>
/// <param name="Columns">Of a <see cref="FieldKind.Rows"/> field.</param>
/// <param name="Options">Of a <see cref="FieldKind.Choice"/> field.</param>
public sealed record ArtefactField(
    string Name,
    FieldKind Kind,
    Phrase Label,
    bool Required = true,
    IReadOnlyList<ArtefactField>? Columns = null,
    IReadOnlyList<string>? Options = null
);

/// <summary>
/// What each stage has to produce, as data: the form on the task page, the check on saving and the facts that gates read all come
/// from here.
/// </summary>
public sealed record ArtefactKind(string Code, string Stage, Phrase Name, IReadOnlyList<ArtefactField> Fields)
{
    public static IReadOnlyList<ArtefactKind> All { get; } =
    [
        new(
            "competitors",
            Lifecycle.Stage.Research,
            new("Competitor sheet", "竞品分析表"),
            [
                Rows(
                    "competitors",
                    new("Competitors", "竞品"),
                    Text("name", new("Name", "名称")),
                    Text("offer", new("Offer", "产品与优惠")),
                    Text("price", new("Price", "价格"), required: false),
                    Text("channels", new("Channels", "推广渠道"), required: false),
                    Text("strengths", new("Strengths", "优势"), required: false),
                    Text("weaknesses", new("Weaknesses", "劣势"), required: false)
                ),
            ]
        ),
        new(
            "personas",
            Lifecycle.Stage.Research,
            new("Personas", "用户画像"),
            [
                Rows(
                    "personas",
                    new("Personas", "画像"),
                    Text("name", new("Name", "名称")),
                    Text("demographics", new("Demographics", "人口特征")),
                    Text("media", new("Media habits", "触媒习惯")),
                    Text("pains", new("Pain points", "痛点"), required: false)
                ),
            ]
        ),
        new(
            "swot",
            Lifecycle.Stage.Research,
            new("SWOT", "SWOT 分析"),
            [
                Lines("strengths", new("Strengths", "优势")),
                Lines("weaknesses", new("Weaknesses", "劣势")),
                Lines("opportunities", new("Opportunities", "机会")),
                Lines("threats", new("Threats", "威胁")),
            ]
        ),
        new(
            "baseline",
            Lifecycle.Stage.Research,
            new("Baselines", "基线数据"),
            [
                Rows(
                    "series",
                    new("Series", "序列"),
                    Text("metric", new("Metric", "指标")),
                    Number("days", new("Days", "天数")),
                    Number("value", new("Value", "数值")),
                    Text("source", new("Source", "来源"))
                ),
            ]
        ),
        new(
            "strategy",
            Lifecycle.Stage.Strategy,
            new("Strategy", "策略"),
            [
                Rows(
                    "segments",
                    new("Segments", "目标人群"),
                    Text("name", new("Name", "名称")),
                    Text("why", new("Why", "理由"), required: false)
                ),
                Text("theme", new("Theme", "主题")),
                Long("promotion", new("Promotion mechanics, or “none”", "促销机制（没有请写“无”）")),
                Long("positioning", new("Positioning", "定位与差异化"), required: false),
            ]
        ),
        new(
            "risks",
            Lifecycle.Stage.Strategy,
            new("Risk register", "风险登记"),
            [
                Rows(
                    "risks",
                    new("Risks", "风险"),
                    Text("risk", new("Risk", "风险")),
                    Number("probability", new("Probability 1–5", "概率 1–5")),
                    Number("impact", new("Impact 1–5", "影响 1–5")),
                    Text("trigger", new("Trigger", "触发条件"), required: false),
                    Text("plan", new("Plan", "预案"), required: false),
                    Text("owner", new("Owner", "负责人"), required: false)
                ),
            ]
        ),
        new(
            "schedule",
            Lifecycle.Stage.Plan,
            new("Schedule", "排期"),
            [
                Rows(
                    "items",
                    new("Milestones and work", "里程碑与任务"),
                    Text("what", new("What", "事项")),
                    Text("owner", new("Owner", "负责人")),
                    Date("starts", new("Starts", "开始")),
                    Date("ends", new("Ends", "结束"))
                ),
            ]
        ),
        new(
            "tracking",
            Lifecycle.Stage.Plan,
            new("Tracking plan", "监测方案"),
            [
                Rows(
                    "sources",
                    new("Sources", "数据来源"),
                    Text("channel", new("Channel", "渠道")),
                    Text("source", new("Source", "来源")),
                    Number("lag_days", new("Lag in days", "延迟天数")),
                    Text("owner", new("Owner", "负责人"))
                ),
            ]
        ),
        new(
            "content",
            Lifecycle.Stage.Content,
            new("Content calendar", "内容日历"),
            [
                Rows(
                    "items",
                    new("Items", "内容"),
                    Date("day", new("Day", "日期")),
                    Text("channel", new("Channel", "渠道")),
                    Text("item", new("Item", "内容")),
                    Text("asset", new("Asset and version", "素材与版本"), required: false)
                ),
            ]
        ),
        new(
            "checklist",
            Lifecycle.Stage.Readiness,
            new("Launch checklist", "上线检查表"),
            [
                Rows(
                    "items",
                    new("Items", "检查项"),
                    Text("item", new("Item", "检查项")),
                    Text("owner", new("Owner", "负责人")),
                    Text("evidence", new("Evidence", "证据"), required: false)
                ),
            ]
        ),
        new(
            "evaluation",
            Lifecycle.Stage.Evaluation,
            new("Evaluation report", "评估报告"),
            [
                Rows(
                    "goals",
                    new("Goals", "目标"),
                    Text("metric", new("Metric", "指标")),
                    new("result", FieldKind.Choice, new("Result", "结果"), Options: ["met", "partially", "missed", "not measurable"]),
                    Text("cause", new("Cause", "原因"), required: false)
                ),
                Rows(
                    "optimisation",
                    new("Optimisation plan", "优化计划"),
                    Text("item", new("Item", "事项")),
                    Text("owner", new("Owner", "负责人"))
                ),
            ]
        ),
        new(
            "review",
            Lifecycle.Stage.Review,
            new("Review minutes and lessons", "复盘纪要与经验"),
            [
                Date("held", new("Held on", "复盘日期")),
                Text("attendees", new("Attendees", "参加人员")),
                Rows(
                    "lessons",
                    new("Lessons", "经验"),
                    Text("lesson", new("Lesson", "经验")),
                    new("kind", FieldKind.Choice, new("Kind", "类型"), Options: ["keep", "stop", "start"]),
                    new(
                        "disposition",
                        FieldKind.Choice,
                        new("Disposition", "处理"),
                        Required: false,
                        Options: ["proposal", "knowledge", "rejected"]
                    )
                ),
                Rows(
                    "actions",
                    new("Actions", "行动项"),
                    Text("action", new("Action", "行动")),
                    Text("owner", new("Owner", "负责人")),
                    Date("due", new("Due", "期限"))
                ),
            ]
        ),
    ];

    /// <exception cref="ArgumentException">No such kind; the message lists them.</exception>
    public static ArtefactKind Of(string code) =>
        All.FirstOrDefault(k => k.Code == code)
        ?? throw new ArgumentException(
            $"'{code}' is not an artefact; use one of {string.Join(", ", All.Select(k => k.Code))}.",
            nameof(code)
        );

    private static ArtefactField Text(string name, Phrase label, bool required = true) => new(name, FieldKind.Text, label, required);

    private static ArtefactField Long(string name, Phrase label, bool required = true) => new(name, FieldKind.LongText, label, required);

    private static ArtefactField Number(string name, Phrase label) => new(name, FieldKind.Number, label);

    private static ArtefactField Date(string name, Phrase label) => new(name, FieldKind.Date, label);

    private static ArtefactField Rows(string name, Phrase label, params ArtefactField[] columns) =>
        new(name, FieldKind.Rows, label, Columns: columns);

    /// <summary>A list of sentences.</summary>
    private static ArtefactField Lines(string name, Phrase label) => Rows(name, label, Text("text", label));
}
