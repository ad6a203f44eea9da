using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Workflows.Versions;

/// <summary>A definition somebody is working on; runs know nothing of it until it is published as a version.</summary>
public sealed class WorkflowDraft
{
    public required string DefinitionId { get; init; }
    public required string Name { get; set; }

    /// <summary>Elsa 3 JSON as the designer sent it.</summary>
    public required string Json { get; set; }

    /// <summary>The version it began from; 0 when the workflow is new.</summary>
    public required int BasedOn { get; set; }

    /// <summary>Raised with every save: whoever saves on an older one is told so.</summary>
    public int Revision { get; set; }

    public required string By { get; set; }
    public required DateTimeOffset At { get; set; }
}

public enum RevisionKind
{
    /// <summary>Became the draft when it was saved.</summary>
    Saved,

    /// <summary>Somebody else had saved first: kept beside the draft.</summary>
    Conflict,

    /// <summary>Left in a browser that lost its server or its session, and brought back later.</summary>
    Recovered,

    /// <summary>An earlier one, made the draft again.</summary>
    Restored,
}

/// <summary>Every save, kept: nothing that reached the server is ever written over.</summary>
public sealed class DraftRevision
{
    public long Id { get; init; }
    public required string DefinitionId { get; init; }

    /// <summary>The draft's revision; that of its time for one that never became the draft.</summary>
    public required int Revision { get; init; }

    public required RevisionKind Kind { get; init; }
    public required string Json { get; init; }
    public required int Activities { get; init; }
    public required string By { get; init; }
    public required DateTimeOffset At { get; init; }
}

internal sealed class DraftTables : IEntityTypeConfiguration<WorkflowDraft>, IEntityTypeConfiguration<DraftRevision>
{
    public void Configure(EntityTypeBuilder<WorkflowDraft> draft)
    {
        draft.ToTable("wf_draft").HasKey(d => d.DefinitionId);
        draft.Property(d => d.Revision).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<DraftRevision> revision)
    {
        revision.ToTable("wf_draft_revision");
        revision.HasIndex(r => new { r.DefinitionId, r.Revision });
    }
}

public static class DraftSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<WorkflowDraft> WorkflowDrafts => db.Set<WorkflowDraft>();
        public DbSet<DraftRevision> DraftRevisions => db.Set<DraftRevision>();
    }
}
