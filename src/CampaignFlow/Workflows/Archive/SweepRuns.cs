using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Archive;

/// <summary>
/// Brings runs into the archive and out of the database. A file is on the disk before its runs are noted, a run is noted before its
/// first row goes, and each step begins with what an earlier, killed one left; so it may be stopped anywhere.
/// </summary>
internal sealed class SweepRuns(
    CampaignFlowDb db,
    DueForArchive due,
    ArchiveFolder folder,
    JournalQueries journal,
    TimeProvider clock,
    Faults faults
)
{
    public const int RunsInFile = 1000;
    private const int NotedAtOnce = 100;
    private const int DeletedAtOnce = 50;
    private const int JournalAtOnce = 2000;

    /// <param name="next">Called after each transaction; whoever may no longer go on throws there.</param>
    public async Task HandleAsync(DateOnly day, Func<Progress, Task> next, CancellationToken cancellationToken)
    {
        foreach (var file in folder.Unfinished())
            await FinishAsync(file, next, cancellationToken);
        await DeleteAsync(next, cancellationToken);
        foreach (var (definition, kept) in await due.DefinitionsAsync(cancellationToken))
        {
            if (kept is not { } span)
                continue;
            while (await due.RunsAsync(definition, span, RunsInFile, cancellationToken) is { Count: > 0 } runs)
            {
                var file = await folder.WriteAsync(day, definition, LinesAsync(runs, cancellationToken));
                faults.Hit(SweepPoints.Written);
                var noted = await FinishAsync(file, next, cancellationToken);
                await DeleteAsync(next, cancellationToken);
                if (noted == 0)
                    break; // somebody else has them
            }
        }
    }

    private async IAsyncEnumerable<ArchiveLine> LinesAsync(
        IReadOnlyList<Guid> runs,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var id in runs)
        {
            if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { FinishedAt: { } end } run)
                continue;
            yield return new(
                Run: new(
                    run.Id,
                    run.Key,
                    run.DefinitionId,
                    run.VersionId,
                    run.Correlation,
                    run.Status,
                    run.Version,
                    run.CreatedAt,
                    run.UpdatedAt,
                    end,
                    run.Error,
                    JsonSerializer.SerializeToElement(Secrets.Masked("", JsonNode.Parse(run.State)))
                )
            );
            await foreach (var line in journal.AllAsync(id, new(), cancellationToken))
                yield return new(Line: line);
        }
    }

    /// <summary>Notes which runs of a file are archived, those alone that are still as they were written; then it is complete.</summary>
    /// <returns>How many were noted now.</returns>
    private async Task<int> FinishAsync(string file, Func<Progress, Task> next, CancellationToken cancellationToken)
    {
        var noted = 0;
        var batch = new List<KeptRun>();
        await foreach (var line in folder.ReadAsync(file, cancellationToken))
        {
            if (line.Run is not { } run)
                continue;
            batch.Add(run);
            if (batch.Count == NotedAtOnce)
                await NoteAsync();
        }
        await NoteAsync();
        faults.Hit(SweepPoints.Noted);
        await folder.FinishAsync(file, clock.GetUtcNow(), cancellationToken);
        return noted;

        async Task NoteAsync()
        {
            if (batch.Count == 0)
                return;
            var sql = new SqlBatch();
            foreach (var run in batch)
                sql.Add(
                    """
                    insert into wf_archived_run (id, key, definition_id, correlation, status, finished_at, archived_at, file)
                    select id, key, definition_id, correlation, status, finished_at, cast(@now as bigint), cast(@file as text) from wf_instance
                    where id = @id and version = @version and finished_at is not null on conflict do nothing
                    """,
                    ("@now", clock.GetUtcNow()),
                    ("@file", file),
                    ("@id", run.Id),
                    ("@version", run.Version)
                );
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            noted += (await sql.ExecuteAsync(db, cancellationToken)).Sum();
            await transaction.CommitAsync(cancellationToken);
            batch.Clear();
            await next(new());
        }
    }

    /// <summary>Deletes what is noted as archived and still here, a bounded number of rows at a time.</summary>
    private async Task DeleteAsync(Func<Progress, Task> next, CancellationToken cancellationToken)
    {
        var archived = db.ArchivedRuns;
        while (true)
        {
            var ids = await db
                .Runs.Where(r => archived.Any(a => a.Id == r.Id) && r.FinishedAt != null)
                .Select(r => r.Id)
                .Take(DeletedAtOnce)
                .ToListAsync(cancellationToken);
            if (ids.Count == 0)
                return;
            foreach (var id in ids)
            {
                int lines;
                do
                {
                    lines = await SqlBatch.ExecuteAsync(
                        db,
                        "delete from wf_journal where run_id = @run and seq in (select seq from wf_journal where run_id = @run order by seq limit @most)",
                        cancellationToken,
                        ("@run", id),
                        ("@most", JournalAtOnce)
                    );
                    await next(new(JournalLines: lines));
                    faults.Hit(SweepPoints.JournalDeleted);
                } while (lines == JournalAtOnce);
            }
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var now = clock.GetUtcNow();
            await db.RunBookmarks.Where(b => ids.Contains(b.RunId)).ExecuteDeleteAsync(cancellationToken);
            // What is addressed to a run that is gone is nobody's any more.
            await db
                .InboxSignals.Where(s => s.TakenAt == null && ids.Contains(s.TakenBy!.Value))
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.TakenAt, now), cancellationToken);
            var gone = await db.Runs.Where(r => ids.Contains(r.Id)).ExecuteDeleteAsync(cancellationToken);
            faults.Hit(SweepPoints.Deleting);
            await transaction.CommitAsync(cancellationToken);
            await next(new(Runs: gone));
        }
    }
}

/// <summary>What one transaction took out of the database.</summary>
internal sealed record Progress(int Runs = 0, int JournalLines = 0, int Signals = 0, int Messages = 0);

/// <summary>Places where a test kills a sweep.</summary>
internal static class SweepPoints
{
    public const string Written = "sweep-written";
    public const string Noted = "sweep-noted";
    public const string JournalDeleted = "sweep-journal-deleted";
    public const string Deleting = "sweep-deleting";

    public static IReadOnlyList<string> All { get; } = [Written, Noted, JournalDeleted, Deleting];
}
