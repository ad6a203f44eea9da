using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <param name="Key">What makes it one proposal; the same key again returns the same shift.</param>
/// <param name="MayActAlone">The rule's mode lets it act without asking for this amount.</param>
/// <param name="Why">Shown to the person who decides.</param>
public sealed record ShiftProposal(
    string Key,
    string From,
    string To,
    long AmountMinor,
    bool MayActAlone,
    string ProposedBy,
    Phrase Why,
    Guid? DecisionId = null
)
{
    /// <summary>The person who proposes it; null for a rule.</summary>
    public Guid? Person { get; init; }
}

/// <summary>Takes up a proposal: applies it, asks people, or refuses it with a sentence. Runs inside the caller's transaction.</summary>
public sealed class ProposeShift(CampaignFlowDb db, ApplyShift apply, OpenApproval approvals, BudgetLedger ledger)
{
    /// <summary>A proposal that nobody answers is dropped, never applied.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromHours(24);

    public async Task<(BudgetShift Shift, Phrase? Refusal)> HandleAsync(
        Campaign campaign,
        ShiftProposal proposal,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await ledger.LockAsync(campaign.Id, cancellationToken); // numbers are given one at a time
        if (await db.BudgetShifts.FirstOrDefaultAsync(s => s.Key == proposal.Key, cancellationToken) is { } known)
            return (known, null);
        var number = await db.BudgetShifts.Where(s => s.CampaignId == campaign.Id).MaxAsync(s => (int?)s.Number, cancellationToken) ?? 0;
        var waiting = db.BudgetShifts.Local.Where(s => s.CampaignId == campaign.Id).Select(s => s.Number).DefaultIfEmpty().Max();
        var shift = new BudgetShift
        {
            CampaignId = campaign.Id,
            Number = Math.Max(number, waiting) + 1,
            Key = proposal.Key,
            From = proposal.From,
            To = proposal.To,
            AmountMinor = proposal.AmountMinor,
            DecisionId = proposal.DecisionId,
            ProposedBy = proposal.ProposedBy,
            ProposedAt = now,
        };
        db.BudgetShifts.Add(shift);
        var total = (await ledger.BalancesAsync(campaign.Id, cancellationToken)).Values.Sum();
        var roles = ApprovalPolicy.RolesFor(shift.From, shift.To, shift.AmountMinor, total, proposal.MayActAlone);
        if (roles.Count == 0)
            return (shift, await apply.HandleAsync(campaign, shift, proposal.ProposedBy, now, cancellationToken));
        await AskAsync(campaign, shift, proposal, roles, now, cancellationToken);
        return (shift, null);
    }

    private async Task AskAsync(
        Campaign campaign,
        BudgetShift shift,
        ShiftProposal proposal,
        IReadOnlyList<string> roles,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var (from, to) = await db.SidesAsync(shift, cancellationToken);
        var amount = campaign.Money(shift.AmountMinor);
        await approvals.HandleAsync(
            new(
                campaign,
                $"shift:{shift.Key}",
                "shift",
                new($"{shift.Title}: {from.En} → {to.En}, {amount} a day", $"{shift.Title}：{from.Zh} → {to.Zh}，{amount}/日"),
                proposal.Why
            )
            {
                Roles = roles,
                DueAt = now + AnswerWithin,
                ShiftId = shift.Id,
                AskedBy = proposal.Person,
            },
            now,
            cancellationToken
        );
    }
}
