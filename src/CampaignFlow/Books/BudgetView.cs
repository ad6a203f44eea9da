using CampaignFlow.Applying;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Effects;
using CampaignFlow.Engine;
using CampaignFlow.Tasks;

namespace CampaignFlow.Books;

/// <summary>One channel's daily budget, minor units.</summary>
/// <param name="NowMinor">Null before the ledger is open.</param>
public sealed record ChannelLine(CampaignChannel Channel, long? NowMinor)
{
    public long? ChangeMinor => NowMinor - Channel.PlannedMinor;
    public long? MayGiveMinor => NowMinor is { } now ? Math.Max(0, now - Channel.FloorMinor) : null;
    public long? MayTakeMinor => NowMinor is { } now ? Math.Max(0, Channel.CeilingMinor - now) : null;
}

/// <summary>A shift with its reason and who is waited for.</summary>
/// <param name="Instructions">What its platforms were told because of it, newer instructions left out.</param>
public sealed record ShiftLine(
    BudgetShift Shift,
    Phrase? Why,
    string? Rule,
    Approval? Approval,
    IReadOnlyList<string> Waiting,
    IReadOnlyList<Instruction> Instructions
);

/// <summary>One leg of a transfer as the statement prints it.</summary>
/// <param name="BalanceMinor">Of the account after this leg.</param>
public sealed record StatementLine(LedgerEntry Entry, Phrase Name, BudgetShift? Shift, long BalanceMinor)
{
    public bool IsRollback => Entry.Transfer.StartsWith("rollback:", StringComparison.Ordinal);

    public Phrase What =>
        IsRollback ? new("rolled back", "撤销")
        : Shift is null ? new("approved plan", "批准的计划")
        : new("shift", "调整");
}

/// <summary>A campaign's books at one instant.</summary>
public sealed record BudgetView(
    Campaign Campaign,
    IReadOnlyList<ChannelLine> Channels,
    IReadOnlyList<ShiftLine> Shifts,
    IReadOnlyList<StatementLine> Statement,
    IReadOnlyList<(DateOnly Day, string Channel, long BudgetMinor)> History,
    DateTimeOffset? FactsAsOf
)
{
    public IReadOnlyList<Instruction> Instructions { get; init; } = [];
    public IReadOnlyDictionary<string, ChannelConnection> Connections { get; init; } = new Dictionary<string, ChannelConnection>();
    public IReadOnlyList<SandboxBudget> Sandbox { get; init; } = [];
    public IReadOnlyList<WorkTask> Sheets { get; init; } = [];
    public IReadOnlyDictionary<Guid, ShiftEffect> Effects { get; init; } = new Dictionary<Guid, ShiftEffect>();
    public IReadOnlyList<ChannelResponse> Responses { get; init; } = [];

    public bool IsOpen => Statement.Count > 0;
    public long SumMinor => Channels.Sum(c => c.NowMinor ?? 0);

    /// <summary>Approved and given to no channel.</summary>
    public long ReserveMinor => Statement.Where(s => s.Entry.Account == LedgerEntry.Reserve).Sum(s => s.Entry.AmountMinor);

    /// <summary>What was approved: the plan account with its sign turned.</summary>
    public long ApprovedMinor => -Statement.Where(s => s.Entry.Account == LedgerEntry.Plan).Sum(s => s.Entry.AmountMinor);

    public bool Balances => SumMinor + ReserveMinor == ApprovedMinor;

    public Phrase NameOf(string account) => AccountNames.Of(Channels.ToDictionary(c => c.Channel.Code, c => c.Channel.Name), account);

    /// <summary>What platforms still have to be told, or do not do; one line a channel.</summary>
    public IReadOnlyList<Instruction> ToTell =>
        [.. Instructions.Where(i => i.State is not (InstructionState.Confirmed or InstructionState.Replaced))];

    public BudgetShift? ShiftOf(Instruction instruction) => Shifts.FirstOrDefault(s => s.Shift.Id == instruction.ShiftId)?.Shift;

    public ChannelConnection ConnectionOf(string channel) =>
        Connections.GetValueOrDefault(channel)
        ?? new()
        {
            CampaignId = Campaign.Id,
            Channel = channel,
            Adapter = Adapter.Sheet,
        };

    /// <summary>What the platform calls the channel.</summary>
    public string TargetOf(string channel) => ConnectionOf(channel).Target ?? NameOf(channel).En;

    /// <summary>Every account that can have a statement: channels first, then what stands beside them.</summary>
    public IReadOnlyList<string> Accounts =>
        [
            .. Channels.Select(c => c.Channel.Code),
            .. Statement.Select(s => s.Entry.Account).Where(BudgetLedger.IsBookkeeping).Distinct(StringComparer.Ordinal),
        ];

    public IReadOnlyList<StatementLine> StatementOf(string account) => [.. Statement.Where(s => s.Entry.Account == account)];

    /// <summary>The accounts on the other side of a leg.</summary>
    public IReadOnlyList<string> OtherSides(StatementLine line) =>
        [
            .. Statement
                .Where(s => s.Entry.Transfer == line.Entry.Transfer && Math.Sign(s.Entry.AmountMinor) != Math.Sign(line.Entry.AmountMinor))
                .Select(s => s.Entry.Account),
        ];
}
