using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Metrics;

/// <summary>One channel's days as known at an instant, oldest first; a day without data has no entry.</summary>
/// <param name="KnownAt">When the newest of these numbers became known.</param>
public sealed record ChannelDays(string Channel, IReadOnlyList<DayFact> Days, DateTimeOffset KnownAt)
{
    public DateOnly LatestDay => Days[^1].Date;

    /// <summary>0 when yesterday is there: today cannot be complete. A rule's "no data: 1d" is one or more.</summary>
    public int DaysBehind(DateOnly today) => Math.Max(0, today.DayNumber - 1 - LatestDay.DayNumber);
}

/// <summary>What was known of a campaign's numbers at one instant.</summary>
public sealed record KnownDays(DateTimeOffset AsOf, IReadOnlyList<ChannelDays> Channels)
{
    /// <summary>The days of a channel, without regard to case; none when nothing is known.</summary>
    public IReadOnlyList<DayFact> Of(string channel) => Find(channel)?.Days ?? [];

    /// <summary>Null when nothing is known of the channel.</summary>
    public ChannelDays? Find(string channel) =>
        Channels.FirstOrDefault(c => string.Equals(c.Channel, channel.Trim(), StringComparison.OrdinalIgnoreCase));

    public DateOnly? LatestDay => Channels.Count == 0 ? null : Channels.Max(c => c.LatestDay);
    public DateTimeOffset? LatestKnownAt => Channels.Count == 0 ? null : Channels.Max(c => c.KnownAt);

    public PeriodTotals Totals() =>
        new(
            [.. Channels.Select(c => ChannelTotals.Of(c.Channel, c.Days))],
            [.. Channels.SelectMany(c => c.Days).GroupBy(d => d.Date).OrderBy(g => g.Key).Select(g => DayTotals.Of(g.Key, g))],
            MetricTotals.Of(Channels.SelectMany(c => c.Days))
        );
}

/// <summary>One version of one channel's day.</summary>
public sealed record DayVersion(DateTimeOffset KnownAt, Guid? BatchId, DayFact Numbers);

public sealed class MetricQueries(CampaignFlowDb db)
{
    /// <summary>The latest version of each day that was known at <paramref name="asOf"/>; both days inclusive.</summary>
    public async Task<KnownDays> DaysAsync(
        Guid campaignId,
        DateTimeOffset asOf,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken = default
    )
    {
        var known = await DaysOfAsync([campaignId], asOf, from, to, cancellationToken);
        return known.GetValueOrDefault(campaignId) ?? new(asOf, []);
    }

    /// <summary>The same for many campaigns at once; one of which nothing is known is not there.</summary>
    public async Task<IReadOnlyDictionary<Guid, KnownDays>> DaysOfAsync(
        IReadOnlyList<Guid> campaigns,
        DateTimeOffset asOf,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken = default
    )
    {
        var versions = db.MetricFacts.AsNoTracking();
        var facts = await versions
            .Where(f => campaigns.Contains(f.CampaignId) && f.Day >= from && f.Day <= to && f.KnownAt <= asOf)
            .Where(f =>
                !versions.Any(later =>
                    later.CampaignId == f.CampaignId
                    && later.Channel == f.Channel
                    && later.Day == f.Day
                    && later.KnownAt > f.KnownAt
                    && later.KnownAt <= asOf
                )
            )
            .OrderBy(f => f.CampaignId)
            .ThenBy(f => f.Channel)
            .ThenBy(f => f.Day)
            .ToListAsync(cancellationToken);
        return facts.GroupBy(f => f.CampaignId).ToDictionary(g => g.Key, g => Known(asOf, g));
    }

    /// <summary>Spellings that differ only in case are one channel; of two versions of one day the later counts.</summary>
    private static KnownDays Known(DateTimeOffset asOf, IEnumerable<MetricFact> facts) =>
        new(
            asOf,
            [
                .. facts
                    .GroupBy(f => f.Channel, StringComparer.OrdinalIgnoreCase)
                    .OrderBy(g => g.Key, StringComparer.OrdinalIgnoreCase)
                    .Select(g => new ChannelDays(
                        g.MaxBy(f => f.KnownAt)!.Channel,
                        [
                            .. g.GroupBy(f => f.Day)
                                .OrderBy(d => d.Key)
                                .Select(d => d.MaxBy(f => f.KnownAt)!)
                                .Select(f => f.AsDay() with { KnownAt = f.KnownAt }),
                        ],
                        g.Max(f => f.KnownAt)
                    )),
            ]
        );

    /// <summary>Sums and ratios per channel, per day and over all, as known at <paramref name="asOf"/>.</summary>
    public async Task<PeriodTotals> TotalsAsync(
        Guid campaignId,
        DateTimeOffset asOf,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken = default
    ) => (await DaysAsync(campaignId, asOf, from, to, cancellationToken)).Totals();

    /// <summary>Metrics, by the names that rules use, whose numbers of some days became others at this instant; with "any" when a day is new.</summary>
    public async Task<IReadOnlySet<string>> ChangedAsync(
        Guid campaignId,
        IReadOnlyList<DateOnly> days,
        DateTimeOffset at,
        CancellationToken cancellationToken = default
    )
    {
        var versions = await db
            .MetricFacts.AsNoTracking()
            .Where(f => f.CampaignId == campaignId && days.Contains(f.Day) && f.KnownAt <= at)
            .ToListAsync(cancellationToken);
        var changed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var day in versions.GroupBy(f => (f.Channel.ToUpperInvariant(), f.Day)))
        {
            var newest = day.OrderByDescending(f => f.KnownAt).Take(2).ToList();
            if (newest[0].KnownAt.ToUnixTimeMilliseconds() != at.ToUnixTimeMilliseconds())
                continue;
            var before = newest.Count > 1 ? Reported(newest[1]) : [];
            if (before.Count == 0)
                changed.Add(RuleReads.Anything);
            changed.UnionWith(Reported(newest[0]).Except(before).Concat(before.Except(Reported(newest[0]))).Select(r => r.Metric));
        }
        return changed;
    }

    private static List<(string Metric, double? Value)> Reported(MetricFact fact) =>
        [
            ("spend", fact.SpendMinor),
            ("revenue", fact.RevenueMinor),
            ("impressions", fact.Impressions),
            ("clicks", fact.Clicks),
            ("conversions", fact.Conversions),
            ("leads", fact.Leads),
        ];

    /// <summary>How one channel's day was reported over time, oldest first.</summary>
    public async Task<IReadOnlyList<DayVersion>> VersionsAsync(
        Guid campaignId,
        string channel,
        DateOnly day,
        CancellationToken cancellationToken = default
    )
    {
        var facts = await db
            .MetricFacts.AsNoTracking()
            .Where(f => f.CampaignId == campaignId && f.Day == day)
            .OrderBy(f => f.KnownAt)
            .ToListAsync(cancellationToken);
        return
        [
            .. facts
                .Where(f => string.Equals(f.Channel, channel.Trim(), StringComparison.OrdinalIgnoreCase))
                .Select(f => new DayVersion(f.KnownAt, f.BatchId, f.AsDay())),
        ];
    }

    /// <summary>Imports, newest first.</summary>
    public async Task<IReadOnlyList<ImportBatch>> ImportsAsync(
        Guid campaignId,
        int atMost,
        CancellationToken cancellationToken = default
    ) =>
        await db
            .ImportBatches.AsNoTracking()
            .Where(b => b.CampaignId == campaignId)
            .OrderByDescending(b => b.At)
            .ThenByDescending(b => b.Id)
            .Take(atMost)
            .ToListAsync(cancellationToken);
}
