using CampaignFlow.Tasks;
using Quartz;

namespace CampaignFlow.Scheduling;

/// <summary>A short job: looks which campaigns' checks are due on their own clocks, announces them, and is gone.</summary>
[DisallowConcurrentExecution]
public sealed class CheckJob(DueChecks checks) : IJob
{
    public const string Which = "check";

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await checks.RunAsync(context.MergedJobDataMap.GetString(Which), cancellationToken);
}

/// <summary>Lets proposals that nobody answered expire.</summary>
[DisallowConcurrentExecution]
public sealed class ExpiryJob(ExpireApprovals approvals, Storage.WakeUp bell) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        if (await approvals.HandleAsync(cancellationToken) > 0)
            bell.Ring();
    }
}
