using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace CampaignFlow.Scheduling;

/// <summary>Clears out once a night what the retention policy lets go.</summary>
[DisallowConcurrentExecution]
public sealed class SweepJob(SweepArchive sweep) : IJob
{
    /// <summary>UTC.</summary>
    public const string Nightly = "0 17 3 * * ?";

    public static readonly JobKey Key = new("retention", "checks");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await sweep.HandleAsync($"{context.Scheduler.SchedulerInstanceId} {context.FireInstanceId}", cancellationToken);
}

/// <summary>What the policy keeps, what is due, and how the last clearing out went.</summary>
public sealed record RetentionView(
    RetentionPolicy Policy,
    IReadOnlyList<(string Definition, TimeSpan? Kept)> Definitions,
    int Runs,
    int Signals,
    int Messages,
    Sweep? Last
);

public sealed class RetentionQueries(CampaignFlowDb db, RetentionPolicy policy, DueForArchive due, TimeProvider clock)
{
    public async Task<RetentionView> ViewAsync(CancellationToken cancellationToken) =>
        new(
            policy,
            await due.DefinitionsAsync(cancellationToken),
            await due.CountRunsAsync(cancellationToken),
            await (await due.SignalsAsync(cancellationToken)).CountAsync(cancellationToken),
            policy.Messages is { } kept ? await PurgeOutbox.Due(db, clock.GetUtcNow() - kept).CountAsync(cancellationToken) : 0,
            await db.Sweeps.AsNoTracking().OrderByDescending(s => s.Day).FirstOrDefaultAsync(cancellationToken)
        );

    public static Phrase Kept(TimeSpan? kept) => kept is { } k ? new($"{k.Days} days", $"{k.Days} 天") : new("for ever", "永久");
}
