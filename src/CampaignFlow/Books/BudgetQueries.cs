using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

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
/// <param name="IsConfirmed">Both channels' numbers of a whole day under the new budget have come in; null when no money moved.</param>
public sealed record ShiftLine(
    BudgetShift Shift,
    Phrase? Why,
    string? Rule,
    Approval? Approval,
    IReadOnlyList<string> Waiting,
    bool? IsConfirmed
);

/// <summary>One leg of a transfer as the statement prints it.</summary>
/// <param name="BalanceMinor">Of the account after this leg.</param>
public sealed record StatementLine(LedgerEntry Entry, Phrase Name, BudgetShift? Shift, long BalanceMinor)
{
    public bool IsRollback => Entry.Transfer.StartsWith("rollback:", StringComparison.Ordinal);
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
    public bool IsOpen => Statement.Count > 0;
    public long SumMinor => Channels.Sum(c => c.NowMinor ?? 0);

    /// <summary>Approved and given to no channel.</summary>
    public long ReserveMinor => Statement.Where(s => s.Entry.Account == LedgerEntry.Reserve).Sum(s => s.Entry.AmountMinor);

    /// <summary>What was approved: the plan account with its sign turned.</summary>
    public long ApprovedMinor => -Statement.Where(s => s.Entry.Account == LedgerEntry.Plan).Sum(s => s.Entry.AmountMinor);

    public bool Balances => SumMinor + ReserveMinor == ApprovedMinor;

    public Phrase NameOf(string account) => AccountNames.Of(Channels.ToDictionary(c => c.Channel.Code, c => c.Channel.Name), account);
}

public sealed class BudgetQueries(CampaignFlowDb db, BudgetLedger ledger, MetricQueries metrics, TimeProvider clock)
{
    /// <returns>Null when there is no such campaign.</returns>
    public async Task<BudgetView?> FindAsync(string code, CancellationToken cancellationToken)
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, cancellationToken) is not { } campaign)
            return null;
        var now = clock.GetUtcNow();
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderByDescending(c => c.PlannedMinor)
            .ThenBy(c => c.Code)
            .ToListAsync(cancellationToken);
        var entries = await db
            .Ledger.AsNoTracking()
            .Where(e => e.CampaignId == campaign.Id)
            .OrderBy(e => e.Id)
            .ToListAsync(cancellationToken);
        var balances = await ledger.BalancesAsync(campaign.Id, cancellationToken);
        var shifts = await db
            .BudgetShifts.AsNoTracking()
            .Where(s => s.CampaignId == campaign.Id)
            .OrderByDescending(s => s.Number)
            .ToListAsync(cancellationToken);
        var known = await metrics.DaysAsync(campaign.Id, now, campaign.StartsOn, campaign.EndsOn, cancellationToken);
        var until = campaign.Today(now) < campaign.EndsOn ? campaign.Today(now) : campaign.EndsOn;
        return new(
            campaign,
            [.. channels.Select(c => new ChannelLine(c, balances.TryGetValue(c.Code, out var minor) ? minor : null))],
            await ShiftsAsync(campaign, shifts, known, cancellationToken),
            Statement(entries, channels, shifts),
            entries.Count > 0 ? await ledger.HistoryAsync(campaign.Id, campaign.StartsOn, until, cancellationToken) : [],
            known.LatestKnownAt
        );
    }

    private async Task<IReadOnlyList<ShiftLine>> ShiftsAsync(
        Campaign campaign,
        List<BudgetShift> shifts,
        KnownDays known,
        CancellationToken cancellationToken
    )
    {
        var approvals = await db
            .Approvals.AsNoTracking()
            .Where(a => a.CampaignId == campaign.Id && a.ShiftId != null)
            .ToDictionaryAsync(a => a.ShiftId!.Value, cancellationToken);
        var asked = approvals.Values.Select(a => a.Id).ToList();
        var said = (await db.ApprovalVotes.AsNoTracking().Where(v => asked.Contains(v.ApprovalId)).ToListAsync(cancellationToken)).ToLookup(
            v => v.ApprovalId,
            v => v.Role
        );
        var wanted = shifts.Where(s => s.DecisionId is not null).Select(s => s.DecisionId!.Value).ToList();
        var decisions = await db.Decisions.AsNoTracking().Where(d => wanted.Contains(d.Id)).ToDictionaryAsync(d => d.Id, cancellationToken);
        return
        [
            .. shifts.Select(s =>
            {
                var approval = approvals.GetValueOrDefault(s.Id);
                var decision = s.DecisionId is { } id ? decisions.GetValueOrDefault(id) : null;
                var open = approval is { State: ApprovalState.Open };
                return new ShiftLine(
                    s,
                    decision?.Why ?? approval?.Why,
                    decision?.Rule,
                    approval,
                    open ? [.. approval!.Roles.Except(said[approval.Id])] : [],
                    s.State is ShiftState.Applied or ShiftState.RolledBack ? IsConfirmed(campaign, s, known) : null
                );
            }),
        ];
    }

    /// <summary>The day of the change itself is half old, half new; the day after is the first that proves it.</summary>
    private static bool IsConfirmed(Campaign campaign, BudgetShift shift, KnownDays known)
    {
        var proves = campaign.Today(shift.RolledBackAt ?? shift.DecidedAt ?? shift.ProposedAt).AddDays(1);
        return new[] { shift.From, shift.To }.Where(a => !BudgetLedger.IsBookkeeping(a)).All(c => known.Of(c).Any(d => d.Date >= proves));
    }

    private static IReadOnlyList<StatementLine> Statement(
        IReadOnlyList<LedgerEntry> entries,
        IReadOnlyList<CampaignChannel> channels,
        IReadOnlyList<BudgetShift> shifts
    )
    {
        var names = channels.ToDictionary(c => c.Code, c => c.Name);
        var byTransfer = shifts
            .SelectMany(s => new[] { ($"shift:{s.Id}", s), ($"rollback:{s.Id}", s) })
            .ToDictionary(p => p.Item1, p => p.s, StringComparer.Ordinal);
        var balance = new Dictionary<string, long>(StringComparer.Ordinal);
        var lines = new List<StatementLine>(entries.Count);
        foreach (var entry in entries)
        {
            balance[entry.Account] = balance.GetValueOrDefault(entry.Account) + entry.AmountMinor;
            lines.Add(
                new(entry, AccountNames.Of(names, entry.Account), byTransfer.GetValueOrDefault(entry.Transfer), balance[entry.Account])
            );
        }
        return lines;
    }
}
