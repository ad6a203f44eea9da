using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Effects;

public enum EffectVerdict
{
    Better,
    Worse,

    /// <summary>The difference is not larger than what days differ anyway.</summary>
    Unclear,

    /// <summary>There is too little to compare with; the sentence says what is missing.</summary>
    NotMeasurable,
}

/// <summary>What a shift was followed by, on mature data. Observational: other things changed as well.</summary>
public sealed class ShiftEffect
{
    public required Guid ShiftId { get; init; }
    public required Guid CampaignId { get; init; }
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>First and last day of the days after it that were looked at.</summary>
    public required DateOnly First { get; init; }

    public required DateOnly Last { get; init; }

    /// <summary>Revenue a day above (or below) what both channels' own trends led to expect, minor units; null when not measurable.</summary>
    public double? GainMinor { get; init; }

    /// <summary>By how much that may be chance: one standard error, minor units.</summary>
    public double? ErrorMinor { get; init; }

    public required EffectVerdict Verdict { get; init; }
    public required string WhyEn { get; init; }
    public required string WhyZh { get; init; }

    public Phrase Why => new(WhyEn, WhyZh);
}

internal sealed class EffectTables : IEntityTypeConfiguration<ShiftEffect>
{
    public void Configure(EntityTypeBuilder<ShiftEffect> effect)
    {
        effect.ToTable("shift_effect").HasKey(e => e.ShiftId);
        effect.HasIndex(e => e.CampaignId);
        effect.Ignore(e => e.Why);
    }
}

public static class EffectSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<ShiftEffect> ShiftEffects => db.Set<ShiftEffect>();
    }
}
