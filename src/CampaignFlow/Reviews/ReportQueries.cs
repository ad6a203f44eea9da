using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Reviews;

public sealed record ReportsView(Campaign Campaign, IReadOnlyList<(Report Report, ReportContent Content)> Reports);

/// <param name="Names">Channel names by code.</param>
public sealed record ReportView(Campaign Campaign, Report Report, ReportContent Content, IReadOnlyDictionary<string, string> Names);

/// <summary>Reports as they were written; later numbers do not change them.</summary>
public sealed class ReportQueries(CampaignFlowDb db)
{
    /// <returns>Newest first; null when there is no such campaign.</returns>
    public async Task<ReportsView?> ListAsync(string code, CancellationToken cancellationToken)
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, cancellationToken) is not { } campaign)
            return null;
        var reports = await db
            .Reports.AsNoTracking()
            .Where(r => r.CampaignId == campaign.Id)
            .OrderByDescending(r => r.At)
            .ToListAsync(cancellationToken);
        return new(campaign, [.. reports.Select(r => (r, Read(r)))]);
    }

    /// <returns>Null when the campaign has no such report.</returns>
    public async Task<ReportView?> FindAsync(string code, Guid id, CancellationToken cancellationToken)
    {
        var found = await db
            .Reports.AsNoTracking()
            .Where(r => r.Id == id)
            .Join(db.Campaigns.Where(c => c.Code == code), r => r.CampaignId, c => c.Id, (r, c) => new { Report = r, Campaign = c })
            .SingleOrDefaultAsync(cancellationToken);
        if (found is null)
            return null;
        var names = await db
            .CampaignChannels.Where(c => c.CampaignId == found.Campaign.Id)
            .ToDictionaryAsync(c => c.Code, c => c.Name, cancellationToken);
        return new(found.Campaign, found.Report, Read(found.Report), names);
    }

    private static ReportContent Read(Report report) => JsonSerializer.Deserialize<ReportContent>(report.Content, RunJson.Options)!;
}
