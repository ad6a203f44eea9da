using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Workflows.Archive;

/// <summary>
/// Where a run went that the database no longer holds. Written when its line in the archive is on the disk; from then on its rows may
/// be deleted.
/// </summary>
public sealed class ArchivedRun
{
    /// <summary>The run's own id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The run's key, still taken: starting it again is this run.</summary>
    public required string Key { get; init; }

    public required string DefinitionId { get; init; }
    public string? Correlation { get; init; }
    public required RunStatus Status { get; init; }
    public required DateTimeOffset FinishedAt { get; init; }
    public required DateTimeOffset ArchivedAt { get; init; }

    /// <summary>Name of the file in the archive folder.</summary>
    public required string File { get; init; }

    public Phrase Says
    {
        get
        {
            var day = Moments.Day(ArchivedAt, null, ArchivedAt);
            return new(
                $"Archived on {day.En} {ArchivedAt.Year} in the file {File}.",
                $"已于 {ArchivedAt.Year}年{day.Zh}归档到文件 {File}。"
            );
        }
    }

    /// <summary>What to answer to whoever addresses a run that is not in the database.</summary>
    internal static async Task<Phrase> AnswerAsync(CampaignFlowDb db, Guid run, CancellationToken cancellationToken) =>
        (await db.ArchivedRuns.FindAsync([run], cancellationToken))?.Says ?? PersonsVerb.Unknown;
}

/// <summary>One day's clearing out: who does it, how far it is. Its day is its key, so that two nodes cannot do the same.</summary>
public sealed class Sweep
{
    public required DateOnly Day { get; init; }
    public required string Node { get; set; }
    public required DateTimeOffset StartedAt { get; set; }

    /// <summary>Raised with every batch; past it, another node may go on.</summary>
    public DateTimeOffset LeaseUntil { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }
    public long Runs { get; set; }
    public long JournalLines { get; set; }
    public long Signals { get; set; }
    public long Messages { get; set; }

    /// <summary>Why it stopped before its end; null while it is at work or when it got through.</summary>
    public string? Error { get; set; }
}

internal sealed class ArchiveTables : IEntityTypeConfiguration<ArchivedRun>, IEntityTypeConfiguration<Sweep>
{
    public void Configure(EntityTypeBuilder<ArchivedRun> run)
    {
        run.ToTable("wf_archived_run");
        run.Property(r => r.Id).ValueGeneratedNever();
        run.Ignore(r => r.Says);
        run.HasIndex(r => r.Key).IsUnique();
        run.HasIndex(r => r.Correlation);
    }

    public void Configure(EntityTypeBuilder<Sweep> sweep) => sweep.ToTable("wf_sweep").HasKey(s => s.Day);
}

public static class ArchiveSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<ArchivedRun> ArchivedRuns => db.Set<ArchivedRun>();
        public DbSet<Sweep> Sweeps => db.Set<Sweep>();
    }
}
