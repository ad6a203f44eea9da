using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Lifecycle;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace CampaignFlow.Scheduling;

/// <summary>One trigger of the scheduler as it stands.</summary>
/// <param name="Node">The node that fires it right now; null when it does not run.</param>
public sealed record JobLine(
    string Job,
    Phrase Name,
    string Cron,
    DateTimeOffset? Next,
    DateTimeOffset? Last,
    TriggerState State,
    Phrase Misfire,
    string? Node
);

/// <param name="Checked">Last sign of life; null on a scheduler that is not clustered.</param>
public sealed record NodeLine(string Id, bool Alive, bool Here, DateTimeOffset? Checked);

/// <summary>A campaign's check: when it ran last and when it is due next.</summary>
public sealed record CheckLine(Check Check, Campaign Campaign, CheckRun? Last, DateTimeOffset Next);

/// <summary>A fact that did not reach its handlers.</summary>
public sealed record StuckMessage(long Id, string Kind, string Key, int Attempts, string? Error, DateTimeOffset At, DateTimeOffset? NextTry)
{
    public bool Dead => NextTry is null;
}

/// <summary>What runs by itself, and what did not get through.</summary>
public sealed class JobQueries(CampaignFlowDb db, IServiceProvider services, TimeProvider clock)
{
    private const int MostMessages = 100;

    /// <summary>Empty where this process runs no scheduler.</summary>
    public async Task<(IReadOnlyList<JobLine> Jobs, IReadOnlyList<NodeLine> Nodes)> SchedulerAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<ISchedulerFactory>() is not { } factory)
            return ([], []);
        var scheduler = await factory.GetScheduler(cancellationToken);
        var headers = (await scheduler.QueryTriggers(new TriggerQuery(), cancellationToken)).Items;
        var running = (await scheduler.QueryFireInstances(new FireInstanceQuery(), cancellationToken)).Items;
        var jobs = new List<JobLine>();
        foreach (var header in headers.OrderBy(h => h.JobKey.Name, StringComparer.Ordinal))
        {
            var cron = await scheduler.GetTrigger(header.Key, cancellationToken) as ICronTrigger;
            jobs.Add(
                new(
                    header.JobKey.Name,
                    NameOf(header.JobKey.Name),
                    cron?.CronExpressionString ?? "",
                    header.NextFireTimeUtc,
                    header.PreviousFireTimeUtc,
                    header.State,
                    Words(cron?.MisfireInstruction),
                    running
                        .FirstOrDefault(r => r.TriggerKey.Equals(header.Key) && r.State == FireInstanceState.Executing)
                        ?.SchedulerInstanceId
                )
            );
        }
        var nodes = (await scheduler.QueryClusterNodes(cancellationToken))
            .Select(n => new NodeLine(n.InstanceId, n.State == ClusterNodeState.Alive, n.IsCurrentNode, n.LastCheckInUtc))
            .ToList();
        return (
            jobs,
            nodes.Count > 0 ? nodes : [new(scheduler.SchedulerInstanceId, scheduler.Status == SchedulerStatus.Running, true, null)]
        );
    }

    /// <summary>The checks of each campaign in execution.</summary>
    public async Task<IReadOnlyList<CheckLine>> ChecksAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var open = await db
            .StageVisits.Where(v => v.Stage == Stage.Execution && v.LeftAt == null)
            .Select(v => v.CampaignId)
            .ToListAsync(cancellationToken);
        var campaigns = await db
            .Campaigns.AsNoTracking()
            .Where(c => open.Contains(c.Id) && c.State == CampaignState.Active)
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        var lines = new List<CheckLine>();
        foreach (var campaign in campaigns)
        foreach (var check in Check.All)
        {
            var last = await db
                .CheckRuns.AsNoTracking()
                .Where(r => r.CampaignId == campaign.Id && r.Check == check.Code)
                .OrderByDescending(r => r.RanAt)
                .FirstOrDefaultAsync(cancellationToken);
            lines.Add(new(check, campaign, last, check.NextAfter(campaign, now)));
        }
        return lines;
    }

    /// <summary>The last checks that ran, newest first.</summary>
    public async Task<IReadOnlyList<(CheckRun Run, Campaign? Campaign)>> RunsAsync(int atMost, CancellationToken cancellationToken)
    {
        var runs = await db.CheckRuns.AsNoTracking().OrderByDescending(r => r.RanAt).Take(atMost).ToListAsync(cancellationToken);
        var ids = runs.Select(r => r.CampaignId).Distinct().ToList();
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        return [.. runs.Select(r => (r, campaigns.GetValueOrDefault(r.CampaignId)))];
    }

    /// <summary>Given up first, then those that failed and will be tried again.</summary>
    public async Task<IReadOnlyList<StuckMessage>> StuckAsync(CancellationToken cancellationToken)
    {
        var stuck = await db
            .Outbox.AsNoTracking()
            .Where(m => m.DoneAt == null && (m.DeadAt != null || m.Attempts > 0))
            .OrderByDescending(m => m.Id)
            .Take(MostMessages)
            .ToListAsync(cancellationToken);
        return
        [
            .. stuck
                .Select(m => new StuckMessage(
                    m.Id,
                    m.Type[(m.Type.LastIndexOf('.') + 1)..],
                    m.Key,
                    m.Attempts,
                    m.Error,
                    m.At,
                    m.DeadAt is null ? m.AvailableAt : null
                ))
                .OrderByDescending(m => m.Dead),
        ];
    }

    public static Phrase NameOf(string job) =>
        Check.All.FirstOrDefault(c => c.Code == job)?.Name
        ?? job switch
        {
            "rules-hour" => new("Rules looked at each hour; portfolios", "每小时规则与活动组合"),
            "approval-expiry" => new("Unanswered proposals expire", "超时提案作废"),
            "retention" => new("What is over goes to the archive", "已结束数据归档清理"),
            _ => Phrase.Same(job),
        };

    private static Phrase Words(CronTriggerMisfireInstruction? misfire) =>
        misfire switch
        {
            CronTriggerMisfireInstruction.FireAndProceed => new("made up for once", "补跑一次"),
            CronTriggerMisfireInstruction.DoNothing => new("left out", "不补跑"),
            CronTriggerMisfireInstruction.IgnoreMisfires => new("made up for each time", "逐次补跑"),
            _ => new("as the scheduler decides", "由调度器决定"),
        };
}
