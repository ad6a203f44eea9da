using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <param name="Types">Types and versions of the activities that stored definitions use.</param>
/// <param name="Events">Events that they name.</param>
internal sealed record UsedNames(IReadOnlyList<(string Type, int Version)> Types, IReadOnlyList<string> Events);

/// <summary>What stored definitions use. A version never changes, so each is read once.</summary>
internal sealed class UsedTypes
{
    private static readonly string[] OfEvents = ["Elsa.Event", "Elsa.PublishEvent"];

    private readonly ConcurrentDictionary<Guid, UsedNames> ofVersions = [];

    public async Task<UsedNames> AllAsync(CampaignFlowDb db, CancellationToken cancellationToken)
    {
        var versions = await db.WorkflowVersions.Select(v => v.Id).ToListAsync(cancellationToken);
        var fresh = versions.Where(id => !ofVersions.ContainsKey(id)).ToList();
        if (fresh.Count > 0)
            foreach (
                var version in await db
                    .WorkflowVersions.Where(v => fresh.Contains(v.Id))
                    .Select(v => new { v.Id, v.Json })
                    .ToListAsync(cancellationToken)
            )
                ofVersions[version.Id] = In(version.Json);
        var drafts = await db.WorkflowDrafts.Select(d => d.Json).ToListAsync(cancellationToken);
        List<UsedNames> all = [.. versions.Select(id => ofVersions.GetValueOrDefault(id)).OfType<UsedNames>(), .. drafts.Select(In)];
        return new(
            [.. all.SelectMany(u => u.Types).Distinct()],
            [.. all.SelectMany(u => u.Events).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]
        );
    }

    private static UsedNames In(string json)
    {
        var activities = DefinitionModel
            .Activities(DefinitionModel.Parse(json)["root"])
            .Select(a => (Type: DefinitionModel.Text(a, "type"), Activity: a))
            .ToList();
        return new(
            [.. activities.Where(a => a.Type is not null).Select(a => (a.Type!, DefinitionModel.VersionOf(a.Activity))).Distinct()],
            [.. activities.Where(a => OfEvents.Contains(a.Type)).Select(a => EventOf(a.Activity)).OfType<string>()]
        );
    }

    // Written as an input with a literal, or plainly as text.
    private static string? EventOf(JsonObject activity) =>
        activity["eventName"] switch
        {
            JsonObject input when DefinitionModel.Text(input, "expression", "type") is "Literal" => DefinitionModel.Text(
                input,
                "expression",
                "value"
            ),
            JsonValue text => text.ToString(),
            _ => null,
        }
            is { Length: > 0 } name
            ? name
            : null;
}
