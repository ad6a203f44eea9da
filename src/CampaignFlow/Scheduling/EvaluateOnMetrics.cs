using CampaignFlow.Engine.Rules;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Storage;

namespace CampaignFlow.Scheduling;

/// <summary>Other numbers arrived: rules that are looked at then and read one of them speak at once.</summary>
public sealed class EvaluateOnMetrics(CampaignFlowDb db, EvaluateCampaign evaluate, MetricQueries metrics, TimeProvider clock)
    : IFactHandler<MetricsArrived>
{
    public async Task Handle(MetricsArrived fact, CancellationToken cancellationToken)
    {
        var all = evaluate.InForce();
        var asked = all.Where(r => r.Schedule.WhenMetricsChange && r.ForEach != ForEach.Portfolio).ToList();
        if (asked.Count == 0)
            return;
        var now = clock.GetUtcNow();
        var running = await db.InExecutionAsync(cancellationToken);
        if (
            running.FirstOrDefault(c => c.Campaign.Id == fact.CampaignId).Campaign is not { } campaign
            || campaign.Today(now) > campaign.EndsOn
        )
            return;
        var changed = await metrics.ChangedAsync(campaign.Id, fact.Days, fact.At, cancellationToken);
        var touched = asked.Where(r => RuleReads.Metrics(r).Overlaps(changed)).ToList();
        if (touched.Count > 0)
            await evaluate.HandleAsync(
                [new(campaign, $"metrics:{campaign.Code}:{fact.At.UtcDateTime:yyyyMMddTHHmmssfff}")],
                RuleReads.WithMarkers(touched, all),
                now,
                cancellationToken
            );
    }
}
