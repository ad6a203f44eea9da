using CampaignFlow.Budgets;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>Something a gate may look at has changed: every waiting gate of the campaign looks again.</summary>
public sealed class WakeGates(CampaignFlowDb db, TimeProvider clock)
    : IFactHandler<ArtefactSaved>,
        IFactHandler<TaskDone>,
        IFactHandler<ApprovalDecided>,
        IFactHandler<MetricsArrived>,
        IFactHandler<ShiftSettled>
{
    public Task Handle(ArtefactSaved fact, CancellationToken cancellationToken) =>
        WakeAsync(fact.CampaignId, $"{fact.Kind}:{fact.Version}", cancellationToken);

    public Task Handle(TaskDone fact, CancellationToken cancellationToken) =>
        WakeAsync(fact.CampaignId, $"task:{fact.TaskId}", cancellationToken);

    public Task Handle(ApprovalDecided fact, CancellationToken cancellationToken) =>
        WakeAsync(fact.CampaignId, $"approval:{fact.ApprovalId}", cancellationToken);

    public Task Handle(MetricsArrived fact, CancellationToken cancellationToken) =>
        WakeAsync(fact.CampaignId, $"metrics:{fact.At.ToUnixTimeMilliseconds()}", cancellationToken);

    public Task Handle(ShiftSettled fact, CancellationToken cancellationToken) =>
        WakeAsync(fact.CampaignId, $"shift:{fact.ShiftId}:{fact.State}", cancellationToken);

    private async Task WakeAsync(Guid campaign, string cause, CancellationToken cancellationToken)
    {
        foreach (
            var gate in await db
                .GateChecks.AsNoTracking()
                .Where(g => g.CampaignId == campaign && g.PassedAt == null)
                .ToListAsync(cancellationToken)
        )
            await db.SignalAsync(
                GateActivity.BookmarkKind,
                gate.Stage,
                campaign.ToString(),
                null,
                $"gate:{gate.Id}:{cause}",
                clock.GetUtcNow(),
                cancellationToken
            );
    }
}
