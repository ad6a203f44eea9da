using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Notices;

/// <summary>Tells the operator that a shift was applied, with what has to be set in the platforms.</summary>
public sealed class ShiftNotice(CampaignFlowDb db, PostMail post, BudgetLedger ledger, TimeProvider clock) : IFactHandler<ShiftSettled>
{
    public async Task Handle(ShiftSettled fact, CancellationToken cancellationToken)
    {
        if (fact.State != ShiftState.Applied)
            return;
        var shift = await db.BudgetShifts.AsNoTracking().SingleAsync(s => s.Id == fact.ShiftId, cancellationToken);
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == fact.CampaignId, cancellationToken);
        var decision = fact.DecisionId is { } id
            ? await db.Decisions.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id, cancellationToken)
            : null;
        if (shift.From == LedgerEntry.Plan || shift.To == LedgerEntry.Plan)
            return; // between the approved total and the reserve no platform has anything to do
        var (from, to) = await db.SidesAsync(shift, cancellationToken);
        var after = await ledger.AccountsAsync(campaign.Id, cancellationToken);
        var before = after.ToDictionary(b => b.Key, b => b.Value);
        before[shift.From] = before.GetValueOrDefault(shift.From) + shift.AmountMinor;
        before[shift.To] = before.GetValueOrDefault(shift.To) - shift.AmountMinor;
        var mail = new ShiftAppliedMail
        {
            Campaign = new(campaign.Code, campaign.Name),
            Path = $"/campaigns/{campaign.Code}/budget",
            Number = shift.Title,
            From = from,
            To = to,
            PerDay = campaign.Money(shift.AmountMinor),
            Budgets =
            [
                ApprovalNotice.Line(campaign, from, before[shift.From], -shift.AmountMinor),
                ApprovalNotice.Line(campaign, to, before[shift.To], shift.AmountMinor),
            ],
            DailyTotal = campaign.Money(-after[LedgerEntry.Plan]),
            Why = decision?.Why ?? new($"Proposed by {shift.ProposedBy}.", $"由 {shift.ProposedBy} 提出。"),
            By = shift.DecidedBy ?? shift.ProposedBy,
            Effective = campaign.Today(shift.DecidedAt ?? shift.ProposedAt),
            ToDo = new(
                "Set the daily budgets in the platforms as the operation sheet says, then finish its task; the next import confirms them.",
                "请按操作单在投放平台修改日预算，然后完成任务；下次导入数据时核对。"
            ),
            Sheet = $"/campaigns/{campaign.Code}/budget/sheet",
        };
        foreach (var reader in await Recipients.OfRoleAsync(db, Roles.Operator, cancellationToken))
            await post.PostAsync(db, mail, reader, shift.Id.ToString("N"), campaign.Id, clock.GetUtcNow(), cancellationToken);
    }
}
