using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>A person proposes a shift; the same limits and approvals hold as for a rule's.</summary>
public sealed class RequestShift(CampaignFlowDb db, ProposeShift propose, BudgetLedger ledger, TimeProvider clock)
{
    private const int LongestReason = 2000;

    /// <param name="key">Made by the form, so that sending it twice is one request.</param>
    /// <returns>The shift, or why there is none.</returns>
    public async Task<(BudgetShift? Shift, Phrase? Refusal)> HandleAsync(
        Guid campaignId,
        string from,
        string to,
        long amountMinor,
        string reason,
        string key,
        Person person,
        CancellationToken cancellationToken
    )
    {
        if (amountMinor <= 0)
            return (null, new("The amount must be more than zero.", "金额必须大于零。"));
        if (reason.Trim().Length == 0)
            return (null, new("Say why: the person who decides will read it.", "请说明理由，审批人会看到。"));
        if (reason.Length > LongestReason)
            return (null, new($"The reason has at most {LongestReason} characters.", $"理由最多 {LongestReason} 个字。"));
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var campaign = await db.Campaigns.SingleAsync(c => c.Id == campaignId, cancellationToken);
        var codes = await db.CampaignChannels.Where(c => c.CampaignId == campaignId).Select(c => c.Code).ToListAsync(cancellationToken);
        if (from == to || !May(from, to, codes))
            return (null, new("Choose two different channels of this campaign.", "请选择该活动的两个不同渠道。"));
        if (!await db.Ledger.AnyAsync(e => e.CampaignId == campaignId, cancellationToken))
            return (null, new("The ledger is not open: the budget plan is not approved yet.", "账本尚未开账：预算方案还未批准。"));
        // Nobody should be asked about what the ledger would refuse anyway.
        if (
            !await db.BudgetShifts.AnyAsync(s => s.Key == $"person:{key}", cancellationToken)
            && await ledger.ObjectionAsync(campaign, new(from, to, amountMinor, null, clock.GetUtcNow()), cancellationToken) is { } no
        )
            return (null, no);
        var proposal = new ShiftProposal(
            $"person:{key}",
            from,
            to,
            amountMinor,
            MayActAlone: false,
            person.DisplayName,
            Phrase.Same(reason.Trim())
        )
        {
            Person = person.Id,
        };
        var (shift, refusal) = await propose.HandleAsync(campaign, proposal, clock.GetUtcNow(), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (shift, refusal);
    }

    /// <summary>Between channels, to and from the reserve; the approved total changes by way of the reserve only.</summary>
    private static bool May(string from, string to, List<string> codes) =>
        from == LedgerEntry.Plan ? to == LedgerEntry.Reserve
        : to == LedgerEntry.Plan ? from == LedgerEntry.Reserve
        : (from == LedgerEntry.Reserve || codes.Contains(from)) && (to == LedgerEntry.Reserve || codes.Contains(to));
}
