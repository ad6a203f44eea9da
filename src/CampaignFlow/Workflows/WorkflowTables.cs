using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Workflows;

/// <summary>One immutable version of a definition. Runs are pinned to theirs.</summary>
public sealed class WorkflowVersion
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>File name without extension: <c>campaign-lifecycle</c>.</summary>
    public required string DefinitionId { get; init; }

    public required int Version { get; init; }
    public required string Name { get; init; }

    /// <summary>Elsa 3 JSON, as it was read.</summary>
    public required string Json { get; init; }

    /// <summary>SHA-256 of the JSON.</summary>
    public required string Hash { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>In use: new runs start with it. At most one version of a definition is.</summary>
    public bool Published { get; set; }

    /// <summary>Who wrote it; null: a file of the workflows folder.</summary>
    public string? MadeBy { get; init; }

    /// <summary>The version whose text it took up again.</summary>
    public int? RevertOf { get; init; }

    /// <summary>Who asked for its publication; a second person has to agree while <see cref="AskedAt"/> is set.</summary>
    public string? AskedBy { get; set; }

    public Guid? AskedById { get; set; }
    public DateTimeOffset? AskedAt { get; set; }

    /// <summary>When it was put into use last; null: never.</summary>
    public DateTimeOffset? PublishedAt { get; set; }

    /// <summary>Null: a file.</summary>
    public string? PublishedBy { get; set; }

    public DateTimeOffset? RetractedAt { get; set; }
    public string? RetractedBy { get; set; }

    /// <summary>Versions of the workflows it uses as activities, pinned when it was published, as JSON; null when it uses none.</summary>
    public string? Uses { get; init; }

    /// <summary>When its file last had this text while it was in use; null: never, or not noted.</summary>
    public DateTimeOffset? InFileAt { get; set; }

    /// <summary>When its triggers were written into <see cref="TriggerRow"/>; null while it is not the version that starts runs.</summary>
    public DateTimeOffset? TriggersAt { get; set; }
}

/// <summary>What starts runs of a published definition by itself.</summary>
public sealed class TriggerRow
{
    public required Guid VersionId { get; init; }
    public required string DefinitionId { get; init; }

    /// <summary>Where the run begins.</summary>
    public required string Activity { get; init; }

    /// <summary>event, http, http-route, timer, cron or start-at.</summary>
    public required string Kind { get; init; }

    /// <summary>Event name, method and path, interval, pattern or moment.</summary>
    public required string Key { get; init; }

    /// <summary>Events from before are not for it.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it starts the next run; null when it does not go by time, or never again.</summary>
    public DateTimeOffset? DueAt { get; init; }
}

/// <summary>A run as a row: what it is, how it stands, who works on it.</summary>
public sealed class Run
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Starting the same key twice is one run.</summary>
    public required string Key { get; init; }

    public required Guid VersionId { get; init; }
    public required string DefinitionId { get; init; }

    /// <summary>The campaign's id as text, for campaign runs.</summary>
    public string? Correlation { get; set; }

    public RunStatus Status { get; set; }

    /// <summary>Raised with every committed burst.</summary>
    public int Version { get; set; }

    /// <summary><see cref="RunState"/> as JSON.</summary>
    public required string State { get; set; }

    /// <summary>True while there is an event that has not been stepped yet (the start, a retry).</summary>
    public bool Ready { get; set; }

    /// <summary>The pending event as JSON when <see cref="Ready"/>; null for the start.</summary>
    public string? Pending { get; set; }

    public string? Owner { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Raised with every claim; a commit with an older fence is refused.</summary>
    public long Fence { get; set; }

    /// <summary>Bursts in a row that died before their commit; at the cap it becomes an incident.</summary>
    public int Attempts { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; set; }
    public DateTimeOffset? FinishedAt { get; set; }
    public string? Error { get; set; }
}

/// <summary>What a suspended run waits for.</summary>
public sealed class RunBookmark
{
    public required Guid RunId { get; init; }
    public required string Id { get; init; }
    public required string Execution { get; init; }
    public required string Kind { get; init; }
    public required string Key { get; init; }
    public string? Correlation { get; init; }
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>The run's, so that definitions can take turns.</summary>
    public required string DefinitionId { get; init; }

    /// <summary>The run's key: of timers that are due together the order is always the same.</summary>
    public required string RunKey { get; init; }
}

/// <summary>A signal that arrived; kept until a run takes it, even when it is early.</summary>
public sealed class InboxSignal
{
    public long Id { get; init; }

    /// <summary>Unique: a signal sent twice is one.</summary>
    public required string DedupKey { get; init; }

    public required string Kind { get; init; }
    public required string Key { get; init; }

    /// <summary>Only runs with this correlation take it; null: any.</summary>
    public string? Correlation { get; init; }

    public string? Payload { get; init; }
    public required DateTimeOffset At { get; init; }
    public DateTimeOffset? TakenAt { get; set; }

    /// <summary>The run that took it.</summary>
    public Guid? TakenBy { get; set; }

    /// <summary>When it started runs by their triggers.</summary>
    public DateTimeOffset? TriggeredAt { get; set; }

