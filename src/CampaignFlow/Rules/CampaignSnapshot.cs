using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>Gathers what rules may know of a campaign at one instant: facts known then, budgets, goals, recent changes.</summary>
public sealed class CampaignSnapshot(CampaignFlowDb db, MetricQueries metrics, BudgetLedger ledger)
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
        var balances = await ledger.BalancesAsync(campaign.Id, cancellationToken);
        return new()
        {
            Campaign = campaign.Code,
            Currency = campaign.Currency,
            Now = now,
            Today = today,
            FlightStart = campaign.StartsOn,
            FlightEnd = campaign.EndsOn,
            FlightBudgetMinor = balances.Values.Sum() * (campaign.EndsOn.DayNumber - campaign.StartsOn.DayNumber + 1),
            Goals = await db
                .Goals.Where(g => g.CampaignId == campaign.Id)
                .ToDictionaryAsync(g => g.Metric, g => g.Target, cancellationToken),
            Channels =
            [
                .. channels.Select(c => new ChannelState(
                    c.Code,
                    c.Name,
                    balances.GetValueOrDefault(c.Code),
                    c.FloorMinor,
                    c.CeilingMinor,
                    c.Shiftable,
                    c.Active,
                    days.Of(c.Code)
                )
                {
                    Learning = days.Of(c.Code).Count < LearningDays,
                }),
            ],
            Changes = await ChangesAsync(campaign, cancellationToken),
            // A rule's own hold is looked at afresh with every evaluation; a person's stays.
            BudgetsHeld = campaign.HeldBy is { } by && !by.StartsWith(EvaluateCampaign.HeldByRule, StringComparison.Ordinal),
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
