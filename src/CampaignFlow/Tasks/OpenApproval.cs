using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tasks;

/// <param name="Key">What asks: the same key again is the same approval.</param>
public sealed record ApprovalRequest(Campaign Campaign, string Key, string Kind, Phrase Title, Phrase Why)
{
    public required IReadOnlyList<string> Roles { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public string? Stage { get; init; }
    public Guid? ShiftId { get; init; }
    public Guid? AskedBy { get; init; }
    public bool OfRun { get; init; }
}

/// <summary>Asks people for a decision. Runs inside the caller's transaction.</summary>
public sealed class OpenApproval(CampaignFlowDb db)
{
    public async Task<Approval> HandleAsync(ApprovalRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await db.Approvals.FirstOrDefaultAsync(a => a.Key == request.Key, cancellationToken) is { } known)
            return known;
        var approval = new Approval
        {
            CampaignId = request.Campaign.Id,
            Key = request.Key,
            Kind = request.Kind,
            Stage = request.Stage,
            TitleEn = request.Title.En,
            TitleZh = request.Title.Zh,
            WhyEn = request.Why.En,
            WhyZh = request.Why.Zh,
            Roles = [.. request.Roles],
            ShiftId = request.ShiftId,
            OfRun = request.OfRun,
            AskedBy = request.AskedBy,
            CreatedAt = now,
            DueAt = request.DueAt,
        };
        db.Approvals.Add(approval);
        db.Publish($"approval-opened:{approval.Key}", new ApprovalOpened(approval.Id), now);
        return approval;
    }
}
