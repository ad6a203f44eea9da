using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <param name="Id">Asking twice with the same id is one migration.</param>
/// <param name="Mapping">Old activity id → new one.</param>
/// <param name="Runs">Only these; null: all that stand in the older version now.</param>
public sealed record MigrationRequest(
    Guid Id,
    string DefinitionId,
    int From,
    int To,
    IReadOnlyDictionary<string, string> Mapping,
    IReadOnlyCollection<Guid>? Runs,
    string By
);

/// <summary>
/// Carries runs over to another version, each in a transaction of its own and only while nobody works on it. What is to be done is
/// stored first, so that a migration that was cut short can be continued: done runs stay done.
/// </summary>
public sealed class MigrateRuns(CampaignFlowDb db, DefinitionCache definitions, MoveRun move, TimeProvider clock)
{
    private const int RunsAtOnce = 100;

    /// <summary>Writes down what is to be done; <see cref="ContinueAsync"/> does it.</summary>
    /// <returns>Null when it is stored, else why not.</returns>
    public async Task<Phrase?> PrepareAsync(MigrationRequest asked, CancellationToken cancellationToken)
    {
        if (await db.RunMigrations.AnyAsync(m => m.Id == asked.Id, cancellationToken))
            return null;
        var (plan, refusal) = await PlannedMigration.FindAsync(
            db,
            definitions,
            asked.DefinitionId,
            asked.From,
            asked.To,
            asked.Mapping,
            cancellationToken
        );
        if ((refusal ?? plan!.Forbidden) is { } no)
            return no;
        var runs = await PlannedMigration.Candidates(db, plan!.From.Id).Select(r => r.Id).ToListAsync(cancellationToken);
        var chosen = asked.Runs is null ? runs : [.. runs.Intersect(asked.Runs)];
        if (chosen.Count == 0)
            return new($"No run stands in version {asked.From}.", $"没有运行停留在第 {asked.From} 版。");
        db.RunMigrations.Add(
            new()
            {
                Id = asked.Id,
                DefinitionId = asked.DefinitionId,
                FromId = plan.From.Id,
                ToId = plan.To.Id,
                From = asked.From,
                To = asked.To,
                Mapping = JsonSerializer.Serialize(asked.Mapping, RunJson.Options),
                By = asked.By,
                At = clock.GetUtcNow(),
            }
        );
        db.MigratedRuns.AddRange(chosen.Select(run => new MigratedRun { MigrationId = asked.Id, RunId = run }));
        db.Note(
            null,
            clock.GetUtcNow(),
            asked.By,
            new(
                $"Migrates {chosen.Count} runs of {asked.DefinitionId} from version {asked.From} to {asked.To}.",
                $"将 {asked.DefinitionId} 的 {chosen.Count} 个运行从第 {asked.From} 版迁移到第 {asked.To} 版。"
            )
        );
        await db.SaveChangesAsync(cancellationToken);
        db.ChangeTracker.Clear();
        return null;
    }

    /// <summary>Does what is left of it, one pass.</summary>
    /// <param name="progress">Called after every run.</param>
    /// <returns>How many are still left: somebody was at work on them.</returns>
    public async Task<int> ContinueAsync(Guid id, Action? progress, CancellationToken cancellationToken)
    {
        var migration = await db.RunMigrations.AsNoTracking().SingleAsync(m => m.Id == id, cancellationToken);
        var mapping = JsonSerializer.Deserialize<Dictionary<string, string>>(migration.Mapping, RunJson.Options)!;
        var (plan, refusal) = await PlannedMigration.FindAsync(
            db,
            definitions,
            migration.DefinitionId,
            migration.From,
            migration.To,
            mapping,
            cancellationToken
        );
        if (plan is null)
            throw new InvalidOperationException(refusal!.Value.En);
        var left = 0;
        var after = Guid.Empty;
        while (await NextAsync(id, after, cancellationToken) is { Count: > 0 } some)
        {
            foreach (var run in some)
            {
                if (!await move.HandleAsync(migration, plan, run, cancellationToken))
                    left++;
                progress?.Invoke();
            }
            after = some[^1];
        }
        return left;
    }

    private Task<List<Guid>> NextAsync(Guid id, Guid after, CancellationToken cancellationToken) =>
        db
            .MigratedRuns.Where(r => r.MigrationId == id && r.State == MigrationState.Pending && r.RunId > after)
            .OrderBy(r => r.RunId)
            .Select(r => r.RunId)
            .Take(RunsAtOnce)
            .ToListAsync(cancellationToken);
}
