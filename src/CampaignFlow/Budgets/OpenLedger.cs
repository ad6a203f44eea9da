using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>The approved budget plan opens the books: from here on only balanced transfers change them.</summary>
public sealed class OpenLedger(CampaignFlowDb db, BudgetLedger ledger, TimeProvider clock) : IFactHandler<ApprovalDecided>
{
    public async Task Handle(ApprovalDecided fact, CancellationToken cancellationToken)
    {
        if (fact.Kind != "budget" || fact.State != ApprovalState.Approved)
            return;
        var campaign = await db.Campaigns.SingleAsync(c => c.Id == fact.CampaignId, cancellationToken);
        var plan = await db
            .CampaignChannels.Where(c => c.CampaignId == campaign.Id)
            .ToDictionaryAsync(c => c.Code, c => c.PlannedMinor, cancellationToken);
        var now = clock.GetUtcNow();
        await ledger.OpenAsync(campaign, plan, now, cancellationToken);
        var total = campaign.Money(plan.Values.Sum());
        db.Note(
            campaign.Id,
            now,
            fact.By,
            new($"Budget of {total} a day approved; the ledger is open.", $"日预算 {total} 已批准，账本开账。")
        );
    }
}
