using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>The palette: every activity this server runs, and a stand-in for each that a stored definition uses and it does not know.</summary>
internal sealed class PaletteQueries(CampaignFlowDb db, ActivityCatalogue catalogue, IEnumerable<INameSource> names)
{
    public async Task<IReadOnlyList<ActivityDescriptor>> ActivitiesAsync(Words words, CancellationToken cancellationToken)
    {
        var lists = new Dictionary<string, IReadOnlyList<(string, Phrase)>>(StringComparer.Ordinal);
        foreach (var source in names)
            lists[source.Of] = await source.NamesAsync(cancellationToken);
        var choices = new NameChoices(lists);
        var known = catalogue.All;
        return
        [
            .. known.Select(type => ActivityDescriptor.Of(type, words, choices)),
            .. (await UnknownAsync(known, cancellationToken)).Select(type => ActivityDescriptor.Unknown(type, words)),
        ];
    }

    // Only drafts may hold such types: what is published has been read.
    private async Task<IEnumerable<string>> UnknownAsync(IReadOnlyList<ActivityType> known, CancellationToken cancellationToken)
    {
        var drafts = await db.WorkflowDrafts.AsNoTracking().Select(d => d.Json).ToListAsync(cancellationToken);
        var has = known.Select(t => t.Type).ToHashSet(StringComparer.Ordinal);
        return drafts
            .SelectMany(json => DefinitionModel.Activities(DefinitionModel.Parse(json)["root"]))
            .Select(activity => activity["type"]!.ToString())
            .Where(type => !has.Contains(type))
            .Distinct(StringComparer.Ordinal);
    }
}
