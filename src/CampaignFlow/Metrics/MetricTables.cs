using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Metrics;

/// <summary>One import of one file.</summary>
public sealed class ImportBatch
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CampaignId { get; init; }
    public required string FileName { get; init; }

    /// <summary>SHA-256 of the bytes: the same file again changes nothing.</summary>
    public required string Hash { get; init; }

    public required DateTimeOffset At { get; init; }
    public required string By { get; init; }
    public int RowsRead { get; set; }
    public int FactsNew { get; set; }

    /// <summary>Facts that were known with other numbers before.</summary>
    public int FactsRestated { get; set; }

    public int FactsUnchanged { get; set; }
    public int RowsRejected { get; set; }

    /// <summary>Rejected rows with place and reason, JSON array of problems.</summary>
    public string Problems { get; set; } = "[]";
}

/// <summary>
/// What was known from <see cref="KnownAt"/> on about one channel's day. Bitemporal: a restated day is a new row, the old one stays,
/// so "as known then" can always be asked. Null is "not reported", never zero.
/// </summary>
public sealed class MetricFact
{
    public long Id { get; init; }
    public required Guid CampaignId { get; init; }
    public required string Channel { get; init; }
    public required DateOnly Day { get; init; }
    public required DateTimeOffset KnownAt { get; init; }
    public Guid? BatchId { get; init; }
    public long? SpendMinor { get; init; }
    public long? RevenueMinor { get; init; }
    public long? Impressions { get; init; }
    public long? Clicks { get; init; }

    /// <summary>Orders, purchases: what the platform calls a conversion; may be fractional with data-driven attribution.</summary>
    public double? Conversions { get; init; }

    public double? Leads { get; init; }

    public DayFact AsDay() => new(Day, SpendMinor, RevenueMinor, Impressions, Clicks, Conversions, Leads);
}

/// <summary>The daily budget that a platform's export names for a day; the newest word counts.</summary>
public sealed class ReportedBudget
{
    public required Guid CampaignId { get; init; }
    public required string Channel { get; init; }
    public required DateOnly Day { get; init; }
    public required long AmountMinor { get; set; }
    public required DateTimeOffset KnownAt { get; set; }
}

internal sealed class MetricTables
    : IEntityTypeConfiguration<ImportBatch>,
        IEntityTypeConfiguration<MetricFact>,
        IEntityTypeConfiguration<ReportedBudget>
{
    public void Configure(EntityTypeBuilder<ReportedBudget> budget) =>
        budget
            .ToTable("reported_budget")
            .HasKey(b => new
            {
                b.CampaignId,
                b.Channel,
                b.Day,
            });

    public void Configure(EntityTypeBuilder<ImportBatch> batch)
    {
        batch.ToTable("import_batch");
        batch.HasIndex(b => new { b.CampaignId, b.At });
    }

    public void Configure(EntityTypeBuilder<MetricFact> fact)
    {
        fact.ToTable("metric_fact");
        fact.HasIndex(f => new
            {
                f.CampaignId,
                f.Channel,
                f.Day,
                f.KnownAt,
            })
            .IsUnique();
    }
}

public static class MetricSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<ImportBatch> ImportBatches => db.Set<ImportBatch>();
        public DbSet<MetricFact> MetricFacts => db.Set<MetricFact>();
        public DbSet<ReportedBudget> ReportedBudgets => db.Set<ReportedBudget>();
    }
}
