using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Applying;

/// <summary>How a channel's platform is told.</summary>
public enum Adapter
{
    /// <summary>A person sets it by the operation sheet or its bulk-upload file.</summary>
    Sheet,

    /// <summary>A signed request to the platform or to what stands before it.</summary>
    Webhook,

    /// <summary>The platform that lives in this product, for trials and demonstrations.</summary>
    Sandbox,
}

/// <summary>Which platform a channel of a campaign stands on. Without a row: <see cref="Adapter.Sheet"/>.</summary>
public sealed class ChannelConnection
{
    public required Guid CampaignId { get; init; }
    public required string Channel { get; init; }
    public required Adapter Adapter { get; set; }

    /// <summary>The platform's name in the settings (<c>Platforms:NAME</c>), where its address and secret stand; of webhooks only.</summary>
    public string? Platform { get; set; }

    /// <summary>What the platform calls the channel, in bulk-upload files; null: the channel's name.</summary>
    public string? Target { get; set; }

    /// <summary>How far the platform may be from what was told, as a part of it.</summary>
    public double Tolerance { get; set; } = 0.10;

    /// <summary>Days of numbers after which an amount that does not hold is drift.</summary>
    public int ConfirmWithinDays { get; set; } = 2;
}

public enum InstructionState
{
    /// <summary>Somebody or something still has to carry it out.</summary>
    Open,

    /// <summary>Carried out as far as is known; the next numbers will tell.</summary>
    Done,

    /// <summary>The platform's numbers show the amount.</summary>
    Confirmed,

    /// <summary>The platform's numbers show something else.</summary>
    Drifted,

    /// <summary>A newer instruction for the channel took its place.</summary>
    Replaced,

    /// <summary>The platform did not take it.</summary>
    Failed,
}

/// <summary>What one channel's platform is to be told after the ledger moved.</summary>
public sealed class Instruction
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The ledger's transfer and the channel: one instruction for each leg.</summary>
    public required string Key { get; init; }

    public required Guid CampaignId { get; init; }
    public required string Channel { get; init; }
    public required Guid ShiftId { get; init; }

    /// <summary>The daily budget before and after, minor units.</summary>
    public required long BeforeMinor { get; init; }

    public required long AmountMinor { get; init; }

    /// <summary>What the channel may still spend until the flight ends at this budget, this day included; for platforms that want a total.</summary>
    public required long RestMinor { get; init; }

    public required Adapter Adapter { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>The campaign's local date from which the amount counts.</summary>
    public required DateOnly Day { get; init; }

    public InstructionState State { get; set; }
    public DateTimeOffset? DoneAt { get; set; }
    public string? DoneBy { get; set; }
    public DateTimeOffset? SettledAt { get; set; }

    /// <summary>What confirmed it, contradicts it or kept it from being carried out; with the numbers.</summary>
    public string? FoundEn { get; set; }

    public string? FoundZh { get; set; }

    /// <summary>Raised with each change of state.</summary>
    public int Version { get; set; }
}

/// <summary>A channel's daily budget on the sandbox platform.</summary>
public sealed class SandboxBudget
{
    public required Guid CampaignId { get; init; }
    public required string Channel { get; init; }
    public required long AmountMinor { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }

    /// <summary>The key of the instruction, or who changed it by hand.</summary>
    public required string ChangedBy { get; set; }
}

internal sealed class ApplyingTables
    : IEntityTypeConfiguration<ChannelConnection>,
        IEntityTypeConfiguration<Instruction>,
        IEntityTypeConfiguration<SandboxBudget>
{
    public void Configure(EntityTypeBuilder<ChannelConnection> connection) =>
        connection.ToTable("channel_connection").HasKey(c => new { c.CampaignId, c.Channel });

    public void Configure(EntityTypeBuilder<Instruction> instruction)
    {
        instruction.ToTable("instruction");
        instruction.HasIndex(i => i.Key).IsUnique();
        instruction.HasIndex(i => new { i.CampaignId, i.State });
        instruction.Property(i => i.Version).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<SandboxBudget> budget) =>
        budget.ToTable("sandbox_budget").HasKey(b => new { b.CampaignId, b.Channel });
}

public static class ApplyingSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<ChannelConnection> ChannelConnections => db.Set<ChannelConnection>();
        public DbSet<Instruction> Instructions => db.Set<Instruction>();
        public DbSet<SandboxBudget> SandboxBudgets => db.Set<SandboxBudget>();
    }
}
