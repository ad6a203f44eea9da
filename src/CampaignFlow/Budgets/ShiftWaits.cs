using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Waiting;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>A workflow's shift was decided: the run that waits for it goes on.</summary>
internal sealed class WakeShiftWaits(CampaignFlowDb db, TimeProvider clock) : IFactHandler<ShiftSettled>
{
    public async Task Handle(ShiftSettled fact, CancellationToken cancellationToken)
    {
        var key = fact.ShiftId.ToString();
        // What was applied or refused at once is known to its run already.
        if (await db.RunBookmarks.AnyAsync(b => b.Kind == ShiftBudget.BookmarkKind && b.Key == key, cancellationToken))
            await db.SignalAsync(
                ShiftBudget.BookmarkKind,
                key,
                fact.CampaignId.ToString(),
                null,
                $"shift:{key}:{fact.State}",
                clock.GetUtcNow(),
                cancellationToken
            );
    }
}

/// <summary>A run that waits for the decision on a shift: which one, and how much.</summary>
internal sealed class ShiftWaits(CampaignFlowDb db) : IWaitReason
{
    public string Kind => ShiftBudget.BookmarkKind;

    public async Task<IReadOnlyDictionary<Wait, Phrase>> SayAsync(IReadOnlyList<Wait> waits, CancellationToken cancellationToken)
    {
        var ids = waits.Select(w => Guid.Parse(w.Bookmark.Key)).ToList();
        var shifts = await db.BudgetShifts.AsNoTracking().Where(s => ids.Contains(s.Id)).ToDictionaryAsync(s => s.Id, cancellationToken);
        var said = new Dictionary<Wait, Phrase>();
        foreach (var wait in waits)
        {
            if (!shifts.TryGetValue(Guid.Parse(wait.Bookmark.Key), out var shift))
                continue;
            var (from, to) = await db.SidesAsync(shift, cancellationToken);
            var since = wait.Day(shift.ProposedAt);
            said[wait] = new(
                $"Waits since {since.En} for the decision on {shift.Title}: {from.En} → {to.En}.",
                $"自{since.Zh}起等待对 {shift.Title} 的决定：{from.Zh} → {to.Zh}。"
            );
        }
        return said;
    }
}
