using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tasks;

/// <summary>Approvals that nobody answered in time end as expired; those of workflow runs end by the run's own timer.</summary>
public sealed class ExpireApprovals(CampaignFlowDb db, TimeProvider clock)
{
    public async Task<int> HandleAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var late = await db
            .Approvals.Where(a => a.State == ApprovalState.Open && !a.OfRun && a.DueAt <= now)
            .OrderBy(a => a.DueAt)
            .Take(100)
            .ToListAsync(cancellationToken);
        foreach (var approval in late)
        {
            approval.Version++;
            await DecideApproval.CloseAsync(db, approval, ApprovalState.Expired, "–", now, cancellationToken);
        }
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return late.Count;
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear(); // somebody decided at the same moment; the others come up again next time
            return 0;
        }
    }
}
