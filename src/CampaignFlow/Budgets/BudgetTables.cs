using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Budgets;

public enum ShiftState
{
    Waiting,
    Applied,
    Rejected,
    Expired,
    Refused,
    RolledBack,
}

/// <summary>A move of daily budget from one channel to another; the ledger entries are written when it is applied.</summary>
public sealed class BudgetShift
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CampaignId { get; init; }

    /// <summary>BS-n, counted within the campaign.</summary>
    public required int Number { get; init; }

    /// <summary>What proposed it (decision, or a person's request): the same proposal twice is one shift.</summary>
    public required string Key { get; init; }

    /// <summary>A channel's code, <see cref="LedgerEntry.Reserve"/>, or <see cref="LedgerEntry.Plan"/> when the approved total itself changes.</summary>
    public required string From { get; init; }

    /// <inheritdoc cref="From"/>
    public required string To { get; init; }

    /// <summary>Daily budget in minor units, always positive.</summary>
    public required long AmountMinor { get; init; }

    public Guid? DecisionId { get; init; }
    public required string ProposedBy { get; init; }
    public required DateTimeOffset ProposedAt { get; init; }
    public ShiftState State { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public string? DecidedBy { get; set; }
    public DateTimeOffset? RolledBackAt { get; set; }

    /// <summary>Raised with each change of state.</summary>
    public int Version { get; set; }

    public string Title => $"BS-{Number:0000}";
}

/// <summary>
/// One leg of a balanced transaction over daily budgets: the legs of a <see cref="Transfer"/> add up to zero. The account
/// <see cref="Plan"/> stands for the approved total, so Σ channels + reserve = −Plan at every instant. The database holds this itself,
/// with floors, ceilings and contract money (Storage/Migrations/LedgerChecks): a leg is never changed or deleted.
/// </summary>
public sealed class LedgerEntry
{
    public const string Plan = "(plan)";

    /// <summary>Approved and given to no channel: what rules lift from and cut to.</summary>
    public const string Reserve = Engine.Rules.BudgetChange.Reserve;

    public long Id { get; init; }
    public required Guid CampaignId { get; init; }

    /// <summary>A channel's code, <see cref="Reserve"/> or <see cref="Plan"/>.</summary>
    public required string Account { get; init; }

    /// <summary>ISO 4217, the campaign's: legs balance in each currency by itself.</summary>
    public required string Currency { get; init; }

    /// <summary>Signed minor units of daily budget.</summary>
    public required long AmountMinor { get; init; }

    /// <summary>Unique together with the account: <c>plan:1</c>, <c>shift:ID</c>, <c>rollback:ID</c>.</summary>
    public required string Transfer { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>The campaign's local date from which the budget counts.</summary>
    public required DateOnly Day { get; init; }
}

internal sealed class BudgetTables : IEntityTypeConfiguration<BudgetShift>, IEntityTypeConfiguration<LedgerEntry>
{
    public void Configure(EntityTypeBuilder<BudgetShift> shift)
    {
        shift.ToTable("budget_shift");
        shift.HasIndex(s => s.Key).IsUnique();
        shift.HasIndex(s => new { s.CampaignId, s.Number }).IsUnique();
        shift.Property(s => s.Version).IsConcurrencyToken();
        shift.Ignore(s => s.Title);
    }

    public void Configure(EntityTypeBuilder<LedgerEntry> entry)
    {
        entry.ToTable("ledger_entry");
        entry.Property(e => e.Currency).HasMaxLength(3);
        entry
            .HasIndex(e => new
            {
                e.CampaignId,
                e.Transfer,
                e.Account,
            })
            .IsUnique();
        entry.HasIndex(e => new
        {
            e.CampaignId,
            e.Account,
            e.Day,
        });
    }
}

public static class BudgetSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<BudgetShift> BudgetShifts => db.Set<BudgetShift>();
        public DbSet<LedgerEntry> Ledger => db.Set<LedgerEntry>();
    }
}
