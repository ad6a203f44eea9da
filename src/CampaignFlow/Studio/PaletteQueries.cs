using System.Collections.Concurrent;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Lifecycle;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>The palette: every activity this server runs, and a stand-in for each that a stored definition uses and it does not know.</summary>
internal sealed class PaletteQueries(CampaignFlowDb db, ActivityCatalogue catalogue, UsedTypes types)
{
    public async Task<IReadOnlyList<ActivityDescriptor>> ActivitiesAsync(Words words, CancellationToken cancellationToken)
    {
        var choices = new NameChoices(await NamesAsync(cancellationToken));
        var known = catalogue.All;
        var has = known.Select(t => t.Type).ToHashSet(StringComparer.Ordinal);
        return
        [
            ActivityDescriptor.Whole(words),
            .. known.Select(type => ActivityDescriptor.Of(type, words, choices)),
            .. (await types.AllAsync(db, cancellationToken))
                .Where(used => !has.Contains(used.Type) || used.Version != 1)
                .Select(used =>
                    known.FirstOrDefault(t => t.Type == used.Type) is { } type
                        ? ActivityDescriptor.Of(type, words, choices) with
                        {
                            Version = used.Version,
                            IsBrowsable = false,
                        }
                        : ActivityDescriptor.Unknown(used.Type, words) with
                        {
                            Version = used.Version,
                        }
                ),
        ];
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<(string Value, Phrase Text)>>> NamesAsync(
        CancellationToken cancellationToken
    )
    {
        var workflows = await db
            .WorkflowVersions.Where(v => v.Published)
            .OrderBy(v => v.DefinitionId)
            .Select(v => new { v.DefinitionId, v.Name })
            .ToListAsync(cancellationToken);
        return new Dictionary<string, IReadOnlyList<(string, Phrase)>>(StringComparer.Ordinal)
        {
            [NameList.Role] = [.. Roles.Names.Select(r => (r.Key, r.Value))],
            [NameList.Stage] = [.. Stage.All.Select(s => (s.Code, Numbered(s)))],
            [NameList.Artefact] = [.. ArtefactKind.All.Select(a => (a.Code, a.Name))],
            [NameList.Workflow] = [.. workflows.Select(w => (w.DefinitionId, Phrase.Same(w.Name)))],
        };
    }

    private static Phrase Numbered(Stage stage) => new($"{stage.Short} {stage.Name.En}", $"{stage.Short} {stage.Name.Zh}");
}

/// <summary>Types and versions of the activities that stored definitions use. A version never changes, so each is read once.</summary>
internal sealed class UsedTypes
{
    private readonly ConcurrentDictionary<Guid, IReadOnlyList<(string, int)>> ofVersions = [];

    public async Task<IReadOnlyList<(string Type, int Version)>> AllAsync(CampaignFlowDb db, CancellationToken cancellationToken)
    {
        var versions = await db.WorkflowVersions.Select(v => v.Id).ToListAsync(cancellationToken);
        var fresh = versions.Where(id => !ofVersions.ContainsKey(id)).ToList();
        foreach (
            var version in await db
                .WorkflowVersions.Where(v => fresh.Contains(v.Id))
                .Select(v => new { v.Id, v.Json })
                .ToListAsync(cancellationToken)
        )
            ofVersions[version.Id] = In(version.Json);
        var drafts = await db.WorkflowDrafts.Select(d => d.Json).ToListAsync(cancellationToken);
        return [.. versions.SelectMany(id => ofVersions.GetValueOrDefault(id) ?? []).Concat(drafts.SelectMany(In)).Distinct()];
    }

    private static List<(string, int)> In(string json) =>
        [
            .. DefinitionModel
                .Activities(DefinitionModel.Parse(json)["root"])
                .Select(a => (a["type"]!.ToString(), DefinitionModel.VersionOf(a)))
                .Distinct(),
        ];
}
