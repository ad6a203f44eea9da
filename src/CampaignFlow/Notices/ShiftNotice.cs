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
        var names = await db.ChannelNamesAsync(campaign.Id, cancellationToken);
        var after = await ledger.BalancesAsync(campaign.Id, cancellationToken);
        var before = after.ToDictionary(b => b.Key, b => b.Value);
        before[shift.From] += shift.AmountMinor;
        before[shift.To] -= shift.AmountMinor;
        var mail = new ShiftAppliedMail
        {
            Campaign = new(campaign.Code, campaign.Name),
            Path = $"/campaigns/{campaign.Code}/budget",
            Number = shift.Title,
            From = names[shift.From],
            To = names[shift.To],
            PerDay = campaign.Money(shift.AmountMinor),
            Budgets =
            [
                ApprovalNotice.Line(campaign, names[shift.From], before[shift.From], -shift.AmountMinor),
                ApprovalNotice.Line(campaign, names[shift.To], before[shift.To], shift.AmountMinor),
            ],
            DailyTotal = campaign.Money(after.Values.Sum()),
            Why = decision?.Why ?? new($"Proposed by {shift.ProposedBy}.", $"由 {shift.ProposedBy} 提出。"),
            By = shift.DecidedBy ?? shift.ProposedBy,
            Effective = campaign.Today(shift.DecidedAt ?? shift.ProposedAt),
            ToDo = new(
                "Set both daily budgets in the platforms; the next import confirms them.",
                "请在投放平台修改两个渠道的日预算，下次导入数据时核对。"
            ),
        };
        foreach (var reader in await Recipients.OfRoleAsync(db, Roles.Operator, cancellationToken))
            await post.PostAsync(db, mail, reader, shift.Id.ToString("N"), campaign.Id, clock.GetUtcNow(), cancellationToken);
    }
}
