using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>
/// Something was edited after people had approved it: the approval no longer covers it, so the same roles are asked again. The gate
/// stays shut meanwhile.
/// </summary>
public sealed class AskAgain(CampaignFlowDb db, OpenApproval open, TimeProvider clock)
    : IFactHandler<ArtefactSaved>,
        IFactHandler<ApprovalDecided>
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromDays(2);

    /// <summary>Which approval covers which artefact.</summary>
    private static readonly IReadOnlyDictionary<string, string> Covers = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["content"] = "content",
        ["launch"] = "checklist",
    };

    public Task Handle(ArtefactSaved fact, CancellationToken cancellationToken) => LookAsync(fact.CampaignId, cancellationToken);

    public Task Handle(ApprovalDecided fact, CancellationToken cancellationToken) => LookAsync(fact.CampaignId, cancellationToken);

    private async Task LookAsync(Guid campaignId, CancellationToken cancellationToken)
    {
        foreach (var (kind, artefact) in Covers)
        {
            var saved = await db
                .Artefacts.AsNoTracking()
                .Where(a => a.CampaignId == campaignId && a.Kind == artefact)
                .OrderByDescending(a => a.Version)
                .FirstOrDefaultAsync(cancellationToken);
            var approval = await db
                .Approvals.AsNoTracking()
                .Where(a => a.CampaignId == campaignId && a.Kind == kind)
                .OrderByDescending(a => a.CreatedAt)
                .FirstOrDefaultAsync(cancellationToken);
            if (saved is null || approval is not { State: ApprovalState.Approved } || saved.At <= approval.CreatedAt)
                continue;
            var stage = approval.Stage;
            if (await db.GateChecks.AnyAsync(g => g.CampaignId == campaignId && g.Stage == stage && g.PassedAt == null, cancellationToken))
                await AskAsync(approval, saved, cancellationToken);
        }
    }

    private async Task AskAsync(Approval before, Artefact saved, CancellationToken cancellationToken)
    {
        var campaign = await db.Campaigns.SingleAsync(c => c.Id == before.CampaignId, cancellationToken);
        var name = ArtefactKind.Of(saved.Kind).Name;
        var now = clock.GetUtcNow();
        await open.HandleAsync(
            new(
                campaign,
                $"again:{campaign.Id}:{saved.Kind}:{saved.Version}",
                before.Kind,
                before.Title,
                new(
                    $"{name.En} was changed to version {saved.Version} by {saved.Author} after it had been approved.",
                    $"{name.Zh}在审批通过后被 {saved.Author} 改为第 {saved.Version} 版。"
                )
            )
            {
                Roles = before.Roles,
                DueAt = now + AnswerWithin,
                Stage = before.Stage,
            },
            now,
            cancellationToken
        );
    }
}
