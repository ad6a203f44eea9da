using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>A published workflow that can lead a campaign.</summary>
public sealed record CampaignProcess(string Id, string Name, string? Description);

/// <summary>Which workflows can lead a campaign: those that ask for the first day of its flight.</summary>
public sealed class CampaignProcesses(CampaignFlowDb db, DefinitionCache definitions)
{
    public const string FlightStart = "FlightStart";

    /// <summary>The usual one first.</summary>
    public async Task<IReadOnlyList<CampaignProcess>> ListAsync(CancellationToken cancellationToken)
    {
        var published = db.WorkflowVersions.AsNoTracking().Where(v => v.Published);
        var newest = await published
            .Where(v => !published.Any(o => o.DefinitionId == v.DefinitionId && o.Version > v.Version))
            .Select(v => new { v.Id, v.DefinitionId })
            .ToListAsync(cancellationToken);
        var found = new List<CampaignProcess>();
        foreach (var version in newest)
        {
            try
            {
                var definition = await definitions.GetAsync(db, version.Id, cancellationToken);
                if (definition.Inputs.Any(i => i.Name == FlightStart))
                    found.Add(new(version.DefinitionId, definition.Name, definition.Description));
            }
            catch (InvalidOperationException)
            {
                // What this program can no longer read leads no new campaign; the workflows page says why.
            }
        }
        return [.. found.OrderBy(p => p.Id != StartCampaign.Lifecycle).ThenBy(p => p.Id, StringComparer.Ordinal)];
    }
}
