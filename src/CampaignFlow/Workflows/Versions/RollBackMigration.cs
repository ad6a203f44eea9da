using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>Puts migrated runs back to the version and the state they had, as long as they have not moved on since.</summary>
public sealed class RollBackMigration(CampaignFlowDb db, DefinitionCache definitions, StorageOptions storage, TimeProvider clock)
{
    private static readonly Phrase MovedOn = new(
        "It has moved on since, and what it did in the newer version cannot be undone.",
        "它此后已继续执行，在新版本中完成的内容无法撤销。"
    );

    /// <param name="run">Only this one; null: all of the migration.</param>
    /// <returns>How many went back, and how many could not.</returns>
    public async Task<(int Back, int Refused)> HandleAsync(Guid migration, Guid? run, Author by, CancellationToken cancellationToken)
    {
        var asked = await db.RunMigrations.AsNoTracking().SingleAsync(m => m.Id == migration, cancellationToken);
        var rows = await db
            .MigratedRuns.AsNoTracking()
            .Where(r => r.MigrationId == migration && r.State == MigrationState.Migrated && (run == null || r.RunId == run))
            .OrderBy(r => r.RunId)
            .ToListAsync(cancellationToken);
        var back = 0;
        foreach (var row in rows)
            if (await BackAsync(asked, row, by, cancellationToken))
                back++;
        if (back > 0)
        {
            db.Note(
                null,
                clock.GetUtcNow(),
                by.Name,
                new(
                    $"Rolled back {back} runs of {asked.DefinitionId} from version {asked.To} to {asked.From}.",
                    $"将 {asked.DefinitionId} 的 {back} 个运行从第 {asked.To} 版退回第 {asked.From} 版。"
                )
            );
            await db.SaveChangesAsync(cancellationToken);
        }
        return (back, rows.Count - back);
    }

    private async Task<bool> BackAsync(RunMigration migration, MigratedRun row, Author by, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var batch = new SqlBatch();
        var returned = batch.Add(
            """
            update wf_instance set version_id = @from, state = @state, version = version + 1, ready = @ready, pending = @pending, updated_at = @now
            where id = @id and version = @version and version_id = @to and owner is null
            """,
            ("@from", migration.FromId),
            ("@to", migration.ToId),
            ("@state", row.OldState),
            ("@ready", row.OldReady),
            ("@pending", row.OldPending),
            ("@now", now),
            ("@id", row.RunId),
            ("@version", row.RunVersion!.Value)
        );
        batch.Add(
            "update wf_migration_run set state = @back, at = @now, why_en = null, why_zh = null where migration_id = @migration and run_id = @id",
            ("@back", MigrationState.RolledBack),
            ("@now", now),
            ("@migration", migration.Id),
            ("@id", row.RunId)
        );
        var old = await definitions.GetAsync(db, migration.FromId, cancellationToken);
        IncidentRows.Move(batch, row.RunId, old, JsonSerializer.Deserialize<RunState>(row.OldState!, RunJson.Options)!);
        var text = $"From version {migration.To} to {migration.From} by {by.Name}.";
        JournalRows.Add(batch, storage.Kind, row.RunId, [new(now, "RolledBack", null, null, null, null, text)], trace: null);
        if ((await batch.ExecuteAsync(db, cancellationToken))[returned] == 1)
        {
            await transaction.CommitAsync(cancellationToken);
            return true;
        }
        await transaction.RollbackAsync(cancellationToken);
        await db
            .MigratedRuns.Where(r => r.MigrationId == migration.Id && r.RunId == row.RunId)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.WhyEn, MovedOn.En).SetProperty(r => r.WhyZh, MovedOn.Zh), cancellationToken);
        return false;
    }
}
