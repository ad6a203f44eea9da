using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Tasks;

/// <summary>Work for a person, made by a workflow or a rule.</summary>
public sealed class WorkTask
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CampaignId { get; init; }

    /// <summary>What made it (run and execution, or decision): the same call twice is one task.</summary>
    public required string Key { get; init; }

    public string? Stage { get; init; }
    public required string TitleEn { get; init; }
    public required string TitleZh { get; init; }

    /// <summary>Why it exists, for the person who finds it in the inbox.</summary>
    public required string WhyEn { get; init; }

    public required string WhyZh { get; init; }
    public required string Role { get; init; }
    public Guid? AssigneeId { get; set; }

    /// <summary>The artefact that the task is to fill; null when there is nothing to fill.</summary>
    public string? ArtefactKind { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public DateTimeOffset? DoneAt { get; set; }
    public string? DoneBy { get; set; }

    /// <summary>Withdrawn because its run went another way.</summary>
    public DateTimeOffset? WithdrawnAt { get; set; }

    public Phrase Title => new(TitleEn, TitleZh);
    public Phrase Why => new(WhyEn, WhyZh);
}

public enum ApprovalState
{
    Open,
    Approved,
    Returned,
    Rejected,
    Expired,
    Withdrawn,
}

/// <summary>A decision that people have to take, with the roles that must agree.</summary>
public sealed class Approval
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CampaignId { get; init; }

    /// <summary>What asked for it (run and execution, or shift).</summary>
    public required string Key { get; init; }

    /// <summary>goals, budget, content, launch, shift, resume…</summary>
    public required string Kind { get; init; }

    public string? Stage { get; init; }
    public required string TitleEn { get; init; }
    public required string TitleZh { get; init; }
    public required string WhyEn { get; init; }
    public required string WhyZh { get; init; }

    /// <summary>All of these roles must say yes; one no ends it.</summary>
    public required List<string> Roles { get; init; }

    /// <summary>The shift it decides, when it decides one.</summary>
    public Guid? ShiftId { get; init; }

    /// <summary>A workflow run waits for it, and ends it by its own timer.</summary>
    public bool OfRun { get; init; }

    /// <summary>Who proposed what is asked about; nobody decides on their own proposal.</summary>
    public Guid? AskedBy { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public ApprovalState State { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }

    /// <summary>Raised with each vote, so that two people deciding at once are put in order.</summary>
    public int Version { get; set; }

    public Phrase Title => new(TitleEn, TitleZh);
    public Phrase Why => new(WhyEn, WhyZh);
}

/// <summary>What one person said to one approval.</summary>
public sealed class ApprovalVote
{
    public required Guid ApprovalId { get; init; }

    /// <summary>The role in which the person spoke.</summary>
    public required string Role { get; init; }

    public required Guid PersonId { get; init; }
    public required string PersonName { get; init; }
    public required ApprovalState Said { get; init; }
    public string? Comment { get; init; }
    public required DateTimeOffset At { get; init; }
}

internal sealed class TaskTables
    : IEntityTypeConfiguration<WorkTask>,
        IEntityTypeConfiguration<Approval>,
        IEntityTypeConfiguration<ApprovalVote>
{
    public void Configure(EntityTypeBuilder<WorkTask> task)
    {
        task.ToTable("work_task");
        task.HasIndex(t => t.Key).IsUnique();
        task.HasIndex(t => new { t.CampaignId, t.DoneAt });
        task.Ignore(t => t.Title);
        task.Ignore(t => t.Why);
    }

    public void Configure(EntityTypeBuilder<Approval> approval)
    {
        approval.ToTable("approval");
        approval.HasIndex(a => a.Key).IsUnique();
        approval.HasIndex(a => new { a.CampaignId, a.State });
        approval.Property(a => a.Version).IsConcurrencyToken();
        approval.Ignore(a => a.Title);
        approval.Ignore(a => a.Why);
    }

    public void Configure(EntityTypeBuilder<ApprovalVote> vote) => vote.ToTable("approval_vote").HasKey(v => new { v.ApprovalId, v.Role });
}

public static class TaskSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<WorkTask> WorkTasks => db.Set<WorkTask>();
        public DbSet<Approval> Approvals => db.Set<Approval>();
        public DbSet<ApprovalVote> ApprovalVotes => db.Set<ApprovalVote>();
    }
}
