using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Scheduling;

/// <summary>A person has a fact delivered again that failed or was given up; handlers that took it already are not called twice.</summary>
public sealed class DeliverAgain(CampaignFlowDb db, TimeProvider clock, WakeUp bell)
{
    /// <returns>Null when it is on its way, else why not.</returns>
    public async Task<Phrase?> HandleAsync(long message, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var changed = await db
            .Outbox.Where(m => m.Id == message && m.DoneAt == null && (m.DeadAt != null || m.Attempts > 0))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(m => m.DeadAt, (DateTimeOffset?)null)
                        .SetProperty(m => m.Attempts, 0)
                        .SetProperty(m => m.AvailableAt, now),
                cancellationToken
            );
        if (changed == 0)
            return new("This message was delivered meanwhile, or is not there.", "该消息已送达或不存在。");
        bell.Ring();
        return null;
    }
}
