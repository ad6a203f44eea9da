using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Applying;

/// <summary>An instruction that the product carries out itself.</summary>
public sealed record InstructionIssued(Guid InstructionId) : IEffect;

/// <summary>Turns what moved in the ledger into instructions to platforms, one a channel; the newest of a channel takes the older ones' place.</summary>
public sealed class WriteInstructions(CampaignFlowDb db, BudgetLedger ledger, TimeProvider clock) : IFactHandler<ShiftSettled>
{
    private const string SheetKey = "sheet:";
    private static readonly TimeSpan SheetDue = TimeSpan.FromHours(24);

    public async Task Handle(ShiftSettled fact, CancellationToken cancellationToken)
    {
        if (fact.State is not (ShiftState.Applied or ShiftState.RolledBack))
            return;
        var shift = await db.BudgetShifts.AsNoTracking().SingleAsync(s => s.Id == fact.ShiftId, cancellationToken);
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == fact.CampaignId, cancellationToken);
        var transfer = (fact.State == ShiftState.Applied ? "shift:" : "rollback:") + shift.Id;
        var legs = await db
            .Ledger.AsNoTracking()
            .Where(e => e.CampaignId == campaign.Id && e.Transfer == transfer)
            .OrderBy(e => e.AmountMinor)
            .ToListAsync(cancellationToken);
        var now = clock.GetUtcNow();
        var balances = await ledger.BalancesAsync(campaign.Id, cancellationToken);
        var adapters = await db
            .ChannelConnections.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .ToDictionaryAsync(c => c.Channel, c => c.Adapter, cancellationToken);
        var sheet = new List<Instruction>();
        foreach (var leg in legs.Where(l => !BudgetLedger.IsBookkeeping(l.Account)))
        {
            var key = $"{transfer}:{leg.Account}";
            if (await db.Instructions.AnyAsync(i => i.Key == key, cancellationToken))
                continue;
            await ReplaceAsync(campaign, leg.Account, now, cancellationToken);
            var amount = balances[leg.Account];
            var instruction = new Instruction
            {
                Key = key,
                CampaignId = campaign.Id,
                Channel = leg.Account,
                ShiftId = shift.Id,
                BeforeMinor = amount - leg.AmountMinor,
                AmountMinor = amount,
                RestMinor = amount * Math.Max(0, campaign.EndsOn.DayNumber - leg.Day.DayNumber + 1),
                Adapter = adapters.GetValueOrDefault(leg.Account),
                At = now,
                Day = leg.Day,
            };
            db.Instructions.Add(instruction);
            if (instruction.Adapter == Adapter.Sheet)
                sheet.Add(instruction);
            else
                db.Publish($"instruction:{key}", new InstructionIssued(instruction.Id), now);
        }
        if (sheet.Count > 0)
            await GiveSheetAsync(campaign, shift, transfer, sheet, now, cancellationToken);
    }

    /// <summary>The task whose "done" ticks the instruction off.</summary>
    public static string SheetOf(Instruction instruction) => SheetKey + instruction.Key[..^(instruction.Channel.Length + 1)];

    internal static bool IsSheet(WorkTask task) => task.Key.StartsWith(SheetKey, StringComparison.Ordinal);

    /// <summary>What was not carried out yet need not be any more, nor the task when nothing else stands on its sheet.</summary>
    private async Task ReplaceAsync(Campaign campaign, string channel, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var older = await db
            .Instructions.Where(i =>
                i.CampaignId == campaign.Id
                && i.Channel == channel
                && i.State != InstructionState.Replaced
                && i.State != InstructionState.Confirmed
            )
            .ToListAsync(cancellationToken);
        foreach (var one in older)
        {
            (one.State, one.SettledAt) = (InstructionState.Replaced, now);
            one.Version++;
            var key = SheetOf(one);
            var siblings = await db.Instructions.Where(i => i.ShiftId == one.ShiftId && i.Id != one.Id).ToListAsync(cancellationToken);
            if (siblings.Exists(i => SheetOf(i) == key && i.State == InstructionState.Open))
                continue;
            if (await db.WorkTasks.SingleOrDefaultAsync(t => t.Key == key && t.DoneAt == null, cancellationToken) is { } task)
                task.WithdrawnAt ??= now;
        }
    }

    /// <summary>The mail about the shift leads to the sheet, so the task sends none of its own.</summary>
    private async Task GiveSheetAsync(
        Campaign campaign,
        BudgetShift shift,
        string transfer,
        List<Instruction> sheet,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var names = await db.ChannelNamesAsync(campaign.Id, cancellationToken);
        string Line(Instruction i, string from, string to) =>
            $"{names[i.Channel]}{from}{campaign.Money(i.BeforeMinor)}{to}{campaign.Money(i.AmountMinor)}";
        db.WorkTasks.Add(
            new()
            {
                CampaignId = campaign.Id,
                Key = SheetKey + transfer,
                TitleEn = $"{shift.Title}: set the new daily budgets in the platforms",
                TitleZh = $"{shift.Title}：在投放平台修改日预算",
                WhyEn =
                    string.Join("; ", sheet.Select(i => Line(i, ": from ", " to ")))
                    + " a day. Finish this task when it is done; the next import checks it.",
                WhyZh = string.Join("；", sheet.Select(i => Line(i, "：日预算由 ", " 改为 "))) + "。改好后点“完成任务”，下次导入会核对。",
                Role = Roles.Operator,
                CreatedAt = now,
                DueAt = now + SheetDue,
            }
        );
    }
}
