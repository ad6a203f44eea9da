using System.Text.Json;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>
/// One run of a migration, in one transaction: its new state, a line in its journal and what it was before, or the sentence why not.
/// Whoever works on the run at this moment goes first.
/// </summary>
public sealed class MoveRun(CampaignFlowDb db, StorageOptions storage, TimeProvider clock, Faults faults)
{
    /// <returns>False when somebody works on the run right now: it is still to be done.</returns>
    public async Task<bool> HandleAsync(RunMigration migration, PlannedMigration plan, Guid id, CancellationToken cancellationToken)
    {
        faults.Hit(Faults.BeforeMigration);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var run = await db.Runs.AsNoTracking().SingleAsync(r => r.Id == id, cancellationToken);
        if (run.VersionId != migration.FromId)
            return await RefuseAsync(
                migration.Id,
                id,
                [new($"It does not stand in version {migration.From} any more.", $"它已不在第 {migration.From} 版。")],
                transaction,
                cancellationToken
            );
        if (run.Owner is not null)
            return false;
        var outcome = plan.Carry(run.State, clock.GetUtcNow());
        if (outcome.State is null)
            return await RefuseAsync(migration.Id, id, outcome.Refusals, transaction, cancellationToken);
        var batch = new SqlBatch();
        var moved = batch.Add(
            """
            update wf_instance set version_id = @to, state = @state, version = version + 1, ready = @ready, pending = @pending, updated_at = @now
            where id = @id and version = @version and fence = @fence and owner is null
            """,
            ("@to", migration.ToId),
            ("@state", JsonSerializer.Serialize(outcome.State, RunJson.Options)),
            ("@ready", run.Ready || outcome.GoesOn),
            ("@pending", outcome.GoesOn ? PendingEvents.Append(run.Pending, new RunEvent.Migrated()) : run.Pending),
            ("@now", clock.GetUtcNow()),
            ("@id", id),
            ("@version", run.Version),
            ("@fence", run.Fence)
        );
        var noted = batch.Add(
            """
            update wf_migration_run set state = @done, at = @now, old_state = @state, old_ready = @ready, old_pending = @pending, run_version = @version
            where migration_id = @migration and run_id = @id and state = @open
            """,
            ("@done", MigrationState.Migrated),
            ("@now", clock.GetUtcNow()),
            ("@state", run.State),
            ("@ready", run.Ready),
            ("@pending", run.Pending),
            ("@version", run.Version + 1),
            ("@migration", migration.Id),
            ("@id", id),
            ("@open", MigrationState.Pending)
        );
        IncidentRows.Move(batch, id, plan.Mapping.New, outcome.State);
        JournalRows.Add(batch, storage.Kind, id, [Line("Migrated", Sentence(migration))], trace: null);
        var affected = await batch.ExecuteAsync(db, cancellationToken);
        if (affected[moved] != 1 || affected[noted] != 1)
            return false;
        faults.Hit(Faults.DuringMigration);
        await transaction.CommitAsync(cancellationToken);
        faults.Hit(Faults.AfterMigration);
        return true;
    }

    private JournalEntry Line(string what, string text) => new(clock.GetUtcNow(), what, null, null, null, null, text);

    private static string Sentence(RunMigration migration)
    {
        var mapping = JsonSerializer.Deserialize<Dictionary<string, string>>(migration.Mapping, RunJson.Options)!;
        var pairs = string.Join(", ", mapping.Select(m => m.Value.Length == 0 ? $"{m.Key} is gone" : $"{m.Key} is {m.Value}"));
        return $"From version {migration.From} to {migration.To} by {migration.By}{(pairs.Length > 0 ? $": {pairs}" : "")}.";
    }

    private async Task<bool> RefuseAsync(
        Guid migration,
        Guid run,
        IReadOnlyList<Phrase> why,
        Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var (en, zh) = Phrase.Join(why, " ", "");
        var now = clock.GetUtcNow();
        await db
            .MigratedRuns.Where(r => r.MigrationId == migration && r.RunId == run && r.State == MigrationState.Pending)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(r => r.State, MigrationState.Refused)
                        .SetProperty(r => r.WhyEn, en)
                        .SetProperty(r => r.WhyZh, zh)
                        .SetProperty(r => r.At, now),
                cancellationToken
            );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
