using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Lifecycle;
using CampaignFlow.Notices;
using CampaignFlow.Rules;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>The palette: every activity this server runs, and a stand-in for each that a stored definition uses and it does not know.</summary>
internal sealed class PaletteQueries(
    CampaignFlowDb db,
    ActivityCatalogue catalogue,
    UsedTypes types,
    RuleFiles rules,
    IEnumerable<KnownEvent> events
)
{
    public async Task<IReadOnlyList<ActivityDescriptor>> ActivitiesAsync(Words words, CancellationToken cancellationToken)
    {
        var used = await types.AllAsync(db, cancellationToken);
        var choices = new NameChoices(await NamesAsync(cancellationToken));
        var known = catalogue.All;
        var has = known.Select(t => t.Type).ToHashSet(StringComparer.Ordinal);
        return
        [
            ActivityDescriptor.Whole(words),
            .. known.Select(type => ActivityDescriptor.Of(type, words, choices)),
            .. used
                .Types.Where(u => !has.Contains(u.Type) || u.Version != 1)
                .Select(u =>
                    known.FirstOrDefault(t => t.Type == u.Type) is { } type
                        ? ActivityDescriptor.Of(type, words, choices) with
                        {
                            Version = u.Version,
                            IsBrowsable = false,
                        }
                        : ActivityDescriptor.Unknown(u.Type, words) with
                        {
                            Version = u.Version,
                        }
                ),
        ];
    }

    /// <summary>Events that the product publishes, and those that definitions name.</summary>
    public async Task<IReadOnlyList<(string Name, Phrase? What)>> EventsAsync(CancellationToken cancellationToken)
    {
        var used = await types.AllAsync(db, cancellationToken);
        return
        [
            .. events.Select(e => (e.Name, (Phrase?)e.What)),
            .. used.Events.Where(n => events.All(e => e.Name != n)).Select(n => (n, (Phrase?)null)),
        ];
    }

    private async Task<IReadOnlyDictionary<string, IReadOnlyList<(string Value, Phrase Text)>>> NamesAsync(
        CancellationToken cancellationToken
    )
    {
        var channels = await ChannelsAsync(cancellationToken);
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
            [NameList.Channel] = channels,
            [NameList.Account] = [.. channels, (LedgerEntry.Reserve, AccountNames.Reserve)],
            [NameList.Rule] = [.. rules.Current().Select(f => f.Rule).OfType<Rule>().Select(r => (r.Id, r.Title))],
            [NameList.MailTemplate] = [.. NoticeTemplate.All.Select(t => (t.Code, t.Name))],
        };
    }

    /// <summary>Of all campaigns: a definition is not made for one.</summary>
    private async Task<IReadOnlyList<(string Value, Phrase Text)>> ChannelsAsync(CancellationToken cancellationToken)
    {
        var all = await db
            .CampaignChannels.Select(c => new { c.Code, c.Name })
            .Distinct()
            .OrderBy(c => c.Code)
            .Take(500)
            .ToListAsync(cancellationToken);
        return [.. all.GroupBy(c => c.Code, StringComparer.Ordinal).Select(g => (g.Key, Phrase.Same(g.First().Name)))];
    }

    private static Phrase Numbered(Stage stage) => new($"{stage.Short} {stage.Name.En}", $"{stage.Short} {stage.Name.Zh}");
}
