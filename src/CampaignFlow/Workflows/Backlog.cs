using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>How much lies before the runner.</summary>
/// <param name="OldestDue">When the longest overdue timer was due; null: none is overdue.</param>
/// <param name="Waited">Signals that a run waits for and has not taken yet.</param>
/// <param name="OldestWaited">When the oldest of these arrived.</param>
/// <param name="Early">Signals that nobody waits for yet.</param>
public sealed record Backlog(
    IReadOnlyDictionary<RunStatus, long> Runs,
    DateTimeOffset? OldestDue,
    long Waited,
    DateTimeOffset? OldestWaited,
    long Early
)
{
    public static async Task<Backlog> TakeAsync(CampaignFlowDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var runs = await db
            .Runs.GroupBy(r => r.Status)
            .Select(g => new { g.Key, Count = g.LongCount() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var due = await db
            .RunBookmarks.Where(b => b.DueAt <= now)
            .OrderBy(b => b.DueAt)
            .Select(b => b.DueAt)
            .FirstOrDefaultAsync(cancellationToken);
        var signals = await SqlBatch.QueryAsync(
            db,
            // What nobody has looked at yet is counted as early: the next claim looks.
            """
            select count(*), count(case when s.waited_by <> '' then 1 end), min(case when s.waited_by <> '' then s.at end)
            from wf_inbox s where s.taken_at is null
            """,
            r =>
                (
                    All: r.GetInt64(0),
                    Waited: r.GetInt64(1),
                    Oldest: r.IsDBNull(2) ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(2))
                ),
            cancellationToken
        );
        var (all, waited, oldest) = signals[0];
        return new(runs, due, waited, oldest, all - waited);
    }
}
