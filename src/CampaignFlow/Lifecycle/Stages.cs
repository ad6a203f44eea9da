using CampaignFlow.Engine;

namespace CampaignFlow.Lifecycle;

/// <summary>The nine stages in four phases; codes are stable and stand in workflow files.</summary>
/// <param name="Phase">1 insight and goals, 2 planning, 3 execution, 4 evaluate and learn.</param>
/// <param name="Days">Default length for a 60-day promotion.</param>
public sealed record Stage(string Code, int Phase, Phrase Name, int Days)
{
    public const string Research = "C1_RESEARCH";
    public const string Goals = "C2_GOALS";
    public const string Strategy = "C3_STRATEGY";
    public const string Plan = "C4_PLAN";
    public const string Content = "C5_CONTENT";
    public const string Readiness = "C6_READINESS";
    public const string Execution = "C7_EXECUTION";
    public const string Evaluation = "C8_EVALUATION";
    public const string Review = "C9_REVIEW";

    public static IReadOnlyList<Stage> All { get; } =
    [
        new(Research, 1, new("Research", "市场调研"), 7),
        new(Goals, 1, new("Goals & KPIs", "目标设定"), 2),
        new(Strategy, 2, new("Strategy", "策略制定"), 5),
        new(Plan, 2, new("Channels, budget & schedule", "渠道、预算与排期"), 5),
        new(Content, 2, new("Content & creative", "内容与创意"), 10),
        new(Readiness, 3, new("Launch readiness", "上线准备"), 2),
        new(Execution, 3, new("Execution & optimisation", "执行与优化"), 28),
        new(Evaluation, 4, new("Evaluation", "效果评估"), 5),
        new(Review, 4, new("Review & lessons", "复盘与分享"), 5),
    ];

    public static Stage Of(string code) =>
        All.FirstOrDefault(s => s.Code == code)
        ?? throw new ArgumentException($"'{code}' is not a stage; use one of {string.Join(", ", All.Select(s => s.Code))}.", nameof(code));

    /// <summary>C1 … C9.</summary>
    public string Short => Code[..2];
}
