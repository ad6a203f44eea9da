using System.Text.Json;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Desk;

/// <summary>One side of a shift: daily budget before and after between its floor and ceiling, minor units.</summary>
public sealed record ShiftSide(Phrase Name, long BeforeMinor, long AfterMinor, long FloorMinor, long CeilingMinor)
{
    public bool IsWithin => AfterMinor >= FloorMinor && AfterMinor <= CeilingMinor;

    /// <summary>Where an amount lies between nothing and the ceiling.</summary>
    public double ShareOfCeiling(long minor) => CeilingMinor == 0 ? 1 : (double)minor / CeilingMinor;
}

/// <param name="TotalMinor">Daily total of the campaign, which a shift never changes.</param>
public sealed record ShiftDiff(BudgetShift Shift, ShiftSide From, ShiftSide To, long TotalMinor)
{
    public long AmountMinor => Shift.AmountMinor;
    public double? ShareOfTotal => TotalMinor == 0 ? null : (double)AmountMinor / TotalMinor;
}

/// <summary>The rule's word behind a question.</summary>
public sealed record Evidence(Decision Decision, IReadOnlyList<Clause> Clauses);

/// <summary>Everything a person needs to decide.</summary>
/// <param name="Artefact">The newest version of what is asked about, for content and launch.</param>
/// <param name="FactsAsOf">How fresh the campaign's numbers are; null before any came.</param>
public sealed record ApprovalView(
    Approval Approval,
    Campaign Campaign,
    IReadOnlyList<ApprovalVote> Votes,
    ShiftDiff? Shift,
    Evidence? Evidence,
    Artefact? Artefact,
    IReadOnlyList<Goal> Goals,
    IReadOnlyList<CampaignChannel> Plan,
    DateTimeOffset? FactsAsOf
)
{
    public Consequences Consequences => Consequences.Of(Approval, Campaign, Shift);
    public bool IsOpen => Approval.State == ApprovalState.Open;
    public IReadOnlyList<string> Waiting => IsOpen ? [.. Approval.Roles.Except(Votes.Select(v => v.Role))] : [];
}

public sealed class ApprovalQueries(CampaignFlowDb db, BudgetLedger ledger, MetricQueries metrics, TimeProvider clock)
{
    /// <returns>Null when there is no such approval.</returns>
    public async Task<ApprovalView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await db.Approvals.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancellationToken) is not { } approval)
            return null;
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == approval.CampaignId, cancellationToken);
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderByDescending(c => c.PlannedMinor)
            .ThenBy(c => c.Code)
            .ToListAsync(cancellationToken);
        var shift = approval.ShiftId is { } shiftId ? await DiffAsync(campaign, shiftId, channels, cancellationToken) : null;
        var known = await metrics.DaysAsync(campaign.Id, clock.GetUtcNow(), campaign.StartsOn, campaign.EndsOn, cancellationToken);
        return new(
            approval,
            campaign,
            await db.ApprovalVotes.AsNoTracking().Where(v => v.ApprovalId == id).OrderBy(v => v.At).ToListAsync(cancellationToken),
            shift,
            await EvidenceAsync(approval, shift?.Shift.DecisionId, cancellationToken),
            await ArtefactAsync(approval, cancellationToken),
            approval.Kind == "goals"
                ? await db
                    .Goals.AsNoTracking()
                    .Where(g => g.CampaignId == campaign.Id)
                    .OrderBy(g => g.Guardrail)
                    .ThenBy(g => g.Metric)
                    .ToListAsync(cancellationToken)
                : [],
            approval.Kind == "budget" ? channels : [],
            known.LatestKnownAt
        );
    }

    private async Task<ShiftDiff> DiffAsync(
        Campaign campaign,
        Guid shiftId,
        IReadOnlyList<CampaignChannel> channels,
        CancellationToken cancellationToken
    )
    {
        var shift = await db.BudgetShifts.AsNoTracking().SingleAsync(s => s.Id == shiftId, cancellationToken);
        // A shift that is in the books already counts back from what stood there just after it.
        var posted = await db
            .Ledger.Where(e => e.CampaignId == campaign.Id && e.Transfer == $"shift:{shift.Id}")
            .MaxAsync(e => (long?)e.Id, cancellationToken);
        var balances = await db
            .Ledger.Where(e => e.CampaignId == campaign.Id && (posted == null || e.Id <= posted))
            .GroupBy(e => e.Account)
            .Select(g => new { g.Key, Sum = g.Sum(e => e.AmountMinor) })
            .ToDictionaryAsync(g => g.Key, g => g.Sum, cancellationToken);
        var moved = posted is null ? 0 : shift.AmountMinor;
        var total = (await ledger.BalancesAsync(campaign.Id, cancellationToken)).Values.Sum();
        return new(
            shift,
            Side(channels, shift.From, balances.GetValueOrDefault(shift.From) + moved, -shift.AmountMinor),
            Side(channels, shift.To, balances.GetValueOrDefault(shift.To) - moved, shift.AmountMinor),
            total
        );
    }

    private static ShiftSide Side(IReadOnlyList<CampaignChannel> channels, string code, long before, long change)
    {
        // The reserve and the approved total know no floor but zero and no ceiling.
        return channels.FirstOrDefault(c => c.Code == code) is { } channel
            ? new(Phrase.Same(channel.Name), before, before + change, channel.FloorMinor, channel.CeilingMinor)
            : new(
                AccountNames.Of(new Dictionary<string, string>(), code),
                Math.Abs(before),
                Math.Abs(before + change),
                0,
                Math.Max(Math.Abs(before), Math.Abs(before + change))
            );
    }

    private async Task<Evidence?> EvidenceAsync(Approval approval, Guid? decisionId, CancellationToken cancellationToken)
    {
        const string asked = "decision:";
        var key = approval.Key.StartsWith(asked, StringComparison.Ordinal) ? approval.Key[asked.Length..] : null;
        var decision = await db
            .Decisions.AsNoTracking()
            .FirstOrDefaultAsync(d => (decisionId != null && d.Id == decisionId) || (key != null && d.Key == key), cancellationToken);
        return decision is null ? null : new(decision, JsonSerializer.Deserialize<List<Clause>>(decision.Clauses, RunJson.Options) ?? []);
    }

    private async Task<Artefact?> ArtefactAsync(Approval approval, CancellationToken cancellationToken)
    {
        var kind = approval.Kind switch
        {
            "content" => "content",
            "launch" => "checklist",
            _ => null,
        };
        return kind is null
            ? null
            : await db
                .Artefacts.AsNoTracking()
                .Where(a => a.CampaignId == approval.CampaignId && a.Kind == kind)
                .OrderByDescending(a => a.Version)
                .FirstOrDefaultAsync(cancellationToken);
    }
}
