using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>
/// Gathers what rules may know of campaigns at one instant: facts known then, budgets, goals, recent changes. As many statements for a
/// thousand campaigns as for one.
/// </summary>
public sealed class CampaignSnapshot(CampaignFlowDb db, MetricQueries metrics, BudgetLedger ledger, GuardQueries guards, PaceCurves curves)
{
    public async Task<Snapshot> TakeAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await GatherAsync([campaign], now, cancellationToken)).Of(campaign);

    public async Task<GatheredFacts> GatherAsync(IReadOnlyList<Campaign> campaigns, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ids = campaigns.Select(c => c.Id).ToList();
        if (ids.Count == 0)
            return GatheredFacts.None;
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => ids.Contains(c.CampaignId))
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        var goals = await db.Goals.AsNoTracking().Where(g => ids.Contains(g.CampaignId)).ToListAsync(cancellationToken);
        var locks = await db.ChannelLocks.AsNoTracking().Where(l => ids.Contains(l.CampaignId)).ToListAsync(cancellationToken);
        var promotions = await db
            .PromotionWindows.AsNoTracking()
            .Where(w => ids.Contains(w.CampaignId))
            .OrderBy(w => w.First)
            .ThenBy(w => w.Name)
            .ToListAsync(cancellationToken);
        var shifts = await db
            .BudgetShifts.AsNoTracking()
            .Where(s =>
                ids.Contains(s.CampaignId)
                && (s.State == ShiftState.Applied || s.State == ShiftState.Waiting || s.State == ShiftState.RolledBack)
            )
            .OrderBy(s => s.Number)
            .ToListAsync(cancellationToken);
        var pauses = await db
            .Decisions.AsNoTracking()
            .Where(d => ids.Contains(d.CampaignId) && d.Action == "pause" && d.Outcome == DecisionOutcome.Applied)
            .OrderBy(d => d.At)
            .ToListAsync(cancellationToken);
        var stopped = await db
            .DataBreakers.Where(b => ids.Contains(b.CampaignId) && b.ClosedAt == null)
            .Select(b => b.CampaignId)
            .ToListAsync(cancellationToken);
        var days = await metrics.DaysOfAsync(ids, now, campaigns.Min(c => c.StartsOn), campaigns.Max(c => c.Today(now)), cancellationToken);
        return new(now, channels, goals, locks, shifts, pauses, days)
        {
            Books = await ledger.AccountsOfAsync(ids, cancellationToken),
            Guards = await guards.BookAsync(cancellationToken),
            Promotions = promotions.ToLookup(w => w.CampaignId),
            Curves = await curves.OfAsync(campaigns, now, cancellationToken),
            // A breaker that this transaction is about to open or close counts.
            Stopped = id =>
                db.DataBreakers.Local.FirstOrDefault(b => b.CampaignId == id) is { } known ? known.ClosedAt is null : stopped.Contains(id),
        };
    }
}
