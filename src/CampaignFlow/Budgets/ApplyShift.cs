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
        var objection = campaign.HeldBy is not null
            ? new Phrase("All budget changes of this campaign are on hold.", "该活动的预算调整已全部暂停。")
            : await ledger.MoveAsync(campaign, $"shift:{shift.Id}", shift.From, shift.To, shift.AmountMinor, now, cancellationToken);
        shift.State = objection is null ? ShiftState.Applied : ShiftState.Refused;
        shift.DecidedAt = now;
        shift.DecidedBy = by;
        shift.Version++;
        db.Publish($"shift-settled:{shift.Id}", new ShiftSettled(campaign.Id, shift.Id, shift.DecisionId, shift.Key, shift.State), now);
        db.Note(campaign.Id, now, by, objection is { } no ? Refused(shift, no) : Applied(campaign, shift));
        return objection;
    }

    private static Phrase Applied(Campaign campaign, BudgetShift shift) =>
        new(
            $"{shift.Title} applied: {campaign.Money(shift.AmountMinor)} a day from {shift.From} to {shift.To}.",
            $"{shift.Title} 已生效：每日 {campaign.Money(shift.AmountMinor)} 从 {shift.From} 转至 {shift.To}。"
        );

    private static Phrase Refused(BudgetShift shift, Phrase why) =>
        new($"{shift.Title} was refused by the ledger: {why.En}", $"{shift.Title} 被账本拒绝：{why.Zh}");
}
