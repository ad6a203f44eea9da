using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Storage;

/// <summary>How much of one lane is not delivered yet.</summary>
/// <param name="Open">Not delivered and not given up, due or not.</param>
/// <param name="Dead">Given up; a person has to look.</param>
/// <param name="OldestDue">When the longest overdue message was due; null: none is.</param>
public sealed record OutboxBacklog(OutboxLane Lane, long Open, long Dead, DateTimeOffset? OldestDue)
{
    public static async Task<IReadOnlyList<OutboxBacklog>> TakeAsync(
        CampaignFlowDb db,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var lanes = new List<OutboxBacklog>();
        foreach (var lane in Enum.GetValues<OutboxLane>())
        {
            var open = db.Outbox.Where(m => m.Lane == lane && m.DoneAt == null && m.DeadAt == null);
            lanes.Add(
                new(
                    lane,
                    await open.LongCountAsync(cancellationToken),
                    await db.Outbox.LongCountAsync(m => m.Lane == lane && m.DoneAt == null && m.DeadAt != null, cancellationToken),
                    await open.Where(m => m.AvailableAt <= now)
                        .OrderBy(m => m.AvailableAt)
                        .Select(m => (DateTimeOffset?)m.AvailableAt)
                        .FirstOrDefaultAsync(cancellationToken)
                )
            );
        }
        return lanes;
    }
}
