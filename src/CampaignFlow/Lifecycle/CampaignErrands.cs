using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>A published workflow that a person may start for a campaign whenever it is needed: a review, an incident.</summary>
/// <param name="UnderWay">Runs of it for the campaign that are not over.</param>
public sealed record CampaignErrand(string Id, string Name, string? Description, int UnderWay);

/// <summary>
/// Workflows beside the one that leads a campaign. A definition says that it is one with <c>customProperties.campaignErrand</c>.
/// </summary>
public sealed class CampaignErrands(CampaignFlowDb db, WorkflowRuns runs, WakeUp wakeUp)
{
    private const int LongestKey = 64;

    public async Task<IReadOnlyList<CampaignErrand>> ListAsync(Guid campaign, CancellationToken cancellationToken)
    {
        var correlation = campaign.ToString();
        var underWay = await db
            .Runs.Where(r => r.Correlation == correlation && r.FinishedAt == null)
            .GroupBy(r => r.DefinitionId)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, StringComparer.Ordinal, cancellationToken);
        var published = await db
            .WorkflowVersions.AsNoTracking()
            .Where(v => v.Published && v.Json.Contains("campaignErrand"))
            .OrderBy(v => v.DefinitionId)
            .ToListAsync(cancellationToken);
        return
        [
            .. published
                .Where(v => IsErrand(v.Json))
                .Select(v => new CampaignErrand(v.DefinitionId, v.Name, Description(v.Json), underWay.GetValueOrDefault(v.DefinitionId))),
        ];
    }

    /// <param name="once">What makes a form that is sent twice one start.</param>
    /// <returns>Null when it is on its way, else why not.</returns>
    public async Task<(Guid? Run, Phrase? Refusal)> StartAsync(
        Campaign campaign,
        string errand,
        string once,
        string who,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (campaign.State is CampaignState.Completed or CampaignState.Archived or CampaignState.Cancelled)
            return (null, new("The campaign is over.", "该活动已经结束。"));
        if ((await ListAsync(campaign.Id, cancellationToken)).FirstOrDefault(e => e.Id == errand) is not { } known)
            return (null, new($"No workflow '{errand}' can be started for a campaign.", $"没有可为活动启动的流程“{errand}”。"));
        if (once.Length is 0 or > LongestKey)
            return (null, new("Reload the page and try again.", "请刷新页面后重试。"));
        var key = $"errand:{campaign.Id}:{errand}:{once}";
        if (await db.Runs.Where(r => r.Key == key).Select(r => (Guid?)r.Id).SingleOrDefaultAsync(cancellationToken) is { } same)
            return (same, null);
        var run = await runs.StartAsync(errand, key, campaign.Id.ToString(), null, cancellationToken);
        db.Note(campaign.Id, now, who, new($"Started {known.Name}.", $"启动了“{known.Name}”。"));
        await db.SaveChangesAsync(cancellationToken);
        wakeUp.Ring();
        return (run, null);
    }

    private static bool IsErrand(string json) =>
        Model(json) is { } model
        && model.TryGetProperty("customProperties", out var properties)
        && properties.ValueKind == JsonValueKind.Object
        && properties.TryGetProperty("campaignErrand", out var said)
        && said.ValueKind == JsonValueKind.True;

    private static string? Description(string json) =>
        Model(json) is { } model && model.TryGetProperty("description", out var said) && said.ValueKind == JsonValueKind.String
            ? said.GetString()
            : null;

    private static JsonElement? Model(string json)
    {
        try
        {
            var root = JsonSerializer.Deserialize<JsonElement>(json, JsonSerializerOptions.Web);
            return root.ValueKind != JsonValueKind.Object ? null
                : root.TryGetProperty("model", out var model) && model.ValueKind == JsonValueKind.Object ? model
                : root;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
