using System.Text.Json.Nodes;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>
/// The facts that gate conditions may name. Each is counted from what is stored, never ticked by hand; a fact that cannot be told
/// yet is unknown and keeps the gate closed.
/// </summary>
public sealed class GateFacts(CampaignFlowDb db, BudgetLedger ledger, MetricQueries metrics)
{
    /// <summary>Risks at or above this product of probability and impact need a trigger, a plan and an owner.</summary>
    public const double RiskThreshold = 9;

    /// <param name="Mends">The artefact whose task mends it, or null.</param>
    private sealed record Fact(string Name, Unit Unit, Phrase Label, string? Mends, Func<Evidence, object?> Read);

    private static readonly IReadOnlyList<Fact> Known =
    [
        new("competitors", Unit.Count, new("Competitors looked at", "竞品数"), "competitors", e => e.Rows("competitors", "competitors")),
        new("personas", Unit.Count, new("Personas", "用户画像数"), "personas", e => e.Rows("personas", "personas")),
        new(
            "swot_quadrants",
            Unit.Count,
            new("SWOT quadrants filled", "SWOT 已填象限"),
            "swot",
            e => new[] { "strengths", "weaknesses", "opportunities", "threats" }.Count(q => e.Rows("swot", q) > 0)
        ),
        new(
            "baseline_days",
            Unit.Count,
            new("Days in the longest baseline", "最长基线天数"),
            "baseline",
            e => e.Items("baseline", "series").Select(s => s["days"]?.GetValue<double>() ?? 0).DefaultIfEmpty().Max()
        ),
        new("goals", Unit.Count, new("Primary goals", "主要目标数"), null, e => e.Goals.Count(g => !g.Guardrail)),
        new("guardrail_goals", Unit.Count, new("Guardrail goals", "护栏指标数"), null, e => e.Goals.Count(g => g.Guardrail)),
        new(
            "goals_not_smart",
            Unit.Count,
            new("Goals that are not SMART", "不符合 SMART 的目标数"),
            null,
            e => e.Goals.Count(g => !IsSmart(g))
        ),
        new("segments", Unit.Count, new("Target segments", "目标人群数"), "strategy", e => e.Rows("strategy", "segments")),
        new("has_theme", Unit.Condition, new("A theme is chosen", "已确定主题"), "strategy", e => e.Has("strategy", "theme")),
        new(
            "has_promotion",
            Unit.Condition,
            new("Promotion mechanics are settled", "已确定促销机制"),
            "strategy",
            e => e.Has("strategy", "promotion")
        ),
        new(
            "risks_without_plan",
            Unit.Count,
            new("High risks without plan", "缺少预案的高风险数"),
            "risks",
            e => e.Items("risks", "risks").Count(IsOpenRisk)
        ),
        new(
            "plan_difference",
            Unit.Money,
            new("Plan minus approved total", "计划与批准总额之差"),
            null,
            e => e.Channels.Sum(c => c.PlannedMinor) - e.LedgerTotal
        ),
        new(
            "channels_out_of_bounds",
            Unit.Count,
            new("Channels planned outside floor and ceiling", "计划超出上下限的渠道数"),
            null,
            e => e.Channels.Count(c => c.PlannedMinor < c.FloorMinor || c.PlannedMinor > c.CeilingMinor)
        ),
        new(
            "channels_without_source",
            Unit.Count,
            new("Channels without a metric source", "没有数据来源的渠道数"),
            "tracking",
            e =>
                e.Channels.Count(c =>
                    !e.Items("tracking", "sources")
                        .Any(s => string.Equals(s["channel"]?.ToString(), c.Code, StringComparison.OrdinalIgnoreCase))
                )
        ),
        new("schedule_items", Unit.Count, new("Scheduled items", "排期条目数"), "schedule", e => e.Rows("schedule", "items")),
        new("content_items", Unit.Count, new("Content items", "内容条目数"), "content", e => e.Rows("content", "items")),
        new(
            "content_without_asset",
            Unit.Count,
            new("Content without an asset", "缺少素材的内容数"),
            "content",
            e => e.Items("content", "items").Count(i => string.IsNullOrWhiteSpace(i["asset"]?.ToString()))
        ),
        new("checklist_items", Unit.Count, new("Checklist items", "检查项数"), "checklist", e => e.Rows("checklist", "items")),
        new(
            "checklist_open",
            Unit.Count,
            new("Checklist items without evidence", "缺少证据的检查项数"),
            "checklist",
            e => e.Items("checklist", "items").Count(i => string.IsNullOrWhiteSpace(i["evidence"]?.ToString()))
        ),
        new("goals_approved", Unit.Condition, new("Goals are approved", "目标已审批"), null, e => e.Approved("goals")),
        new("budget_approved", Unit.Condition, new("Budget is approved", "预算已审批"), null, e => e.Approved("budget")),
        new(
            "content_approved",
            Unit.Condition,
            new("Content is approved as it stands", "内容按现版本已审批"),
            "content",
            e => e.Approved("content", "content")
        ),
        new(
            "launch_approved",
            Unit.Condition,
            new("Launch is approved as it stands", "上线按现清单已审批"),
            "checklist",
            e => e.Approved("launch", "checklist")
        ),
        new("flight_over", Unit.Condition, new("The flight is over", "投放期已结束"), null, e => e.Today > e.Campaign.EndsOn),
        new(
            "days_without_data",
            Unit.Count,
            new("Days without data of active channels", "在投渠道缺数据的天数"),
            null,
            e => e.DaysWithoutData
        ),
        new("shifts_waiting", Unit.Count, new("Shifts waiting for a decision", "待决定的预算调整数"), null, e => e.ShiftsWaiting),
        new(
            "goals_without_result",
            Unit.Count,
            new("Goals without a result", "没有结果的目标数"),
            "evaluation",
            e => e.GoalsWithoutResult()
        ),
        new(
            "optimisation_items",
            Unit.Count,
            new("Items for the next campaign", "优化事项数"),
            "evaluation",
            e => e.Rows("evaluation", "optimisation")
        ),
        new("review_held", Unit.Condition, new("The review was held", "已召开复盘会"), "review", e => e.Has("review", "held")),
        new("lessons", Unit.Count, new("Lessons", "经验数"), "review", e => e.Rows("review", "lessons")),
        new(
            "lessons_without_disposition",
            Unit.Count,
            new("Lessons nobody disposed of", "未处理的经验数"),
            "review",
            e => e.Items("review", "lessons").Count(l => string.IsNullOrWhiteSpace(l["disposition"]?.ToString()))
        ),
    ];

