using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets.Guards;

/// <summary>What the circuit breaker looks at.</summary>
/// <param name="Known">The numbers up to today.</param>
public sealed record Watched(Campaign Campaign, IReadOnlyList<CampaignChannel> Channels, KnownDays Known);

/// <summary>
/// The circuit breaker: stale or contradictory numbers stop the money that rules move until fresh ones arrive or a person says go on.
/// Runs inside the caller's transaction.
/// </summary>
public sealed class WatchData(CampaignFlowDb db, MetricQueries metrics, TimeProvider clock) : IFactHandler<MetricsArrived>
{
    private const int DaysLookedAt = 7;

    /// <summary>A day later than a source usually is may be a slip; two are not.</summary>
    private const int GraceDays = 1;

    /// <summary>Platforms may spend twice a daily budget on one day; more than twice the ceiling is not a day's spend.</summary>
    private const int MostOverspend = 2;

    public async Task Handle(MetricsArrived fact, CancellationToken cancellationToken)
    {
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == fact.CampaignId, cancellationToken);
        await LookAsync(campaign, clock.GetUtcNow(), cancellationToken);
    }

    /// <returns>True when the breaker is open.</returns>
    public async Task<bool> LookAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        var known = await metrics.DaysAsync(campaign.Id, now, campaign.StartsOn, campaign.Today(now), cancellationToken);
        await LookAsync([new(campaign, channels, known)], now, cancellationToken);
        return db.DataBreakers.Local.Any(b => b.CampaignId == campaign.Id && b.ClosedAt is null);
    }

    /// <summary>Looks at many campaigns with one statement; afterwards the context knows their breakers.</summary>
    public async Task LookAsync(IReadOnlyList<Watched> campaigns, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ids = campaigns.Select(c => c.Campaign.Id).ToList();
        var breakers = await db.DataBreakers.Where(b => ids.Contains(b.CampaignId)).ToDictionaryAsync(b => b.CampaignId, cancellationToken);
        foreach (var watched in campaigns)
            await LookAsync(watched.Campaign, Find(watched, now), breakers.GetValueOrDefault(watched.Campaign.Id), now, cancellationToken);
    }

    private async Task LookAsync(
        Campaign campaign,
        List<(string Key, Phrase Why)> found,
        DataBreaker? breaker,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (found.Count == 0)
        {
            if (breaker is { ClosedAt: null })
            {
                (breaker.ClosedAt, breaker.ClosedBy) = (now, null);
                breaker.Version++;
                db.Note(campaign.Id, now, "data", new("Circuit breaker closed: the data is fresh again.", "熔断解除：数据已恢复正常。"));
                await WithdrawAsync(campaign, breaker, now, cancellationToken);
            }
            return;
        }
        var finding = string.Join(' ', found.Select(f => f.Key));
        if (breaker is not null && breaker.Finding == finding && (breaker.ClosedAt is null || breaker.ClosedBy is not null))
            return;
        var why = Phrase.Join(found.Select(f => f.Why), " ", "");
        var opens = breaker is null or { ClosedAt: not null };
        if (breaker is null)
            db.DataBreakers.Add(
                breaker = new()
                {
                    CampaignId = campaign.Id,
                    Finding = finding,
                    WhyEn = why.En,
                    WhyZh = why.Zh,
                    OpenedAt = now,
                }
            );
        else
        {
            (breaker.Finding, breaker.WhyEn, breaker.WhyZh) = (finding, why.En, why.Zh);
            if (breaker.ClosedAt is not null)
                (breaker.OpenedAt, breaker.ClosedAt, breaker.ClosedBy) = (now, null, null);
            breaker.Version++;
        }
        db.Note(campaign.Id, now, "data", new($"Circuit breaker open: {why.En}", $"熔断：{why.Zh}"));
        if (opens)
            Tell(campaign, breaker, now);
    }

    private static string TaskKey(Campaign campaign, DataBreaker breaker) =>
        $"breaker:{campaign.Id}:{breaker.OpenedAt.ToUnixTimeMilliseconds()}:{breaker.Version}";

    private async Task WithdrawAsync(Campaign campaign, DataBreaker breaker, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var keys = Enumerable
            .Range(0, breaker.Version + 1)
            .Select(v => $"breaker:{campaign.Id}:{breaker.OpenedAt.ToUnixTimeMilliseconds()}:{v}")
            .ToList();
        foreach (
            var task in await db
                .WorkTasks.Where(t => keys.Contains(t.Key) && t.DoneAt == null && t.WithdrawnAt == null)
                .ToListAsync(cancellationToken)
        )
            task.WithdrawnAt = now;
    }

    /// <summary>Somebody has to look at the source.</summary>
    private void Tell(Campaign campaign, DataBreaker breaker, DateTimeOffset now)
    {
        var task = new WorkTask
        {
            CampaignId = campaign.Id,
            Key = TaskKey(campaign, breaker),
            TitleEn = "Issue: rules move no money until the data is mended",
            TitleZh = "问题：数据修复前，规则不会调整预算",
            WhyEn = breaker.WhyEn,
            WhyZh = breaker.WhyZh,
            Role = Roles.Analyst,
            CreatedAt = now,
            DueAt = now.AddDays(1),
        };
        db.WorkTasks.Add(task);
        db.Publish($"task-opened:{task.Key}", new TaskOpened(task.Id), now);
    }

    private static List<(string Key, Phrase Why)> Find(Watched watched, DateTimeOffset now)
    {
        var (campaign, all, known) = watched;
        var today = campaign.Today(now);
        var found = new List<(string, Phrase)>();
        if (today < campaign.StartsOn || today > campaign.EndsOn)
            return found;
        var channels = all.Where(c => c is { Active: true, Shiftable: true }).OrderBy(c => c.Code, StringComparer.Ordinal);
        foreach (var channel in channels)
        {
            // A channel that never reported is new, not stale: the learning phase keeps rules off it.
            if (known.Find(channel.Code) is not { } days)
                continue;
            var allowed = channel.LagDays + GraceDays;
            if (days.DaysBehind(today) > allowed)
                found.Add(
                    (
                        $"stale:{channel.Code}:{days.LatestDay:yyyy-MM-dd}",
                        new(
                            $"{channel.Name} has no numbers since {days.LatestDay:yyyy-MM-dd}, {days.DaysBehind(today)} days; {allowed} are allowed.",
                            $"{channel.Name} 自 {days.LatestDay:yyyy-MM-dd} 起没有数据，已 {days.DaysBehind(today)} 天（允许 {allowed} 天）。"
                        )
                    )
                );
            foreach (var day in days.Days.Where(d => d.Date >= today.AddDays(-DaysLookedAt)))
            {
                if (day is { Clicks: { } clicks, Impressions: { } shown } && clicks > shown)
                    found.Add(
                        (
                            $"clicks:{channel.Code}:{day.Date:yyyy-MM-dd}:{clicks}",
                            new(
                                $"{channel.Name} reports {clicks} clicks on {shown} impressions on {day.Date:yyyy-MM-dd}.",
                                $"{channel.Name} 在 {day.Date:yyyy-MM-dd} 有 {clicks} 次点击却只有 {shown} 次曝光。"
                            )
                        )
                    );
                if (day.SpendMinor is { } spent && spent > MostOverspend * channel.CeilingMinor)
                    found.Add(
                        (
                            $"spend:{channel.Code}:{day.Date:yyyy-MM-dd}:{spent}",
                            new(
                                $"{channel.Name} reports {campaign.Money(spent)} spent on {day.Date:yyyy-MM-dd}, more than twice its ceiling.",
                                $"{channel.Name} 在 {day.Date:yyyy-MM-dd} 花费 {campaign.Money(spent)}，超过上限的两倍。"
                            )
                        )
                    );
            }
        }
        return found;
    }
}
