using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Effects;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Effects;

/// <summary>What a channel's own history says about more or less spend, or why it says nothing.</summary>
public sealed record ChannelResponse(CampaignChannel Channel, ResponseCurve? Curve, Phrase? Refusal);

public sealed class EffectQueries(CampaignFlowDb db, MetricQueries metrics, TimeProvider clock)
{
    public async Task<IReadOnlyDictionary<Guid, ShiftEffect>> OfAsync(Guid campaign, CancellationToken cancellationToken) =>
        await db.ShiftEffects.AsNoTracking().Where(e => e.CampaignId == campaign).ToDictionaryAsync(e => e.ShiftId, cancellationToken);

    /// <summary>Learned from mature days of the flight only.</summary>
    public async Task<IReadOnlyList<ChannelResponse>> ResponsesAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = campaign.Today(now);
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        var known = await metrics.DaysAsync(campaign.Id, now, campaign.StartsOn, today, cancellationToken);
        return channels.ConvertAll(c =>
        {
            var mature = known.Of(c.Code).Where(d => d.Date < today.AddDays(-c.LagDays)).ToList();
            var (curve, refusal) = ResponseCurve.Learn(mature);
            return new ChannelResponse(c, curve, refusal);
        });
    }
}