    /// <summary>The names, units and labels for the condition parser.</summary>
    public static Vocabulary Vocabulary { get; } = new(Known.Select(f => new Term(f.Name, f.Unit, f.Label)));

    /// <summary>The artefact that has to be filled to mend a red condition with this fact in it; null when it is not an artefact.</summary>
    public static string? Mends(string fact) => Known.FirstOrDefault(k => k.Name == fact)?.Mends;

    /// <summary>What the fact is called, null for a name that is no fact.</summary>
    public static Phrase? LabelOf(string fact) => Known.FirstOrDefault(k => k.Name == fact)?.Label;

    public async Task<NamedFacts> ReadAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var latest = await db
            .Artefacts.AsNoTracking()
            .Where(a => a.CampaignId == campaign.Id)
            .GroupBy(a => a.Kind)
            .Select(g => g.OrderByDescending(a => a.Version).First())
            .ToListAsync(cancellationToken);
        var days = await metrics.DaysAsync(campaign.Id, now, campaign.StartsOn, campaign.EndsOn, cancellationToken);
        var channels = await db.CampaignChannels.AsNoTracking().Where(c => c.CampaignId == campaign.Id).ToListAsync(cancellationToken);
        var evidence = new Evidence(
            campaign,
            campaign.Today(now),
            latest.ToDictionary(a => a.Kind, a => JsonNode.Parse(a.Content)!.AsObject()),
            latest.ToDictionary(a => a.Kind, a => a.At),
            await db.Goals.AsNoTracking().Where(g => g.CampaignId == campaign.Id).ToListAsync(cancellationToken),
            channels,
            await db.Approvals.AsNoTracking().Where(a => a.CampaignId == campaign.Id && a.ShiftId == null).ToListAsync(cancellationToken),
            (await ledger.BalancesAsync(campaign.Id, cancellationToken)).Values.Sum(),
            channels.Where(c => c.Active).Sum(c => campaign.FlightDays - days.Of(c.Code).Count),
            await db.BudgetShifts.CountAsync(s => s.CampaignId == campaign.Id && s.State == ShiftState.Waiting, cancellationToken)
        );
        return new(Known.ToDictionary(f => f.Name, f => f.Read(evidence)), campaign.Currency);
    }

    /// <summary>Specific metric and target, measurable baseline with source, a parent objective and a deadline inside reach.</summary>
    private static bool IsSmart(Goal goal) =>
        goal.Baseline is not null && !string.IsNullOrWhiteSpace(goal.BaselineSource) && !string.IsNullOrWhiteSpace(goal.ParentObjective);

    private static bool IsOpenRisk(JsonObject risk) =>
        (risk["probability"]?.GetValue<double>() ?? 0) * (risk["impact"]?.GetValue<double>() ?? 0) >= RiskThreshold
        && new[] { "trigger", "plan", "owner" }.Any(f => string.IsNullOrWhiteSpace(risk[f]?.ToString()));

    private sealed record Evidence(
        Campaign Campaign,
        DateOnly Today,
        IReadOnlyDictionary<string, JsonObject> Artefacts,
        IReadOnlyDictionary<string, DateTimeOffset> SavedAt,
        IReadOnlyList<Goal> Goals,
        IReadOnlyList<CampaignChannel> Channels,
        IReadOnlyList<Approval> Approvals,
        long LedgerTotal,
        int DaysWithoutData,
        int ShiftsWaiting
    )
    {
        public IEnumerable<JsonObject> Items(string kind, string field) =>
            Artefacts.GetValueOrDefault(kind)?[field] is JsonArray rows ? rows.OfType<JsonObject>() : [];

        public int Rows(string kind, string field) => Items(kind, field).Count();

        public bool Has(string kind, string field) => !string.IsNullOrWhiteSpace(Artefacts.GetValueOrDefault(kind)?[field]?.ToString());

        /// <summary>The newest approval of the kind said yes, and what it was about has not changed since it was asked.</summary>
        public bool Approved(string kind, string? artefact = null) =>
            Approvals.Where(a => a.Kind == kind).OrderByDescending(a => a.CreatedAt).FirstOrDefault()
                is { State: ApprovalState.Approved } yes
            && (artefact is null || SavedAt.GetValueOrDefault(artefact, DateTimeOffset.MinValue) <= yes.CreatedAt);

        public int GoalsWithoutResult()
        {
            var told = Items("evaluation", "goals").Select(g => g["metric"]?.ToString()).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return Goals.Count(g => !told.Contains(g.Metric));
        }
    }
}
