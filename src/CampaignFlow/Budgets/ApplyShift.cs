using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;

namespace CampaignFlow.Budgets;

/// <summary>Writes a shift into the ledger, once. Runs inside the caller's transaction.</summary>
public sealed class ApplyShift(CampaignFlowDb db, BudgetLedger ledger)
{
    /// <returns>Null when applied; otherwise why the ledger refused it.</returns>
    public async Task<Phrase?> HandleAsync(
        Campaign campaign,
        BudgetShift shift,
        string by,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (shift.State != ShiftState.Waiting)
            return null; // a retry: already settled, already announced
        var objection = await ledger.MoveAsync(
            campaign,
            $"shift:{shift.Id}",
            shift.From,
            shift.To,
            shift.AmountMinor,
            now,
            cancellationToken,
            IsByMachine(shift) ? shift.ProposedBy : null
        );
        var (from, to) = await db.SidesAsync(shift, cancellationToken);
        shift.State = objection is null ? ShiftState.Applied : ShiftState.Refused;
        shift.DecidedAt = now;
        shift.DecidedBy = by;
        shift.Version++;
        db.Publish($"shift-settled:{shift.Id}", new ShiftSettled(campaign.Id, shift.Id, shift.DecisionId, shift.Key, shift.State), now);
        db.Note(campaign.Id, now, by, objection is { } no ? Refused(shift, no) : Applied(campaign, shift, from, to));
        return objection;
    }

    /// <summary>A rule's or a workflow's: what people set as limits for machines binds it.</summary>
    private static bool IsByMachine(BudgetShift shift) =>
        shift.DecisionId is not null || shift.Key.StartsWith(ShiftBudget.KeyPrefix, StringComparison.Ordinal);

    private static Phrase Applied(Campaign campaign, BudgetShift shift, Phrase from, Phrase to) =>
        new(
            $"{shift.Title} applied: {campaign.Money(shift.AmountMinor)} a day from {from.En} to {to.En}.",
            $"{shift.Title} 已生效：每日 {campaign.Money(shift.AmountMinor)} 从 {from.Zh} 转至 {to.Zh}。"
        );

    private static Phrase Refused(BudgetShift shift, Phrase why) =>
        new($"{shift.Title} was refused by the ledger: {why.En}", $"{shift.Title} 被账本拒绝：{why.Zh}");
}
