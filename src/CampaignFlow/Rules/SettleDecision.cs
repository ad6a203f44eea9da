using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>Keeps a decision's outcome true after people and the ledger have spoken.</summary>
public sealed class SettleDecision(CampaignFlowDb db, TimeProvider clock) : IFactHandler<ShiftSettled>, IFactHandler<ApprovalDecided>
{
    public async Task Handle(ShiftSettled fact, CancellationToken cancellationToken)
    {
        if (fact.DecisionId is { } id && await db.Decisions.SingleOrDefaultAsync(d => d.Id == id, cancellationToken) is { } decision)
            decision.Outcome = EvaluateCampaign.OutcomeOf(fact.State);
    }

    /// <summary>What a rule asked people about (pause, go on, advance) and what they said.</summary>
    public async Task Handle(ApprovalDecided fact, CancellationToken cancellationToken)
    {
        var approval = await db.Approvals.AsNoTracking().SingleAsync(a => a.Id == fact.ApprovalId, cancellationToken);
        if (fact.ShiftId is not null || !approval.Key.StartsWith("decision:", StringComparison.Ordinal))
            return;
        var key = approval.Key["decision:".Length..];
        if (await db.Decisions.SingleOrDefaultAsync(d => d.Key == key, cancellationToken) is not { } decision)
            return;
        decision.Outcome = fact.State switch
        {
            ApprovalState.Approved => DecisionOutcome.Applied,
            ApprovalState.Expired => DecisionOutcome.Expired,
            _ => DecisionOutcome.Rejected,
        };
        if (fact.State != ApprovalState.Approved || fact.Kind != "pause" || decision.From is not { } code)
            return;
        var channel = await db.CampaignChannels.SingleAsync(c => c.CampaignId == fact.CampaignId && c.Code == code, cancellationToken);
        channel.Active = false;
        db.Note(fact.CampaignId, clock.GetUtcNow(), fact.By, new($"{channel.Name} paused.", $"{channel.Name} 已暂停。"));
    }
}
