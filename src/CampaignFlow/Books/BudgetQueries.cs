using CampaignFlow.Applying;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Effects;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Books;

/// <summary>Asks for a campaign's books as people read them.</summary>
public sealed class BudgetQueries(CampaignFlowDb db, BudgetLedger ledger, MetricQueries metrics, EffectQueries effects, TimeProvider clock)
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
        var instructions = await db
            .Instructions.AsNoTracking()
            .Where(i => i.CampaignId == campaign.Id)
            .OrderBy(i => i.At)
            .ToListAsync(cancellationToken);
        var known = await metrics.DaysAsync(campaign.Id, now, campaign.StartsOn, campaign.EndsOn, cancellationToken);
        var until = campaign.Today(now) < campaign.EndsOn ? campaign.Today(now) : campaign.EndsOn;
        return new(
            campaign,
            [.. channels.Select(c => new ChannelLine(c, balances.TryGetValue(c.Code, out var minor) ? minor : null))],
            await ShiftsAsync(campaign, shifts, instructions, cancellationToken),
            Statement(entries, channels, shifts),
            entries.Count > 0 ? await ledger.HistoryAsync(campaign.Id, campaign.StartsOn, until, cancellationToken) : [],
            known.LatestKnownAt
        )
        {
            Instructions = instructions,
            Connections = await db
                .ChannelConnections.AsNoTracking()
                .Where(c => c.CampaignId == campaign.Id)
                .ToDictionaryAsync(c => c.Channel, cancellationToken),
            Sandbox = await db
                .SandboxBudgets.AsNoTracking()
                .Where(b => b.CampaignId == campaign.Id)
                .OrderBy(b => b.Channel)
                .ToListAsync(cancellationToken),
            Sheets = await SheetsAsync(instructions, cancellationToken),
            Effects = await effects.OfAsync(campaign.Id, cancellationToken),
            Responses = await effects.ResponsesAsync(campaign, cancellationToken),
        };
    }

    /// <summary>Tasks whose end ticks off what stands open on the sheet.</summary>
    private async Task<IReadOnlyList<WorkTask>> SheetsAsync(List<Instruction> instructions, CancellationToken cancellationToken)
    {
        var keys = instructions
            .Where(i => i is { State: InstructionState.Open, Adapter: Adapter.Sheet })
            .Select(WriteInstructions.SheetOf)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return await db
            .WorkTasks.AsNoTracking()
            .Where(t => keys.Contains(t.Key) && t.DoneAt == null && t.WithdrawnAt == null)
            .OrderBy(t => t.CreatedAt)
            .ToListAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<ShiftLine>> ShiftsAsync(
        Campaign campaign,
        List<BudgetShift> shifts,
        List<Instruction> instructions,
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
                    [.. instructions.Where(i => i.ShiftId == s.Id && i.State != InstructionState.Replaced)]
                );
            }),
        ];
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