    /// <summary>
    /// Definition of a run that waits for it; empty: nobody waits, and no claim walks over it; null: nobody has looked yet.
    /// </summary>
    public string? WaitedBy { get; set; }
}

/// <summary>One line of a run's history; <see cref="Seq"/> has no gaps.</summary>
public sealed class RunJournal
{
    public required Guid RunId { get; init; }
    public required int Seq { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string What { get; init; }
    public string? Activity { get; init; }
    public string? ActivityName { get; init; }
    public string? Type { get; init; }
    public string? Execution { get; init; }
    public string? Text { get; init; }

    /// <summary>JSON of what went into the step or came out of it; cut when it is long, secrets masked.</summary>
    public string? Data { get; init; }

    /// <summary>Trace and span of the burst that wrote it (<c>TRACE-SPAN</c>, hex); null when nothing recorded them.</summary>
    public string? Trace { get; init; }
}

internal sealed class WorkflowTables
    : IEntityTypeConfiguration<WorkflowVersion>,
        IEntityTypeConfiguration<Run>,
        IEntityTypeConfiguration<RunBookmark>,
        IEntityTypeConfiguration<InboxSignal>,
        IEntityTypeConfiguration<RunJournal>,
        IEntityTypeConfiguration<TriggerRow>
{
    public void Configure(EntityTypeBuilder<WorkflowVersion> version)
    {
        version.ToTable("wf_definition_version");
        version.HasIndex(v => new { v.DefinitionId, v.Version }).IsUnique();
        version.HasIndex(v => v.TriggersAt).HasFilter("triggers_at is null and published");
    }

    public void Configure(EntityTypeBuilder<TriggerRow> trigger)
    {
        trigger
            .ToTable("wf_trigger")
            .HasKey(t => new
            {
                t.VersionId,
                t.Activity,
                t.Kind,
                t.Key,
            });
        trigger.HasIndex(t => new { t.Kind, t.Key });
        trigger.HasIndex(t => t.DueAt).HasFilter("due_at is not null");
    }

    public void Configure(EntityTypeBuilder<Run> run)
    {
        run.ToTable("wf_instance");
        run.HasIndex(r => r.Key).IsUnique();
        run.HasIndex(r => r.Correlation);
        run.HasIndex(r => new
            {
                r.DefinitionId,
                r.CreatedAt,
                r.Key,
            })
            .HasDatabaseName("ix_wf_instance_ready")
            .HasFilter("ready");
        run.HasIndex(r => r.UpdatedAt).HasDatabaseName("ix_wf_instance_faulted").HasFilter("status = 'Faulted'");
        run.HasIndex(r => r.Attempts).HasDatabaseName("ix_wf_instance_suspect").HasFilter("attempts > 0");
        run.HasIndex(r => r.LeaseUntil).HasFilter("owner is not null");
        run.HasIndex(r => new { r.DefinitionId, r.FinishedAt }).HasFilter("finished_at is not null");
    }

    public void Configure(EntityTypeBuilder<RunBookmark> bookmark)
    {
        bookmark.ToTable("wf_bookmark").HasKey(b => new { b.RunId, b.Id });
        bookmark.HasIndex(b => new
        {
            b.Kind,
            b.Key,
            b.Correlation,
        });
        bookmark.HasIndex(b => b.DueAt).HasFilter("due_at is not null");
        bookmark
            .HasIndex(b => new
            {
                b.DefinitionId,
                b.DueAt,
                b.RunKey,
            })
            .HasFilter("due_at is not null");
    }

    public void Configure(EntityTypeBuilder<InboxSignal> signal)
    {
        signal.ToTable("wf_inbox");
        signal.HasIndex(s => s.DedupKey).IsUnique();
        signal
            .HasIndex(s => new
            {
                s.Kind,
                s.Key,
                s.Correlation,
                s.TakenBy,
            })
            .HasFilter("taken_at is null");
        signal.HasIndex(s => s.TakenBy).HasFilter("taken_at is null and taken_by is not null");
        signal.HasIndex(s => new { s.At, s.Id }).HasDatabaseName("ix_wf_inbox_fresh").HasFilter("taken_at is null and waited_by is null");
        signal
            .HasIndex(s => new
            {
                s.WaitedBy,
                s.Kind,
                s.At,
                s.Id,
            })
            .HasFilter("taken_at is null and waited_by <> ''");
        signal.HasIndex(s => s.Key).HasDatabaseName("ix_wf_inbox_event").HasFilter("kind = 'event' and triggered_at is null");
    }

    public void Configure(EntityTypeBuilder<RunJournal> journal) => journal.ToTable("wf_journal").HasKey(j => new { j.RunId, j.Seq });
}

public static class WorkflowSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<WorkflowVersion> WorkflowVersions => db.Set<WorkflowVersion>();
        public DbSet<Run> Runs => db.Set<Run>();
        public DbSet<RunBookmark> RunBookmarks => db.Set<RunBookmark>();
        public DbSet<InboxSignal> InboxSignals => db.Set<InboxSignal>();
        public DbSet<RunJournal> RunJournal => db.Set<RunJournal>();
        public DbSet<TriggerRow> WorkflowTriggers => db.Set<TriggerRow>();
    }
}
