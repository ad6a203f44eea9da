using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>What undoing all shifts since an instant would do.</summary>
/// <param name="Shifts">Newest first, as they would be undone.</param>
/// <param name="Changes">Net change of each account, minor units.</param>
/// <param name="Objection">Why it cannot be done as a whole; then nothing is.</param>
public sealed record RollBackPreview(IReadOnlyList<BudgetShift> Shifts, IReadOnlyDictionary<string, long> Changes, Phrase? Objection)
{
    /// <summary>What was looked at: the act is done on exactly this or not at all.</summary>
    public string Seal => string.Join('-', Shifts.Select(s => s.Number));
}

/// <summary>Undoes every shift applied since an instant, newest first, each by its reverse entry: all of them or none.</summary>
public sealed class RollBackSince(CampaignFlowDb db, BudgetLedger ledger, MoneyRails rails, RollBackShift rollBack)
{
    public async Task<RollBackPreview> PreviewAsync(Campaign campaign, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var shifts = await db
            .BudgetShifts.AsNoTracking()
            .Where(s => s.CampaignId == campaign.Id && s.State == ShiftState.Applied && s.DecidedAt >= since)
            .OrderByDescending(s => s.DecidedAt)
            .ThenByDescending(s => s.Number)
            .ToListAsync(cancellationToken);
        var channels = await rails.ChannelsAsync(campaign, isUndo: true, cancellationToken);
        var balances = (await ledger.AccountsAsync(campaign.Id, cancellationToken)).ToDictionary();
        var changes = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var shift in shifts)
        {
            var back = new Movement(shift.To, shift.From, shift.AmountMinor, null, since);
            if (BudgetLedger.Objection(campaign, channels, balances, back) is { } no)
                return new(shifts, changes, new($"{shift.Title}: {no.En}", $"{shift.Title}：{no.Zh}"));
            foreach (var (account, change) in new[] { (back.From, -back.AmountMinor), (back.To, back.AmountMinor) })
            {
                balances[account] = balances.GetValueOrDefault(account) + change;
                changes[account] = changes.GetValueOrDefault(account) + change;
            }
        }
        return new(shifts, changes, null);
    }

    /// <param name="seal">Of the preview that the person saw.</param>
    /// <returns>How many were undone, or why none was.</returns>
    public async Task<(int Undone, Phrase? Refusal)> HandleAsync(
        Guid campaignId,
        DateTimeOffset since,
        string seal,
        string by,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await ledger.LockAsync(campaignId, cancellationToken);
        var campaign = await db.Campaigns.SingleAsync(c => c.Id == campaignId, cancellationToken);
        var preview = await PreviewAsync(campaign, since, cancellationToken);
        if (preview.Shifts.Count == 0)
            return (0, null); // sent twice: done already
        if (preview.Seal != seal)
            return (0, new("Shifts were applied or undone meanwhile; look at the preview again.", "期间有新的调整或撤销，请重新预览。"));
        if (preview.Objection is { } no)
            return (0, no);
        foreach (var shift in preview.Shifts)
        {
            if (await rollBack.UndoAsync(shift.Id, by, cancellationToken) is { } refusal)
                return (0, refusal);
            await db.SaveChangesAsync(cancellationToken);
        }
        await transaction.CommitAsync(cancellationToken);
        return (preview.Shifts.Count, null);
    }
}
