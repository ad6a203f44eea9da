using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Applying;

/// <summary>After each import: which platforms do what they were told, and which do not. What drifts becomes an issue, and stops being one.</summary>
public sealed class ConfirmBudgets(CampaignFlowDb db, MetricQueries metrics, RaiseIssue issues, TimeProvider clock)
    : IFactHandler<MetricsArrived>
{
    private const string Drift = "drift";

    public Task Handle(MetricsArrived fact, CancellationToken cancellationToken) => LookAsync(fact.CampaignId, cancellationToken);

    /// <returns>How many instructions came to another state. The caller commits.</returns>
    public async Task<int> LookAsync(Guid campaignId, CancellationToken cancellationToken)
    {
        InstructionState[] wanted = [InstructionState.Open, InstructionState.Done, InstructionState.Drifted];
        var told = await db
            .Instructions.Where(i => i.CampaignId == campaignId && wanted.Contains(i.State))
            .OrderBy(i => i.At)
            .ToListAsync(cancellationToken);
        if (told.Count == 0)
            return 0;
        var now = clock.GetUtcNow();
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == campaignId, cancellationToken);
        var first = told.Min(i => i.Day);
        var known = await metrics.DaysAsync(campaignId, now, first, campaign.Today(now), cancellationToken);
        var reported = await db
            .ReportedBudgets.AsNoTracking()
            .Where(b => b.CampaignId == campaignId && b.Day > first)
            .ToListAsync(cancellationToken);
        var sandbox = await db
            .SandboxBudgets.AsNoTracking()
            .Where(b => b.CampaignId == campaignId)
            .ToDictionaryAsync(b => b.Channel, cancellationToken);
        var connections = await db
            .ChannelConnections.AsNoTracking()
            .Where(c => c.CampaignId == campaignId)
            .ToDictionaryAsync(c => c.Channel, cancellationToken);
        var changed = 0;
        foreach (var one in told)
        {
            var how =
                connections.GetValueOrDefault(one.Channel)
                ?? new()
                {
                    CampaignId = campaignId,
                    Channel = one.Channel,
                    Adapter = Adapter.Sheet,
                };
            var seen = new Evidence(
                [
                    .. known
                        .Of(one.Channel)
                        .Where(d => d.Date > one.Day && d.Date < campaign.Today(now) && d.SpendMinor is not null)
                        .Select(d => (d.Date, d.SpendMinor!.Value)),
                ],
                // The sandbox can be asked at once; it names what it has today.
                one.Adapter == Adapter.Sandbox
                    ? sandbox.TryGetValue(one.Channel, out var there)
                        ? (one.Day.AddDays(how.ConfirmWithinDays), there.AmountMinor)
                        : null
                    : reported
                        .Where(b => b.Day > one.Day && string.Equals(b.Channel, one.Channel, StringComparison.OrdinalIgnoreCase))
                        .OrderBy(b => b.Day)
                        .Select(b => ((DateOnly, long)?)(b.Day, b.AmountMinor))
                        .LastOrDefault()
            );
            var (state, why) = Confirmation.Of(campaign, one, how, seen);
            if (await SettleAsync(one, state, why, now, cancellationToken))
                changed++;
        }
        return changed;
    }

    private async Task<bool> SettleAsync(
        Instruction one,
        InstructionState? state,
        Phrase why,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (state is null || state == one.State)
            return false;
        (one.State, one.SettledAt, one.FoundEn, one.FoundZh) = (state.Value, now, why.En, why.Zh);
        one.Version++;
        if (state == InstructionState.Drifted)
            await issues.HandleAsync(
                one,
                Drift,
                name => new($"Issue: {name} does not have the budget it was told", $"问题：{name} 的预算与指令不符"),
                why,
                cancellationToken
            );
        else
            await issues.WithdrawAsync(one, Drift, cancellationToken);
        return true;
    }
}
