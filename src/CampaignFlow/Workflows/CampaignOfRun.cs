using CampaignFlow.Campaigns;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

public static class CampaignOfRun
{
    extension(CampaignFlowDb db)
    {
        /// <summary>The campaign that a run with this correlation leads.</summary>
        /// <exception cref="ActivityFault">The run was started without a campaign.</exception>
        public async Task<Campaign> CampaignOfAsync(string? correlation, CancellationToken cancellationToken) =>
            Guid.TryParse(correlation, out var id) && await db.Campaigns.FindAsync([id], cancellationToken) is { } campaign
                ? campaign
                : throw new ActivityFault($"This activity needs a campaign; the run's correlation '{correlation}' names none.");
    }
}
