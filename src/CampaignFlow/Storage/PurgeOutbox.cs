using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Storage;

/// <summary>Takes messages out of the outbox that were delivered long ago, with their receipts. What was given up stays.</summary>
public static class PurgeOutbox
{
    public static IQueryable<OutboxMessage> Due(CampaignFlowDb db, DateTimeOffset before) =>
        db.Outbox.Where(m => m.DoneAt < before && m.DeadAt == null);

    /// <summary>One batch, in one transaction.</summary>
    /// <returns>How many messages; fewer than <paramref name="atMost"/> when these were the last.</returns>
    public static async Task<int> BatchAsync(CampaignFlowDb db, DateTimeOffset before, int atMost, CancellationToken cancellationToken)
    {
        var ids = await Due(db, before).OrderBy(m => m.Id).Select(m => m.Id).Take(atMost).ToListAsync(cancellationToken);
        if (ids.Count == 0)
            return 0;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.OutboxReceipts.Where(r => ids.Contains(r.Message)).ExecuteDeleteAsync(cancellationToken);
        var gone = await db.Outbox.Where(m => ids.Contains(m.Id)).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return gone;
    }
}
