using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <param name="Baseline">Money in minor units, shares as fractions; null when nobody knows it.</param>
/// <param name="Target">As <paramref name="Baseline"/>.</param>
public sealed record GoalDraft(
    string Metric,
    double? Baseline,
    string? BaselineSource,
    double? Target,
    DateOnly? Deadline,
    string? ParentObjective,
    bool Guardrail
);

/// <summary>Replaces a campaign's goals. Once they are approved they are what the review measures against, and stay.</summary>
public sealed class SaveGoals(CampaignFlowDb db, TimeProvider clock)
{
    public const int Most = 9;

    /// <param name="paceLike">Code of the campaign whose course they are expected to follow; null: none.</param>
    /// <returns>What is wrong; empty when saved. The caller commits.</returns>
    public async Task<IReadOnlyList<Phrase>> HandleAsync(
        Guid campaignId,
        IReadOnlyList<GoalDraft> drafts,
        string? paceLike,
        string by,
        CancellationToken cancellationToken
    )
    {
        if (await AreFrozenAsync(campaignId, cancellationToken))
            return [new("The goals are approved and frozen.", "目标已审批并锁定，不能再修改。")];
        var campaign = await db.Campaigns.SingleAsync(c => c.Id == campaignId, cancellationToken);
        var wrong = Check(campaign, drafts).ToList();
        if (paceLike is not null && !await ModelsFor(db, campaign).AnyAsync(m => m.Code == paceLike, cancellationToken))
            wrong.Add(
                new($"'{paceLike}' is no campaign that ended before this one begins.", $"“{paceLike}”不是在本活动开始前已结束的活动。")
            );
        if (wrong.Count > 0)
            return wrong;
        campaign.PaceLike = paceLike;
        var known = await db.Goals.Where(g => g.CampaignId == campaignId).ToListAsync(cancellationToken);
        db.Goals.RemoveRange(known.Where(k => drafts.All(d => d.Metric != k.Metric)));
        foreach (var draft in drafts)
            Put(campaignId, known.FirstOrDefault(k => k.Metric == draft.Metric), draft);
        if (db.ChangeTracker.HasChanges())
            db.Note(campaignId, clock.GetUtcNow(), by, new($"Goals changed: {drafts.Count}.", $"目标已修改，共 {drafts.Count} 个。"));
        return [];
    }

    /// <summary>An approval of the goals that stands; one that was sent back does not count.</summary>
    public async Task<bool> AreFrozenAsync(Guid campaignId, CancellationToken cancellationToken) =>
        await db
            .Approvals.AsNoTracking()
            .Where(a => a.CampaignId == campaignId && a.Kind == "goals")
            .OrderByDescending(a => a.CreatedAt)
            .FirstOrDefaultAsync(cancellationToken)
            is { State: ApprovalState.Approved };

    /// <summary>Campaigns whose course this one's goals may be expected to follow, newest first.</summary>
    public static IQueryable<Campaign> ModelsFor(CampaignFlowDb db, Campaign campaign) =>
        db.Campaigns.AsNoTracking().Where(m => m.EndsOn < campaign.StartsOn).OrderByDescending(m => m.EndsOn).ThenBy(m => m.Code);

    private void Put(Guid campaignId, Goal? goal, GoalDraft draft)
    {
        if (goal is null)
        {
            goal = new()
            {
                CampaignId = campaignId,
                Metric = draft.Metric,
                Target = draft.Target!.Value,
                Deadline = draft.Deadline!.Value,
            };
            db.Goals.Add(goal);
        }
        goal.Target = draft.Target!.Value;
        goal.Deadline = draft.Deadline!.Value;
        goal.Baseline = draft.Baseline;
        goal.BaselineSource = Trimmed(draft.BaselineSource);
        goal.ParentObjective = Trimmed(draft.ParentObjective);
        goal.Guardrail = draft.Guardrail;
    }

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static IEnumerable<Phrase> Check(Campaign campaign, IReadOnlyList<GoalDraft> drafts)
    {
        if (drafts.Count == 0)
            yield return new("A campaign needs at least one goal.", "活动至少需要一个目标。");
        if (drafts.Count > Most)
            yield return new($"At most {Most} goals.", $"最多 {Most} 个目标。");
        foreach (var twice in drafts.GroupBy(d => d.Metric).Where(g => g.Count() > 1))
        {
            var name = GoalMetric.Of(twice.Key).Name;
            yield return new($"{name.En} is listed twice.", $"“{name.Zh}”重复。");
        }
        foreach (var draft in drafts)
        {
            var name = GoalMetric.Of(draft.Metric).Name;
            if (GoalMetric.All.All(m => m.Code != draft.Metric))
                yield return new($"'{draft.Metric}' is not a metric for goals.", $"“{draft.Metric}”不是可设目标的指标。");
            if (draft.Target is not > 0)
                yield return new($"{name.En}: the target must be a number above zero.", $"“{name.Zh}”：目标值必须是大于零的数字。");
            if (draft.Baseline is < 0)
                yield return new($"{name.En}: the baseline cannot be below zero.", $"“{name.Zh}”：基线不能小于零。");
            if (draft.Deadline is not { } deadline)
                yield return new($"{name.En}: the deadline is missing.", $"“{name.Zh}”：缺少期限。");
            else if (deadline < campaign.StartsOn)
                yield return new(
                    $"{name.En}: the deadline is before the campaign starts ({campaign.StartsOn:yyyy-MM-dd}).",
                    $"“{name.Zh}”：期限早于活动开始日期（{campaign.StartsOn:yyyy-MM-dd}）。"
                );
        }
    }
}
