using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Budgets.Guards;

/// <summary>A guard that a person set beside the rule files. Of several that apply the strictest wins.</summary>
public sealed class GuardSetting
{
    /// <summary>As <see cref="Budgets.Guards.Scope"/> writes it.</summary>
    public required string Scope { get; init; }

    /// <summary>One of <see cref="Guard.All"/>.</summary>
    public required string Guard { get; init; }

    /// <summary>As <see cref="Guards.Guard.Read"/> accepts it: <c>20%</c>, <c>3</c>, <c>ask above 500</c>.</summary>
    public required string Value { get; set; }

    public required string By { get; set; }
    public required string Why { get; set; }
    public required DateTimeOffset At { get; set; }
}

/// <summary>The kill switch, thrown: no money moves in its scope until a person releases it.</summary>
public sealed class MoneyStop
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string Scope { get; init; }
    public required string Why { get; init; }
    public required string By { get; init; }
    public required DateTimeOffset At { get; init; }
    public DateTimeOffset? ReleasedAt { get; set; }
    public string? ReleasedBy { get; set; }
}

/// <summary>The circuit breaker of a campaign: opened by its data, closed by fresh data or by a person.</summary>
public sealed class DataBreaker
{
    public required Guid CampaignId { get; init; }

    /// <summary>What was found, so that a person's "go on" holds for this finding and no other.</summary>
    public required string Finding { get; set; }

    public required string WhyEn { get; set; }
    public required string WhyZh { get; set; }
    public required DateTimeOffset OpenedAt { get; set; }
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>A person's name; null when fresh data closed it.</summary>
    public string? ClosedBy { get; set; }

    public int Version { get; set; }

    public Phrase Why => new(WhyEn, WhyZh);
}

/// <summary>An experiment or the platform's learning phase: rules leave the channel alone until the day is over.</summary>
public sealed class ChannelLock
{
    public required Guid CampaignId { get; init; }
    public required string Channel { get; init; }
    public required DateOnly Until { get; set; }
    public required string Why { get; set; }
    public required string By { get; set; }
    public required DateTimeOffset At { get; set; }
}

internal sealed class GuardTables
    : IEntityTypeConfiguration<GuardSetting>,
        IEntityTypeConfiguration<MoneyStop>,
        IEntityTypeConfiguration<DataBreaker>,
        IEntityTypeConfiguration<ChannelLock>
{
    public void Configure(EntityTypeBuilder<GuardSetting> setting) =>
        setting.ToTable("guard_setting").HasKey(s => new { s.Scope, s.Guard });

    public void Configure(EntityTypeBuilder<MoneyStop> stop)
    {
        stop.ToTable("money_stop");
        stop.HasIndex(s => s.Scope).IsUnique().HasFilter("released_at is null");
    }

    public void Configure(EntityTypeBuilder<DataBreaker> breaker)
    {
        breaker.ToTable("data_breaker").HasKey(b => b.CampaignId);
        breaker.Property(b => b.Version).IsConcurrencyToken();
        breaker.Ignore(b => b.Why);
    }

    public void Configure(EntityTypeBuilder<ChannelLock> held) => held.ToTable("channel_lock").HasKey(l => new { l.CampaignId, l.Channel });
}

public static class GuardSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<GuardSetting> GuardSettings => db.Set<GuardSetting>();
        public DbSet<MoneyStop> MoneyStops => db.Set<MoneyStop>();
        public DbSet<DataBreaker> DataBreakers => db.Set<DataBreaker>();
        public DbSet<ChannelLock> ChannelLocks => db.Set<ChannelLock>();
    }
}
