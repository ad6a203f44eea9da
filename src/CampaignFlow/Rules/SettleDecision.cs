using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>Keeps a decision's outcome true after people and the ledger have spoken, and does what their answer means.</summary>
public sealed class SettleDecision(CampaignFlowDb db, TimeProvider clock) : IFactHandler<ShiftSettled>, IFactHandler<ApprovalDecided>
{
    /// <summary>Keys of approvals that rules asked for begin so; the decision's key follows.</summary>
    internal const string ApprovalKey = "decision:";

    public async Task Handle(ShiftSettled fact, CancellationToken cancellationToken)
    {
        if (fact.DecisionId is { } id && await db.Decisions.SingleOrDefaultAsync(d => d.Id == id, cancellationToken) is { } decision)
            decision.Outcome = EvaluateCampaign.OutcomeOf(fact.State);
    }

    public async Task Handle(ApprovalDecided fact, CancellationToken cancellationToken)
    {
        var approval = await db.Approvals.AsNoTracking().SingleAsync(a => a.Id == fact.ApprovalId, cancellationToken);
        if (fact.ShiftId is not null || !approval.Key.StartsWith(ApprovalKey, StringComparison.Ordinal))
            return;
        var key = approval.Key[ApprovalKey.Length..];
        if (await db.Decisions.SingleOrDefaultAsync(d => d.Key == key, cancellationToken) is not { } decision)
            return;
        decision.Outcome = fact.State switch
        {
            ApprovalState.Approved => DecisionOutcome.Applied,
            ApprovalState.Expired => DecisionOutcome.Expired,
            _ => DecisionOutcome.Rejected,
        };
        switch (decision.Action, fact.State == ApprovalState.Approved)
        {
            case ("pause", true):
                await SetActiveAsync(decision, fact, active: false, cancellationToken);
                break;
            case ("resume", true):
                await SetActiveAsync(decision, fact, active: true, cancellationToken);
                break;
            case ("advance", true):
                await EndFlightAsync(fact, cancellationToken);
                break;
            case ("ask", false) when decision.Otherwise == "resume":
                await SetActiveAsync(decision, fact, active: true, cancellationToken);
                break;
            case ("ask", false) when decision.Otherwise?.StartsWith("advance", StringComparison.Ordinal) == true:
                await EndFlightAsync(fact, cancellationToken);
                break;
        }
    }

    private async Task SetActiveAsync(Decision decision, ApprovalDecided fact, bool active, CancellationToken cancellationToken)
    {
        var channels = await db.CampaignChannels.Where(c => c.CampaignId == fact.CampaignId).ToListAsync(cancellationToken);
        var channel = channels.Single(c => c.Code == decision.From);
        if (!active && channels.All(c => c == channel || !c.Active))
        {
            var last = new Phrase(
                $"{channel.Name} stays: it is the last active channel.",
                $"{channel.Name} 是最后一个在投渠道，保持投放。"
            );
            db.Note(fact.CampaignId, clock.GetUtcNow(), fact.By, last);
            (decision.Outcome, decision.BlockedBy) = (DecisionOutcome.Refused, "last channel");
            return;
        }
        channel.Active = active;
        db.Note(
            fact.CampaignId,
            clock.GetUtcNow(),
            fact.By,
            active
                ? new($"{channel.Name} resumed.", $"{channel.Name} 已恢复投放。")
                : new($"{channel.Name} paused.", $"{channel.Name} 已暂停。")
        );
    }

    /// <summary>Today is the last day; the next evaluation finds the flight over.</summary>
    private async Task EndFlightAsync(ApprovalDecided fact, CancellationToken cancellationToken)
    {
        var campaign = await db.Campaigns.SingleAsync(c => c.Id == fact.CampaignId, cancellationToken);
        var now = clock.GetUtcNow();
        var today = campaign.Today(now);
        if (today >= campaign.EndsOn)
            return;
        campaign.EndsOn = today;
        db.Note(campaign.Id, now, fact.By, new($"The flight ends early, on {today:yyyy-MM-dd}.", $"投放提前于 {today:yyyy-MM-dd} 结束。"));
    }
}
