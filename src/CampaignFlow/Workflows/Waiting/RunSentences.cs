using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Waiting;

/// <summary>How each run stands and what it waits for, in a sentence a person understands: the same on pages, in answers and on the command line.</summary>
public sealed class RunSentences(CampaignFlowDb db, DefinitionCache definitions, IEnumerable<IWaitReason> owners, TimeProvider clock)
{
    /// <summary>Of one run; what it waits for beyond that is counted.</summary>
    private const int MostWaits = 4;

    /// <summary>Of a whole list.</summary>
    private const int MostBookmarks = 2000;

    /// <summary>One sentence a run, for a page of a list at most.</summary>
    public async Task<IReadOnlyDictionary<Guid, Phrase>> OfAsync(IReadOnlyCollection<Run> runs, CancellationToken cancellationToken)
    {
        if (runs.Count == 0)
            return new Dictionary<Guid, Phrase>();
        var now = clock.GetUtcNow();
        var zones = await ZonesAsync(runs, cancellationToken);
        var versions = await VersionsAsync(runs, cancellationToken);
        var looks = runs.Where(r => r.Status is not (RunStatus.Finished or RunStatus.Cancelled))
            .ToDictionary(
                r => r.Id,
                r => new Look(
                    r,
                    JsonSerializer.Deserialize<RunState>(r.State, RunJson.Options)!,
                    versions[r.VersionId],
                    ZoneOf(zones, r),
                    now
                )
            );
        var waits = await WaitsAsync(looks, cancellationToken);
        var said = await SayAsync([.. waits.SelectMany(w => w.Take(MostWaits))], cancellationToken);
        return runs.ToDictionary(
            r => r.Id,
            r =>
                looks.TryGetValue(r.Id, out var look)
                    ? Say(look, [.. waits[r.Id].Take(MostWaits).Select(w => said[w])], waits[r.Id].Count())
                    : Over(r, ZoneOf(zones, r), now)
        );
    }

    private async Task<ILookup<Guid, Wait>> WaitsAsync(Dictionary<Guid, Look> looks, CancellationToken cancellationToken)
    {
        var ids = looks.Keys.ToList();
        var bookmarks = await db
            .RunBookmarks.AsNoTracking()
            .Where(b => ids.Contains(b.RunId))
            .OrderBy(b => b.RunId)
            .ThenBy(b => b.DueAt == null)
            .ThenBy(b => b.DueAt)
            .ThenBy(b => b.Id)
            .Take(MostBookmarks)
            .ToListAsync(cancellationToken);
        return bookmarks.ToLookup(b => b.RunId, b => looks[b.RunId].At(b));
    }

    private async Task<Dictionary<Wait, Phrase>> SayAsync(IReadOnlyList<Wait> waits, CancellationToken cancellationToken)
    {
        var said = waits.ToDictionary(w => w, GeneralReasons.Of);
        foreach (var owner in owners)
        {
            var its = waits.Where(w => w.Bookmark.Kind == owner.Kind).ToList();
            if (its.Count == 0)
                continue;
            foreach (var (wait, sentence) in await owner.SayAsync(its, cancellationToken))
                said[wait] = sentence;
        }
        return said;
    }

    private static Phrase Say(Look look, IReadOnlyList<Phrase> waits, int all) =>
        look.Run switch
        {
            { Status: RunStatus.Faulted } => look.Stopped(),
            { Owner: not null } or { Ready: true, Attempts: 0 } => look.AtWork(),
            { Attempts: > 0 } => look.TriedAgain(),
            _ when waits.Count == 0 => new("It waits for nothing.", "没有等待任何事项。"),
            _ when all > waits.Count => Phrase.Join(
                [.. waits, new($"And {all - waits.Count} more.", $"另有 {all - waits.Count} 项。")],
                " ",
                ""
            ),
            _ => Phrase.Join(waits, " ", ""),
        };

    private static Phrase Over(Run run, string? zone, DateTimeOffset now)
    {
        var day = Moments.Day(run.FinishedAt ?? run.UpdatedAt, zone, now);
        return run.Status == RunStatus.Finished
            ? new($"Finished on {day.En}.", $"已于{day.Zh}完成。")
            : new($"Cancelled on {day.En}.", $"已于{day.Zh}取消。");
    }

    private async Task<Dictionary<string, string>> ZonesAsync(IEnumerable<Run> runs, CancellationToken cancellationToken)
    {
        var ids = runs.Select(r => Guid.TryParse(r.Correlation, out var id) ? id : Guid.Empty).Distinct().ToList();
        return await db
            .Campaigns.Where(c => ids.Contains(c.Id))
            .ToDictionaryAsync(c => c.Id.ToString(), c => c.TimeZone, StringComparer.OrdinalIgnoreCase, cancellationToken);
    }

    private static string? ZoneOf(Dictionary<string, string> zones, Run run) =>
        run.Correlation is { } campaign ? zones.GetValueOrDefault(campaign) : null;

    /// <summary>Null for what this program can no longer read: its steps are then called by their numbers.</summary>
    private async Task<Dictionary<Guid, WorkflowDefinition?>> VersionsAsync(IEnumerable<Run> runs, CancellationToken cancellationToken)
    {
        var read = new Dictionary<Guid, WorkflowDefinition?>();
        foreach (var version in runs.Select(r => r.VersionId).Distinct())
        {
            try
            {
                read[version] = await definitions.GetAsync(db, version, cancellationToken);
            }
            catch (InvalidOperationException)
            {
                read[version] = null;
            }
        }
        return read;
    }
}
