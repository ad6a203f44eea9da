using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace CampaignFlow.Scheduling;

/// <summary>An hour is full: rules that are looked at each hour are due, and portfolios whose day has come.</summary>
public sealed record RuleHourCame(DateTimeOffset Hour) : IFact;

/// <summary>Announces each hour once, if any rule cares.</summary>
[DisallowConcurrentExecution]
public sealed class RuleHourJob(CampaignFlowDb db, EvaluateCampaign evaluate, TimeProvider clock, WakeUp bell) : IJob
{
    public static readonly JobKey Key = new("rules-hour", "checks");
    public const string EachHour = "0 0 * * * ?";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await AnnounceAsync(cancellationToken);

    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        if (!evaluate.InForce().Any(r => r.Schedule.EachHour || r.ForEach == ForEach.Portfolio))
            return;
        var now = clock.GetUtcNow();
        var hour = new DateTimeOffset(now.UtcTicks / Hour.Ticks * Hour.Ticks, TimeSpan.Zero);
        var key = $"rules-hour:{hour:yyyyMMddHH}";
        if (await db.Outbox.AnyAsync(m => m.Key == key, cancellationToken))
            return;
        db.Publish(key, new RuleHourCame(hour), now);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            db.ChangeTracker.Clear(); // another node announced it first
        }
        bell.Ring();
    }
}

/// <summary>Evaluates what is due this hour, many campaigns together.</summary>
public sealed class EvaluateHour(CampaignFlowDb db, EvaluateCampaign evaluate, EvaluatePortfolios portfolios, TimeProvider clock)
    : IFactHandler<RuleHourCame>
{
    /// <summary>Bounds what is held in memory, and how long a busy machine thinks between two statements of the transaction.</summary>
    private const int CampaignsAtOnce = 50;

    public async Task Handle(RuleHourCame fact, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var campaigns = (await db.InExecutionAsync(cancellationToken))
            .Select(c => c.Campaign)
            .Where(c => c.Today(now) <= c.EndsOn)
            .ToList();
        var all = evaluate.InForce();
        var hourly = RuleReads.WithMarkers(all.Where(r => r.Schedule.EachHour && r.ForEach != ForEach.Portfolio), all);
        if (hourly.Count > 0)
            foreach (var some in campaigns.Chunk(CampaignsAtOnce))
                await evaluate.HandleAsync(
                    [.. some.Select(c => new Evaluation(c, $"hour:{c.Code}:{fact.Hour:yyyyMMddHH}"))],
                    hourly,
                    now,
                    cancellationToken
                );
        await portfolios.HandleAsync(campaigns, c => DayOf(c, now), now, cancellationToken);
    }

    /// <summary>Portfolios are looked at when the daily rule check of their first campaign is.</summary>
    private static DateOnly? DayOf(Campaign campaign, DateTimeOffset now)
    {
        var today = campaign.Today(now);
        return campaign.At(today, Check.All.First(c => c.Code == Check.Rules).At) <= now ? today : null;
    }
}
