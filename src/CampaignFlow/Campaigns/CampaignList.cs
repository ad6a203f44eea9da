using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Campaigns;

/// <summary>Which campaigns there are, for pages that let a person choose one.</summary>
public sealed class CampaignList(CampaignFlowDb db)
{
    /// <summary>Active ones first, then the newest flight.</summary>
    public async Task<IReadOnlyList<Campaign>> AllAsync(CancellationToken cancellationToken)
    {
        var all = await db.Campaigns.AsNoTracking().ToListAsync(cancellationToken);
        return
        [
            .. all.OrderByDescending(c => c.State is CampaignState.Active or CampaignState.OnHold)
                .ThenBy(c => c.StartsOn)
                .ThenBy(c => c.Code, StringComparer.Ordinal),
        ];
    }

    public Task<Campaign?> FindAsync(string code, CancellationToken cancellationToken) =>
        db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, cancellationToken);

    /// <summary>A campaign's channels by code.</summary>
    public Task<List<CampaignChannel>> ChannelsAsync(Guid campaign, CancellationToken cancellationToken) =>
        db.CampaignChannels.AsNoTracking().Where(c => c.CampaignId == campaign).OrderBy(c => c.Code).ToListAsync(cancellationToken);
}
