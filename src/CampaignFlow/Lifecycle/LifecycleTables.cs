using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Lifecycle;

/// <summary>A campaign's stay in one stage; open while <see cref="LeftAt"/> is null. C4 and C5 are open together.</summary>
public sealed class StageVisit
{
    public long Id { get; init; }
    public required Guid CampaignId { get; init; }
    public required string Stage { get; init; }
    public required DateTimeOffset EnteredAt { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public DateTimeOffset? LeftAt { get; set; }

    /// <summary>Run and execution that entered it: the same call twice is one visit.</summary>
    public required string Key { get; init; }
}

/// <summary>One version of an artefact (SWOT, goal sheet, budget plan …); versions are never changed.</summary>
public sealed class Artefact
{
    public long Id { get; init; }
    public required Guid CampaignId { get; init; }

    /// <summary>See <c>ArtefactKind</c>.</summary>
    public required string Kind { get; init; }

    public required int Version { get; init; }

    /// <summary>The fields of its kind as a JSON object.</summary>
    public required string Content { get; init; }

    /// <summary>SHA-256 of the content: what an approval was given for.</summary>
    public required string Hash { get; init; }

    public required string Author { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>How a gate stood when it was last looked at.</summary>
public sealed class GateCheck
{
    public long Id { get; init; }
    public required Guid CampaignId { get; init; }
    public required string Stage { get; init; }

    /// <summary>Run and execution of the Gate activity.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset CheckedAt { get; set; }
    public DateTimeOffset? PassedAt { get; set; }

    /// <summary>The conditions as written, one a line.</summary>
    public required string Conditions { get; init; }

    /// <summary>Clauses with their values at <see cref="CheckedAt"/>, JSON.</summary>
    public string Clauses { get; set; } = "[]";

    /// <summary>A higher role let it pass in spite of a red condition; it is listed in the review.</summary>
    public string? OverriddenBy { get; set; }

    public string? OverrideReason { get; set; }
}

internal sealed class LifecycleTables
    : IEntityTypeConfiguration<StageVisit>,
        IEntityTypeConfiguration<Artefact>,
        IEntityTypeConfiguration<GateCheck>
{
    public void Configure(EntityTypeBuilder<StageVisit> visit)
    {
        visit.ToTable("stage_visit");
        visit.HasIndex(v => v.Key).IsUnique();
        visit.HasIndex(v => v.CampaignId);
    }

    public void Configure(EntityTypeBuilder<Artefact> artefact)
    {
        artefact.ToTable("artefact");
        artefact
            .HasIndex(a => new
            {
                a.CampaignId,
                a.Kind,
                a.Version,
            })
            .IsUnique();
    }

    public void Configure(EntityTypeBuilder<GateCheck> gate)
    {
        gate.ToTable("gate_check");
        gate.HasIndex(g => g.Key).IsUnique();
        gate.HasIndex(g => g.CampaignId);
    }
}

public static class LifecycleSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<StageVisit> StageVisits => db.Set<StageVisit>();
        public DbSet<Artefact> Artefacts => db.Set<Artefact>();
        public DbSet<GateCheck> GateChecks => db.Set<GateCheck>();
    }
}
