using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <param name="MovedOn">It has been stepped since, or somebody acted on it.</param>
public sealed record MigratedLine(MigratedRun Row, string Name, string? Code, bool MovedOn);

/// <summary>How far a migration is.</summary>
public sealed record MigrationReport(
    RunMigration Migration,
    IReadOnlyDictionary<MigrationState, int> Counts,
    IReadOnlyList<MigratedLine> Runs
)
{
    public IReadOnlyDictionary<string, string> Mapping =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(Migration.Mapping, RunJson.Options)!;

    public int All => Counts.Values.Sum();

    public int Of(MigrationState state) => Counts.GetValueOrDefault(state);
}

/// <summary>Questions about migrations.</summary>
public sealed class MigrationQueries(CampaignFlowDb db)
{
    public Task<List<RunMigration>> OfAsync(string definitionId, int atMost, CancellationToken cancellationToken) =>
        db
            .RunMigrations.AsNoTracking()
            .Where(m => m.DefinitionId == definitionId)
            .OrderByDescending(m => m.At)
            .Take(atMost)
            .ToListAsync(cancellationToken);

    /// <param name="atMost">Runs that are listed, refused ones first; the counts are of all.</param>
    public async Task<MigrationReport?> ReportAsync(Guid id, int atMost, CancellationToken cancellationToken)
    {
        if (await db.RunMigrations.AsNoTracking().SingleOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } migration)
            return null;
        var counts = await db
            .MigratedRuns.Where(r => r.MigrationId == id)
            .GroupBy(r => r.State)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken);
        var rows = await (
            from row in db.MigratedRuns.AsNoTracking()
            join run in db.Runs.AsNoTracking() on row.RunId equals run.Id
            where row.MigrationId == id
            orderby row.State == MigrationState.Refused ? 0 : 1, run.CreatedAt, run.Key
            select new
            {
                Row = row,
                run.Key,
                run.Correlation,
                run.Version,
            }
        )
            .Take(atMost)
            .ToListAsync(cancellationToken);
        var ids = rows.Select(r => Guid.TryParse(r.Correlation, out var c) ? c : Guid.Empty).Distinct().ToList();
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        return new(
            migration,
            counts,
            [
                .. rows.Select(r =>
                {
                    var campaign = Guid.TryParse(r.Correlation, out var c) ? campaigns.GetValueOrDefault(c) : null;
                    return new MigratedLine(r.Row, campaign?.Name ?? r.Key, campaign?.Code, r.Row.RunVersion is { } v && v != r.Version);
                }),
            ]
        );
    }
}
