using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets.Guards;

/// <summary>Keeps rules off a channel while an experiment runs or the platform learns; ends by itself.</summary>
public sealed class LockChannel(CampaignFlowDb db, TimeProvider clock)
{
    private const int LongestDays = 180;

    /// <param name="until">The last day of the lock; null opens it now.</param>
    public async Task<Phrase?> HandleAsync(
        Guid campaignId,
        string channel,
        DateOnly? until,
        string? why,
        Person person,
        CancellationToken cancellationToken
    )
    {
        if (!Permissions.RolesThatMay(Permissions.HoldBudgets).Any(person.Roles.Contains))
            return new("Your role may not lock channels.", "您的角色不能锁定渠道。");
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == campaignId, cancellationToken) is not { } campaign)
            return new("There is no such campaign.", "没有这个活动。");
        var names = await db.ChannelNamesAsync(campaignId, cancellationToken);
        if (!names.TryGetValue(channel, out var name))
            return new($"There is no channel {channel} in this campaign.", $"该活动没有渠道 {channel}。");
        var now = clock.GetUtcNow();
        var known = await db.ChannelLocks.SingleOrDefaultAsync(l => l.CampaignId == campaignId && l.Channel == channel, cancellationToken);
        if (until is not { } last)
        {
            if (known is null)
                return null;
            db.ChannelLocks.Remove(known);
            db.Note(campaignId, now, person.DisplayName, new($"{name} unlocked for rules.", $"{name} 已解除锁定。"));
        }
        else
        {
            if (last < campaign.Today(now) || last > campaign.Today(now).AddDays(LongestDays))
                return new("A lock ends today or within 180 days.", "锁定须在今天起 180 天内结束。");
            if (string.IsNullOrWhiteSpace(why) || why.Length > 500)
                return new("Say why, in at most 500 characters: which experiment?", "请说明理由（最多 500 字）：哪个实验？");
            if (known is null)
                db.ChannelLocks.Add(
                    new()
                    {
                        CampaignId = campaignId,
                        Channel = channel,
                        Until = last,
                        Why = why.Trim(),
                        By = person.DisplayName,
                        At = now,
                    }
                );
            else
                (known.Until, known.Why, known.By, known.At) = (last, why.Trim(), person.DisplayName, now);
            db.Note(
                campaignId,
                now,
                person.DisplayName,
                new($"{name} locked for rules until {last:yyyy-MM-dd}: {why.Trim()}", $"{name} 锁定至 {last:yyyy-MM-dd}：{why.Trim()}")
            );
        }
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }
}
