using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Reviews;

/// <summary>A report as it was written; later numbers do not change it.</summary>
public sealed class Report
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CampaignId { get; init; }

    /// <summary>evaluation, weekly.</summary>
    public required string Kind { get; init; }

    /// <summary>Run and execution that wrote it.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary><see cref="ReportContent"/> as JSON.</summary>
    public required string Content { get; init; }
}

/// <param name="Attainment">Goal by goal; null numbers are missing, not zero.</param>
public sealed record ReportContent(
    DateOnly From,
    DateOnly To,
    IReadOnlyList<ReportGoal> Attainment,
    IReadOnlyList<ReportChannel> Channels,
    int ShiftsApplied,
    int ShiftsRefused
);

public sealed record ReportGoal(string Metric, double Target, double? Actual, bool? Met);

public sealed record ReportChannel(
    string Channel,
    long BudgetStartMinor,
    long BudgetEndMinor,
    long? SpendMinor,
    long? RevenueMinor,
    double? Roas
);

internal sealed class ReportTables : IEntityTypeConfiguration<Report>
{
    public void Configure(EntityTypeBuilder<Report> report)
    {
        report.ToTable("report");
        report.HasIndex(r => r.Key).IsUnique();
        report.HasIndex(r => r.CampaignId);
    }
}

public static class ReportSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<Report> Reports => db.Set<Report>();
    }
}
