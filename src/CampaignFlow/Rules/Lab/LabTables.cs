using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Rules.Lab;

/// <summary>A rule's text that is not in force yet. There is one draft of a rule; it stays until it is published or thrown away.</summary>
public sealed class RuleDraft
{
    /// <summary>File name without extension.</summary>
    public required string Rule { get; init; }

    public required string Text { get; set; }

    /// <summary>SHA-256 of the file that it replaces, hex; empty when there was none.</summary>
    public required string BaseHash { get; set; }

    public required string EditedBy { get; set; }
    public required DateTimeOffset EditedAt { get; set; }

    /// <summary>Ids of all who wrote in it, one after the other: none of them may publish it.</summary>
    public required string Editors { get; set; }

    public DateTimeOffset? AskedAt { get; set; }
    public string? AskedBy { get; set; }
    public Guid? AskedById { get; set; }

    /// <summary>Who sent it back, and why.</summary>
    public string? ReturnedBy { get; set; }
    public string? ReturnedWhy { get; set; }

    /// <summary>Raised with every change.</summary>
    public int Version { get; set; }
}

/// <summary>Backtest and analysis of one exact text.</summary>
public sealed class RuleProof
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Rule { get; init; }

    /// <summary>Of the text it is about.</summary>
    public required string Hash { get; init; }

    /// <summary>Of all other rules in force when it was made.</summary>
    public required string OthersHash { get; init; }

    /// <summary>Code of the campaign, or name of the file.</summary>
    public required string Source { get; init; }

    public required DateTimeOffset At { get; init; }
    public required string By { get; init; }

    /// <summary>False when the analysis found an error.</summary>
    public required bool MayPublish { get; init; }

    /// <summary><see cref="ProofReport"/>, JSON.</summary>
    public required string Report { get; init; }
}

/// <summary>A version that two persons put in force; never changed. Its text is the rule version of the same hash.</summary>
public sealed class RulePublication
{
    public required string Rule { get; init; }

    /// <summary>From 1 for each rule.</summary>
    public required int Number { get; init; }

    public required string Hash { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string AskedBy { get; init; }

    /// <summary>The same person only where no money is concerned.</summary>
    public required string PublishedBy { get; init; }

    public Guid? ProofId { get; init; }
}

internal sealed class LabTables
    : IEntityTypeConfiguration<RuleDraft>,
        IEntityTypeConfiguration<RuleProof>,
        IEntityTypeConfiguration<RulePublication>
{
    public void Configure(EntityTypeBuilder<RuleDraft> draft)
    {
        draft.ToTable("rule_draft").HasKey(d => d.Rule);
        draft.Property(d => d.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<RuleProof> proof)
    {
        proof.ToTable("rule_proof");
        proof.HasIndex(p => new
        {
            p.Rule,
            p.Hash,
            p.At,
        });
    }

    public void Configure(EntityTypeBuilder<RulePublication> publication) =>
        publication.ToTable("rule_publication").HasKey(p => new { p.Rule, p.Number });
}

public static class LabSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<RuleDraft> RuleDrafts => db.Set<RuleDraft>();
        public DbSet<RuleProof> RuleProofs => db.Set<RuleProof>();
        public DbSet<RulePublication> RulePublications => db.Set<RulePublication>();
    }
}
