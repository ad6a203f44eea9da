using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Metrics;

/// <summary>How fresh one channel's numbers are.</summary>
/// <param name="Behind">Days that should be there and are not; null when nothing is known or nothing is due yet.</param>
public sealed record Freshness(string Channel, string Name, DateOnly? LastDay, int? Behind, DateTimeOffset? KnownAt, bool InPlan)
{
    /// <summary>Days later than the next morning until its numbers are complete, as people set it; null outside the plan.</summary>
    public int? LagSet { get; init; }

    /// <summary>The same as its restatements show it; null when they cannot tell.</summary>
    public int? LagSeen { get; init; }
}

/// <summary>One metric over channels and days.</summary>
/// <param name="Values">By channel, then by day; null: not known. Money in minor units.</param>
/// <param name="Restated">Channel days with more than one version.</param>
public sealed record Explored(
    MetricView View,
    IReadOnlyList<DateOnly> Days,
    IReadOnlyList<(string Code, string Name)> Channels,
    IReadOnlyDictionary<string, double?[]> Values,
    IReadOnlyList<double?> DayTotals,
    IReadOnlyDictionary<string, double?> ChannelTotals,
    double? Total,
    IReadOnlySet<(string Channel, DateOnly Day)> Restated,
    DateTimeOffset? KnownAt
);

/// <summary>What the explorer of numbers needs; read-only.</summary>
public sealed class MetricExplorer(CampaignFlowDb db, MetricQueries metrics, TimeProvider clock)
{
    public const int LongestRange = 184;

    /// <summary>A source that has become quicker since should be believed.</summary>
    private const int DaysForLag = 60;

    public async Task<IReadOnlyList<Freshness>> FreshnessAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = campaign.Today(now);
        var known = await metrics.DaysAsync(campaign.Id, now, DateOnly.MinValue, today, cancellationToken);
        var channels = await NamesAsync(campaign.Id, cancellationToken);
        var due = campaign.EndsOn < today.AddDays(-1) ? campaign.EndsOn : today.AddDays(-1);
        int? Behind(ChannelDays? days) =>
            due < campaign.StartsOn ? null
            : days is null ? due.DayNumber - campaign.StartsOn.DayNumber + 1
            : Math.Max(0, due.DayNumber - days.LatestDay.DayNumber);
        var set = await db
            .CampaignChannels.Where(c => c.CampaignId == campaign.Id)
            .ToDictionaryAsync(c => c.Code, c => c.LagDays, cancellationToken);
        var versions = await VersionsAsync(campaign.Id, today, cancellationToken);
        int? Seen(string channel) => ObservedLag.Of(versions[channel], campaign.Today, today);
        return
        [
            .. channels.Select(c =>
                (
                    known.Find(c.Code) is { } days
                        ? new Freshness(c.Code, c.Name, days.LatestDay, Behind(days), days.KnownAt, true)
                        : new Freshness(c.Code, c.Name, null, Behind(null), null, true)
                ) with
                {
                    LagSet = set.TryGetValue(c.Code, out var lag) ? lag : null,
                    LagSeen = Seen(c.Code),
                }
            ),
            .. known
                .Channels.Where(k => !channels.Exists(c => Same(c.Code, k.Channel)))
                .Select(k => new Freshness(k.Channel, k.Channel, k.LatestDay, null, k.KnownAt, false) { LagSeen = Seen(k.Channel) }),
        ];
    }

    /// <summary>How the last days became known, version by version.</summary>
    private async Task<ILookup<string, HistoryFact>> VersionsAsync(Guid campaign, DateOnly today, CancellationToken cancellationToken)
    {
        var from = today.AddDays(-DaysForLag);
        var facts = await db
            .MetricFacts.AsNoTracking()
            .Where(f => f.CampaignId == campaign && f.Day >= from)
            .ToListAsync(cancellationToken);
        return facts
            .Select(f => new HistoryFact(f.Channel, f.KnownAt, f.AsDay()))
            .ToLookup(f => f.Channel, StringComparer.OrdinalIgnoreCase);
    }

    /// <param name="from">Clamped so that at most <see cref="LongestRange"/> days are shown.</param>
    public async Task<Explored> ExploreAsync(
        Campaign campaign,
        MetricView view,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken
    )
    {
        if (to.DayNumber - from.DayNumber >= LongestRange)
            from = to.AddDays(1 - LongestRange);
        var known = await metrics.DaysAsync(campaign.Id, clock.GetUtcNow(), from, to, cancellationToken);
        var totals = known.Totals();
        var names = await NamesAsync(campaign.Id, cancellationToken);
        var days = Enumerable.Range(0, Math.Max(0, to.DayNumber - from.DayNumber + 1)).Select(from.AddDays).ToList();
        var byDay = totals.Days.ToDictionary(d => d.Day, d => d.Value(view.Code));
        return new(
            view,
            days,
            [.. known.Channels.Select(c => (c.Channel, names.Find(n => Same(n.Code, c.Channel)).Name ?? c.Channel))],
            known.Channels.ToDictionary(c => c.Channel, c => Of(c.Days, days, view), StringComparer.Ordinal),
            [.. days.Select(d => byDay.GetValueOrDefault(d))],
            totals.Channels.ToDictionary(c => c.Channel, c => c.Value(view.Code), StringComparer.Ordinal),
            totals.All.Value(view.Code),
            await RestatedAsync(campaign.Id, from, to, cancellationToken),
            known.LatestKnownAt
        );
    }

    /// <summary>One import with its problems; null when there is none, or it is another campaign's.</summary>
    public async Task<(ImportBatch Batch, IReadOnlyList<Problem> Problems)?> ImportAsync(
        Guid campaign,
        Guid id,
        CancellationToken cancellationToken
    ) =>
        await db.ImportBatches.AsNoTracking().SingleOrDefaultAsync(b => b.Id == id && b.CampaignId == campaign, cancellationToken)
            is { } batch
            ? (batch, JsonSerializer.Deserialize<List<Problem>>(batch.Problems) ?? [])
            : null;

    private static double?[] Of(IReadOnlyList<DayFact> facts, List<DateOnly> days, MetricView view)
    {
        var known = facts.ToDictionary(f => f.Date, f => MetricTotals.Of([f]).Value(view.Code));
        return [.. days.Select(d => known.GetValueOrDefault(d))];
    }

    private async Task<IReadOnlySet<(string, DateOnly)>> RestatedAsync(
        Guid campaign,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken
    )
    {
        var versions = await db
            .MetricFacts.Where(f => f.CampaignId == campaign && f.Day >= from && f.Day <= to)
            .GroupBy(f => new { f.Channel, f.Day })
            .Where(g => g.Count() > 1)
            .Select(g => new { g.Key.Channel, g.Key.Day })
            .ToListAsync(cancellationToken);
        return versions.Select(v => (v.Channel, v.Day)).ToHashSet();
    }

    private async Task<List<(string Code, string Name)>> NamesAsync(Guid campaign, CancellationToken cancellationToken) =>
        [
            .. (
                await db
                    .CampaignChannels.AsNoTracking()
                    .Where(c => c.CampaignId == campaign)
                    .OrderBy(c => c.Code)
                    .Select(c => new { c.Code, c.Name })
                    .ToListAsync(cancellationToken)
            ).Select(c => (c.Code, c.Name)),
        ];

    private static bool Same(string a, string b) => string.Equals(a.Trim(), b.Trim(), StringComparison.OrdinalIgnoreCase);
}
