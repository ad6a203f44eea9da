using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>A person decided about a shift, or nobody did in time: money moves, or it is dropped.</summary>
public sealed class SettleShift(CampaignFlowDb db, ApplyShift apply, TimeProvider clock) : IFactHandler<ApprovalDecided>
{
    public async Task Handle(ApprovalDecided fact, CancellationToken cancellationToken)
    {
        if (fact.ShiftId is not { } id)
            return;
        var shift = await db.BudgetShifts.SingleAsync(s => s.Id == id, cancellationToken);
        if (shift.State != ShiftState.Waiting)
            return;
        var campaign = await db.Campaigns.SingleAsync(c => c.Id == shift.CampaignId, cancellationToken);
        var now = clock.GetUtcNow();
        if (fact.State == ApprovalState.Approved)
            await apply.HandleAsync(campaign, shift, fact.By, now, cancellationToken);
        else
            Drop(shift, fact, now);
    }

    private void Drop(BudgetShift shift, ApprovalDecided fact, DateTimeOffset now)
    {
        shift.State = fact.State == ApprovalState.Expired ? ShiftState.Expired : ShiftState.Rejected;
        shift.DecidedAt = now;
        shift.DecidedBy = fact.By;
        shift.Version++;
        db.Publish(
            $"shift-settled:{shift.Id}",
            new ShiftSettled(shift.CampaignId, shift.Id, shift.DecisionId, shift.Key, shift.State),
            now
        );
        db.Note(
            shift.CampaignId,
            now,
            fact.By,
            shift.State == ShiftState.Expired
                ? new(
                    $"{shift.Title} expired: nobody answered in time, nothing was moved.",
                    $"{shift.Title} 已过期：无人按时答复，预算未变。"
                )
                : new($"{shift.Title} was rejected; nothing was moved.", $"{shift.Title} 被退回，预算未变。")
        );
    }
}
