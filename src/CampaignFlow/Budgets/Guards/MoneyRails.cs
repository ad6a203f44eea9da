using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets.Guards;

/// <summary>A channel with the bounds that hold now, and where they come from when it is not the channel itself.</summary>
public sealed record ChannelRails(CampaignChannel Channel, long FloorMinor, Phrase FloorFrom, long CeilingMinor, Phrase CeilingFrom)
{
    public string Code => Channel.Code;
    public string Name => Channel.Name;
}

/// <summary>
/// Whether money may move at all, asked again at the moment it moves: a proposal that was right yesterday may run into a switch,
/// a breaker or a limit of today.
/// </summary>
public sealed class MoneyRails(CampaignFlowDb db, GuardQueries guards, MachineLimits limits)
{
    /// <param name="isUndo">An undo returns what was taken: only the channels' own bounds hold.</param>
    public async Task<IReadOnlyList<ChannelRails>> ChannelsAsync(Campaign campaign, bool isUndo, CancellationToken cancellationToken)
    {
        var channels = await db.CampaignChannels.AsNoTracking().Where(c => c.CampaignId == campaign.Id).ToListAsync(cancellationToken);
        var inForce = isUndo ? [] : await guards.InForceAsync(campaign.Id, null, cancellationToken);
        return channels.ConvertAll(c => Railed(c, inForce));
    }

    public static ChannelRails Railed(CampaignChannel channel, IReadOnlyList<GuardInForce> inForce)
    {
        var none = new Phrase("", "");
        var (floor, floorFrom) = (channel.FloorMinor, none);
        var (ceiling, ceilingFrom) = (channel.CeilingMinor, none);
        if (inForce.FirstOrDefault(g => g.Guard.Key == Guard.Floor) is { } least)
        {
            // Never above what was planned: a share of the plan rounds down.
            var kept = (long)Math.Floor(channel.PlannedMinor * least.Value.Number);
            if (kept > floor)
                (floor, floorFrom) = (kept, From(least));
        }
        if (inForce.FirstOrDefault(g => g.Guard.Key == Guard.Ceiling) is { } most)
        {
            var reached = (long)Math.Floor(channel.PlannedMinor * most.Value.Number);
            if (reached < ceiling)
                (ceiling, ceilingFrom) = (Math.Max(reached, floor), From(most));
        }
        return new(channel, floor, floorFrom, ceiling, ceilingFrom);
    }

    /// <summary>Kill switch, holds, breaker, contract money, paused channels and the limits of rules, as the database has them now.</summary>
    /// <param name="balances">What each account holds before the move.</param>
    public async Task<Phrase?> MayNotMoveAsync(
        Campaign campaign,
        IReadOnlyList<ChannelRails> channels,
        Movement move,
        IReadOnlyDictionary<string, long> balances,
        CancellationToken cancellationToken
    )
    {
        var scopes = Scope.Binding(campaign.Id, move.Rule);
        var stop = await db
            .MoneyStops.AsNoTracking()
            .Where(s => scopes.Contains(s.Scope) && s.ReleasedAt == null)
            .OrderBy(s => s.At)
            .FirstOrDefaultAsync(cancellationToken);
        if (stop is not null)
            return StopMoney.Sentence(stop);
        // What this transaction is about to change counts; otherwise a hold that somebody else has just set does.
        var heldBy = db.Entry(campaign).Property(c => c.HeldBy).IsModified
            ? campaign.HeldBy
            : await db.Campaigns.Where(c => c.Id == campaign.Id).Select(c => c.HeldBy).SingleAsync(cancellationToken);
        if (heldBy is not null)
            return new("All budget changes of this campaign are on hold.", "该活动的预算调整已全部暂停。");
        if (
            move.Rule is not null
            && await db.DataBreakers.AsNoTracking().FirstOrDefaultAsync(b => b.CampaignId == campaign.Id, cancellationToken)
                is { ClosedAt: null } open
        )
            return open.Why;
        if (channels.FirstOrDefault(c => c.Code == move.From) is { Channel.Shiftable: false } bound)
            return new($"{bound.Name} is contract money and cannot be taken back.", $"{bound.Name} 为合同投放，预算不可收回。");
        if (channels.FirstOrDefault(c => c.Code == move.To) is { Channel.Active: false } paused)
            return new($"{paused.Name} is paused and would not spend the money.", $"{paused.Name} 已暂停，无法使用这笔预算。");
        return move.Rule is null ? null : await limits.ObjectionAsync(campaign, channels, move, balances, cancellationToken);
    }

    private static Phrase From(GuardInForce guard) =>
        new(
            $" ({guard.Guard.Name.En} {guard.Guard.Say(guard.Value)} set by {guard.Setting.By})",
            $"（{guard.Setting.By} 设定的{guard.Guard.Name.Zh} {guard.Guard.Say(guard.Value)}）"
        );
}
