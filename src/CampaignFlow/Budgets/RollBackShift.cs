using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>Undoes an applied shift by a reverse entry; the original stays in the books.</summary>
public sealed class RollBackShift(CampaignFlowDb db, BudgetLedger ledger, TimeProvider clock)
{
    /// <returns>Null when undone; otherwise why it cannot be.</returns>
    public async Task<Phrase?> HandleAsync(Guid shiftId, string by, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var owner = await db
            .BudgetShifts.Where(s => s.Id == shiftId)
            .Select(s => (Guid?)s.CampaignId)
            .SingleOrDefaultAsync(cancellationToken);
        await ledger.LockAsync(owner.GetValueOrDefault(), cancellationToken); // of two people at once the second sees what the first did
        if (await UndoAsync(shiftId, by, cancellationToken) is { } no)
            return no;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>The same inside the caller's transaction, which holds the lock of the books.</summary>
    internal async Task<Phrase?> UndoAsync(Guid shiftId, string by, CancellationToken cancellationToken)
    {
        var shift = await db.BudgetShifts.SingleOrDefaultAsync(s => s.Id == shiftId, cancellationToken);
        if (shift is null)
            return new("There is no such shift.", "没有这笔调整。");
        if (shift.State == ShiftState.RolledBack)
            return null;
        if (shift.State != ShiftState.Applied)
            return new($"{shift.Title} was never applied, so there is nothing to undo.", $"{shift.Title} 未生效，无需撤销。");
        var campaign = await db.Campaigns.SingleAsync(c => c.Id == shift.CampaignId, cancellationToken);
        var now = clock.GetUtcNow();
        if (
            await ledger.MoveAsync(
                campaign,
                BudgetLedger.Undo + shift.Id,
                shift.To,
                shift.From,
                shift.AmountMinor,
                now,
                cancellationToken
            ) is
            { } no
        )
            return no;
        var (from, to) = await db.SidesAsync(shift, cancellationToken);
        shift.State = ShiftState.RolledBack;
        shift.RolledBackAt = now;
        shift.Version++;
        db.Publish($"shift-rolled-back:{shift.Id}", new ShiftSettled(campaign.Id, shift.Id, shift.DecisionId, shift.Key, shift.State), now);
        db.Note(
            campaign.Id,
            now,
            by,
            new(
                $"{shift.Title} rolled back: {campaign.Money(shift.AmountMinor)} a day returned from {to.En} to {from.En}.",
                $"{shift.Title} 已撤销：每日 {campaign.Money(shift.AmountMinor)} 从 {to.Zh} 退回 {from.Zh}。"
            )
        );
        return null;
    }
}
