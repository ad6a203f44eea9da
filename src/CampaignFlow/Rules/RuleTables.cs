using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Rules;

/// <summary>A rule's text as it stood when it first decided something; never changed.</summary>
public sealed class RuleVersion
{
    /// <summary>SHA-256 of the text, hex.</summary>
    public required string Hash { get; init; }

    public required string Rule { get; init; }
    public required string Text { get; init; }
    public required DateTimeOffset FirstSeenAt { get; init; }
}

/// <summary>What became of a verdict.</summary>
public enum DecisionOutcome
{
    /// <summary>Money was moved, or the action carried out.</summary>
    Applied,

    /// <summary>People are asked.</summary>
    Waiting,

    /// <summary>A guard or the ledger said no.</summary>
    Refused,

    /// <summary>Only noted: the rule is in observe mode.</summary>
    Observed,

    /// <summary>A person said no.</summary>
    Rejected,

    /// <summary>Nobody answered in time; nothing was moved.</summary>
    Expired,

    RolledBack,

    /// <summary>A condition did not hold; kept in the <see cref="EvaluationRecord"/>, as a row only by versions before it was.</summary>
    NotFired,

    /// <summary>A fact was missing; kept likewise.</summary>
    Unknown,
}

/// <summary>One rule's word on one subject, with the numbers it saw: granted, asked, refused.</summary>
public sealed class Decision
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CampaignId { get; init; }

    /// <summary>campaign:rule:subject:evaluation, and the action's number.</summary>
    public required string Key { get; init; }

    /// <summary>The evaluation it belongs to; a repeated evaluation decides nothing new.</summary>
    public required string Evaluation { get; init; }

    /// <summary>The campaign's local date.</summary>
    public required DateOnly Day { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Facts known after this instant were not looked at.</summary>
    public required DateTimeOffset FactsAsOf { get; init; }

    public required string Rule { get; init; }
    public required string RuleHash { get; init; }

    /// <summary>shift, lift, cut, revert, pause, resume, mark, notify, ask, task, issue, experiment, start, signal, hold, advance; empty when nothing was asked for.</summary>
    public required string Action { get; init; }

    public string? From { get; init; }
    public string? To { get; init; }
    public long? AmountMinor { get; init; }
    public DecisionOutcome Outcome { get; set; }
    public string? BlockedBy { get; set; }

    /// <summary>What silence or a no leads to, for questions: <c>resume</c>, <c>advance to closing</c>.</summary>
    public string? Otherwise { get; set; }
    public required string WhyEn { get; set; }
    public required string WhyZh { get; set; }

    /// <summary>Clauses with values and gaps, JSON.</summary>
    public required string Clauses { get; init; }

    public Phrase Why => new(WhyEn, WhyZh);
}

internal sealed class RuleTables
    : IEntityTypeConfiguration<RuleVersion>,
        IEntityTypeConfiguration<Decision>,
        IEntityTypeConfiguration<EvaluationRecord>
{
    public void Configure(EntityTypeBuilder<EvaluationRecord> record)
    {
        record.ToTable("evaluation_record").HasKey(r => r.Evaluation);
        record.HasIndex(r => new { r.CampaignId, r.At });
    }

    public void Configure(EntityTypeBuilder<RuleVersion> version) => version.ToTable("rule_version").HasKey(v => v.Hash);

    public void Configure(EntityTypeBuilder<Decision> decision)
    {
        decision.ToTable("decision");
        decision.HasIndex(d => d.Key).IsUnique();
        decision.HasIndex(d => new { d.CampaignId, d.Day });
        decision.HasIndex(d => d.Evaluation);
        decision.Ignore(d => d.Why);
    }
}

public static class RuleSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<RuleVersion> RuleVersions => db.Set<RuleVersion>();
        public DbSet<Decision> Decisions => db.Set<Decision>();
        public DbSet<EvaluationRecord> EvaluationRecords => db.Set<EvaluationRecord>();
    }
}
