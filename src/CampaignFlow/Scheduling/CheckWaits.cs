using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Waiting;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Scheduling;

/// <summary>A run that waits for a check: when the campaign's clock brings it next.</summary>
internal sealed class CheckWaits(CampaignFlowDb db) : IWaitReason
{
    public string Kind => Bookmark.Event;

    public async Task<IReadOnlyDictionary<Wait, Phrase>> SayAsync(IReadOnlyList<Wait> waits, CancellationToken cancellationToken)
    {
        var known = waits.Where(w => CheckOf(w) is not null).ToList();
        var ids = known.Select(CampaignOf).Distinct().ToList();
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        return known
            .Where(w => campaigns.ContainsKey(CampaignOf(w)))
            .ToDictionary(w => w, w => Say(w, CheckOf(w)!, campaigns[CampaignOf(w)]));
    }

    private static Check? CheckOf(Wait wait) => Check.All.FirstOrDefault(c => c.WakesRuns && c.Code == wait.Bookmark.Key);

    private static Guid CampaignOf(Wait wait) => Guid.TryParse(wait.Bookmark.Correlation, out var id) ? id : Guid.Empty;

    private static Phrase Say(Wait wait, Check check, Campaign campaign)
    {
        if (campaign.State != CampaignState.Active)
            return new(
                $"Waits for the event '{check.Code}' ({check.Name.En.ToLowerInvariant()}), which does not come while the campaign is not active.",
                $"等待事件“{check.Code}”（{check.Name.Zh}）；活动未处于进行状态，暂不会触发。"
            );
        var next = wait.Moment(check.NextAfter(campaign, wait.Now));
        return new(
            $"Waits for the event '{check.Code}' ({check.Name.En.ToLowerInvariant()}), next about {next.En}.",
            $"等待事件“{check.Code}”（{check.Name.Zh}），预计 {next.Zh}。"
        );
    }
}
