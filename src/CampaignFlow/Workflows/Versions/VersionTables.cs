using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Workflows.Versions;

/// <summary>One migration that a person asked for: from which version to which, and what becomes what.</summary>
public sealed class RunMigration
{
    /// <summary>Given by whoever asks: asking twice with the same id is one migration.</summary>
    public required Guid Id { get; init; }

    public required string DefinitionId { get; init; }
    public required Guid FromId { get; init; }
    public required Guid ToId { get; init; }
    public required int From { get; init; }
    public required int To { get; init; }

    /// <summary>Old activity id → new one as JSON, as a person chose; the same id needs no line.</summary>
    public required string Mapping { get; init; }

    public required string By { get; init; }
    public required DateTimeOffset At { get; init; }
}

public enum MigrationState
{
    Pending,
    Migrated,
    Refused,
    RolledBack,
}

/// <summary>One run of a migration, with what it was before.</summary>
public sealed class MigratedRun
{
    public required Guid MigrationId { get; init; }
    public required Guid RunId { get; init; }
    public MigrationState State { get; set; }
    public DateTimeOffset? At { get; set; }

    /// <summary>Why it was refused, or could not be rolled back.</summary>
    public string? WhyEn { get; set; }

    public string? WhyZh { get; set; }

    /// <summary>State, readiness and pending verbs before, for the way back.</summary>
    public string? OldState { get; set; }

    public bool OldReady { get; set; }
    public string? OldPending { get; set; }

    /// <summary>Version counter of the run's row right after; once it is another, the run has moved on.</summary>
    public int? RunVersion { get; set; }

    public Phrase? Why => WhyEn is null ? null : new(WhyEn, WhyZh ?? WhyEn);
}

internal sealed class VersionTables : IEntityTypeConfiguration<RunMigration>, IEntityTypeConfiguration<MigratedRun>
{
    public void Configure(EntityTypeBuilder<RunMigration> migration)
    {
        migration.ToTable("wf_migration");
        migration.HasIndex(m => new { m.DefinitionId, m.At });
    }

    public void Configure(EntityTypeBuilder<MigratedRun> run)
    {
        run.ToTable("wf_migration_run").HasKey(r => new { r.MigrationId, r.RunId });
        run.HasIndex(r => new { r.MigrationId, r.State });
        run.HasOne<RunMigration>().WithMany().HasForeignKey(r => r.MigrationId).OnDelete(DeleteBehavior.Cascade);
        // When a run is cleared away, its state before goes with it.
        run.HasOne<Run>().WithMany().HasForeignKey(r => r.RunId).OnDelete(DeleteBehavior.Cascade);
    }
}

public static class VersionSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<RunMigration> RunMigrations => db.Set<RunMigration>();
        public DbSet<MigratedRun> MigratedRuns => db.Set<MigratedRun>();
    }
}
