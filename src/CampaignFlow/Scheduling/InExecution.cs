using CampaignFlow.Campaigns;
using CampaignFlow.Lifecycle;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Scheduling;

internal static class InExecution
{
    extension(CampaignFlowDb db)
    {
        /// <summary>Campaigns that spend money now, by code, with the instant since when.</summary>
        public async Task<IReadOnlyList<(Campaign Campaign, DateTimeOffset Since)>> InExecutionAsync(CancellationToken cancellationToken)
        {
            var open = await db
                .StageVisits.AsNoTracking()
                .Where(v => v.Stage == Stage.Execution && v.LeftAt == null)
                .ToListAsync(cancellationToken);
            var since = open.GroupBy(v => v.CampaignId).ToDictionary(g => g.Key, g => g.Min(v => v.EnteredAt));
            var ids = since.Keys.ToList();
            var campaigns = await db
                .Campaigns.Where(c => ids.Contains(c.Id) && c.State == CampaignState.Active)
                .OrderBy(c => c.Code)
                .ToListAsync(cancellationToken);
            return [.. campaigns.Select(c => (c, since[c.Id]))];
        }
    }
}
