using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>Gathers what rules may know of a campaign at one instant: facts known then, budgets, goals, recent changes.</summary>
public sealed class CampaignSnapshot(CampaignFlowDb db, MetricQueries metrics, BudgetLedger ledger, GuardQueries guards)
{
    /// <summary>A channel with fewer days of numbers is still finding its audience; platforms say the same of their own delivery.</summary>
    private const int LearningDays = 3;

    public async Task<Snapshot> TakeAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        var today = campaign.Today(now);
        var days = await metrics.DaysAsync(campaign.Id, now, campaign.StartsOn, today, cancellationToken);
        var balances = await ledger.AccountsAsync(campaign.Id, cancellationToken);
        var approved = -balances.GetValueOrDefault(LedgerEntry.Plan);
        var inForce = await guards.InForceAsync(campaign.Id, null, cancellationToken);
        var learning = Math.Max(LearningDays, (int)(inForce.FirstOrDefault(g => g.Guard.Key == Guard.Learning)?.Value.Number ?? 0));
        var locked = await db
            .ChannelLocks.AsNoTracking()
            .Where(l => l.CampaignId == campaign.Id && l.Until >= today)
            .Select(l => l.Channel)
            .ToListAsync(cancellationToken);
        return new()
        {
            Campaign = campaign.Code,
            Currency = campaign.Currency,
            Now = now,
            Today = today,
            FlightStart = campaign.StartsOn,
            FlightEnd = campaign.EndsOn,
            FlightBudgetMinor = approved * (campaign.EndsOn.DayNumber - campaign.StartsOn.DayNumber + 1),
            Goals = await db
                .Goals.Where(g => g.CampaignId == campaign.Id)
                .ToDictionaryAsync(g => g.Metric, g => g.Target, cancellationToken),
            Channels =
            [
                .. channels
                    .ConvertAll(c => MoneyRails.Railed(c, inForce))
                    .Select(r => new ChannelState(
                        r.Code,
                        r.Name,
                        balances.GetValueOrDefault(r.Code),
                        r.FloorMinor,
                        r.CeilingMinor,
                        r.Channel.Shiftable,
                        r.Channel.Active,
                        days.Of(r.Code)
                    )
                    {
                        Learning = days.Of(r.Code).Count < learning || locked.Contains(r.Code),
                    }),
            ],
            Changes = await ChangesAsync(campaign, cancellationToken),
            ReserveMinor = balances.TryGetValue(LedgerEntry.Plan, out _) ? balances.GetValueOrDefault(LedgerEntry.Reserve) : null,
            Limits = await guards.LimitsAsync(campaign, cancellationToken),
            // A rule's own hold is looked at afresh with every evaluation; a person's stays, and so does what the data stopped.
            BudgetsHeld =
                (campaign.HeldBy is { } by && !by.StartsWith(EvaluateCampaign.HeldByRule, StringComparison.Ordinal))
                || db.DataBreakers.Local.FirstOrDefault(b => b.CampaignId == campaign.Id) is { ClosedAt: null }
                || await db.DataBreakers.AnyAsync(b => b.CampaignId == campaign.Id && b.ClosedAt == null, cancellationToken),
        };
    }

    private async Task<IReadOnlyList<BudgetChange>> ChangesAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        var shifts = await db
            .BudgetShifts.AsNoTracking()
            .Where(s =>
                s.CampaignId == campaign.Id
                && (s.State == ShiftState.Applied || s.State == ShiftState.Waiting || s.State == ShiftState.RolledBack)
            )
            .OrderBy(s => s.Number)
            .ToListAsync(cancellationToken);
        var pauses = await db
            .Decisions.AsNoTracking()
            .Where(d => d.CampaignId == campaign.Id && d.Action == "pause" && d.Outcome == DecisionOutcome.Applied)
            .OrderBy(d => d.At)
            .ToListAsync(cancellationToken);
        return
        [
            .. pauses.Select(p => new BudgetChange(p.Rule, p.From, null, 0, p.Day, Waiting: false)),
            .. shifts.Select(s => new BudgetChange(
                s.ProposedBy,
                s.From,
                s.To,
                s.AmountMinor,
                campaign.Today(s.DecidedAt ?? s.ProposedAt),
                s.State == ShiftState.Waiting
            )
            {
                Reverted = s.State == ShiftState.RolledBack,
            }),
        ];
    }
}
