using System.Text.Json;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>Puts a person's verb before a run: stored first, stepped by whoever claims the run next.</summary>
internal static class PersonsVerb
{
    public static readonly Phrase Unknown = new("There is no such run.", "没有这个运行。");
    public static readonly Phrase Over = new("The run is already over.", "该运行已经结束。");
    public static readonly Phrase NotFailed = new("This step has not failed.", "该步骤没有失败。");
    public static readonly Phrase Moved = new("The run has moved on meanwhile; look at it again.", "该运行刚刚有了新的进展，请重新查看。");

    /// <param name="ask">Answers with the events to store, or with a refusal.</param>
    /// <param name="line">Kept in the run's journal when no event tells it.</param>
    /// <returns>Null when it was stored, else why not.</returns>
    public static async Task<Phrase?> PutAsync(
        CampaignFlowDb db,
        Guid id,
        DateTimeOffset now,
        Func<Run, RunState, (IReadOnlyList<RunEvent> Events, Phrase? Refusal)> ask,
        CancellationToken cancellationToken,
        JournalEntry? line = null
    )
    {
        var run = await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (run is null)
            return await ArchivedRun.AnswerAsync(db, id, cancellationToken);
        if (run.Status is RunStatus.Finished or RunStatus.Cancelled)
            return Over;
        var state = JsonSerializer.Deserialize<RunState>(run.State, RunJson.Options)!;
        var (events, refusal) = ask(run, state);
        if (refusal is not null)
            return refusal;
        var pending = PendingEvents.Append(run.Pending, events);
        var ready = run.Ready || events.Count > 0;
        // The raised version voids a burst that is under way on the old state; it is taken up again with the verb. Without an owner,
        // lease_until is the back-off, and a person does not wait for that.
        await using var transaction = db.Database.CurrentTransaction is null
            ? await db.Database.BeginTransactionAsync(cancellationToken)
            : null;
        var changed = await db
            .Runs.Where(r => r.Id == id && r.Version == run.Version && r.Fence == run.Fence)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(r => r.Ready, ready)
                        .SetProperty(r => r.Pending, pending)
                        .SetProperty(r => r.Version, r => r.Version + 1)
                        .SetProperty(r => r.Status, state.Status)
                        .SetProperty(r => r.Error, state.Error)
                        .SetProperty(r => r.Attempts, 0)
                        .SetProperty(r => r.LeaseUntil, r => r.Owner == null ? null : r.LeaseUntil)
                        .SetProperty(r => r.UpdatedAt, now),
                cancellationToken
            );
        if (changed != 1)
            return Moved;
        if (events.Count == 0 && line is not null)
            await NoteAsync(db, id, line, cancellationToken);
        if (transaction is not null)
            await transaction.CommitAsync(cancellationToken);
        return null;
    }

    // A burst updates the run's row first, as was done here: its lines cannot get the same number.
    private static Task<int[]> NoteAsync(CampaignFlowDb db, Guid id, JournalEntry line, CancellationToken cancellationToken)
    {
        var batch = new SqlBatch();
        JournalRows.Add(batch, db.Database.IsNpgsql() ? DatabaseKind.Postgres : DatabaseKind.Sqlite, id, [line], trace: null);
        return batch.ExecuteAsync(db, cancellationToken);
    }
}
