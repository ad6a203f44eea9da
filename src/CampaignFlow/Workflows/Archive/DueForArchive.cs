using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Archive;

/// <summary>What the policy lets go. Runs and signals of a campaign that is not over stay, and so does a child whose parent still runs.</summary>
public sealed class DueForArchive(CampaignFlowDb db, RetentionPolicy policy, TimeProvider clock)
{
    /// <summary>Each definition that has runs, with the moment before which they may have ended; null: they stay.</summary>
    public async Task<IReadOnlyList<(string Definition, TimeSpan? Kept)>> DefinitionsAsync(CancellationToken cancellationToken)
    {
        var stored = db.WorkflowVersions.AsNoTracking();
        var newest = await stored
            .Where(v => !stored.Any(o => o.DefinitionId == v.DefinitionId && o.Version > v.Version))
            .OrderBy(v => v.DefinitionId)
            .Select(v => new { v.DefinitionId, v.Json })
            .ToListAsync(cancellationToken);
        return [.. newest.Select(v => (v.DefinitionId, policy.Of(v.DefinitionId, v.Json)))];
    }

    /// <summary>How many runs are due now; children that still have to stay are among them.</summary>
    public async Task<int> CountRunsAsync(CancellationToken cancellationToken)
    {
        var keep = await KeepAsync(cancellationToken);
        var count = 0;
        foreach (var (definition, kept) in await DefinitionsAsync(cancellationToken))
            if (kept is { } span)
                count += await Runs(definition, span, keep).CountAsync(cancellationToken);
        return count;
    }

    /// <summary>The oldest runs of a definition that may go, at most so many; empty when there are no more.</summary>
    public async Task<IReadOnlyList<Guid>> RunsAsync(string definition, TimeSpan kept, int atMost, CancellationToken cancellationToken)
    {
        var keep = await KeepAsync(cancellationToken);
        var chosen = new List<Guid>();
        var (last, lastKey) = (DateTimeOffset.MinValue, "");
        while (chosen.Count < atMost)
        {
            var (from, key) = (last, lastKey);
#pragma warning disable CA1309 // The database compares.
            var next = await Runs(definition, kept, keep)
                .Where(r => r.FinishedAt > from || (r.FinishedAt == from && string.Compare(r.Key, key) > 0))
#pragma warning restore CA1309
                .OrderBy(r => r.FinishedAt)
                .ThenBy(r => r.Key)
                .Select(r => new
                {
                    r.Id,
                    r.Key,
                    r.FinishedAt,
                })
                .Take(atMost)
                .ToListAsync(cancellationToken);
            if (next.Count == 0)
                break;
            (last, lastKey) = (next[^1].FinishedAt!.Value, next[^1].Key);
            var parents = next.Select(r => BurstCommit.ParentOf(r.Key)?.Parent).OfType<Guid>().Distinct().ToList();
            var alive = await db
                .Runs.Where(r => parents.Contains(r.Id) && r.FinishedAt == null)
                .Select(r => r.Id)
                .ToHashSetAsync(cancellationToken);
            chosen.AddRange(
                next.Where(r => BurstCommit.ParentOf(r.Key) is not var (parent, _) || !alive.Contains(parent)).Select(r => r.Id)
            );
        }
        return [.. chosen.Take(atMost)];
    }

    /// <summary>Signals that may go; none when they stay for ever.</summary>
    public async Task<IQueryable<InboxSignal>> SignalsAsync(CancellationToken cancellationToken)
    {
        if (policy.Signals is not { } kept)
            return db.InboxSignals.Where(s => false);
        var before = clock.GetUtcNow() - kept;
        var keep = await KeepAsync(cancellationToken);
        return db.InboxSignals.Where(s => s.TakenAt < before && (s.Correlation == null || !keep.Contains(s.Correlation)));
    }

    private IQueryable<Run> Runs(string definition, TimeSpan kept, IReadOnlyList<string> keep)
    {
        var before = clock.GetUtcNow() - kept;
        var archived = db.ArchivedRuns;
        return db
            .Runs.AsNoTracking()
            .Where(r =>
                r.DefinitionId == definition
                && r.FinishedAt < before
                && (r.Status == RunStatus.Finished || r.Status == RunStatus.Cancelled)
                && (r.Correlation == null || !keep.Contains(r.Correlation))
                && !archived.Any(a => a.Id == r.Id)
            );
    }

    private async Task<IReadOnlyList<string>> KeepAsync(CancellationToken cancellationToken)
    {
        var alive = await db
            .Campaigns.Where(c =>
                c.State != CampaignState.Completed && c.State != CampaignState.Archived && c.State != CampaignState.Cancelled
            )
            .Select(c => c.Id)
            .ToListAsync(cancellationToken);
        return [.. alive.Select(id => id.ToString())];
    }
}
