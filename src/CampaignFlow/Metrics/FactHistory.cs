using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Metrics;

/// <summary>All versions of the days that an import touches, and the versions it adds.</summary>
internal sealed class FactHistory
{
    private readonly Dictionary<(string Channel, DateOnly Day), SortedList<DateTimeOffset, MetricFact>> versions = [];
    private readonly Dictionary<string, string> spellings = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<MetricFact> added = [];

    /// <summary>Newest last.</summary>
    public IReadOnlyList<MetricFact> Added => added;

    public static async Task<FactHistory> LoadAsync(
        CampaignFlowDb db,
        Guid campaignId,
        IReadOnlyList<MetricRow> rows,
        CancellationToken cancellationToken
    )
    {
        var history = new FactHistory();
        if (rows.Count == 0)
            return history;
        var (from, to) = (rows.Min(r => r.Numbers.Date), rows.Max(r => r.Numbers.Date));
        foreach (
            var name in await db
                .MetricFacts.Where(f => f.CampaignId == campaignId)
                .Select(f => f.Channel)
                .Distinct()
                .Order()
                .ToListAsync(cancellationToken)
        )
            history.spellings.TryAdd(name, name);
        var facts = db.MetricFacts.AsNoTracking().Where(f => f.CampaignId == campaignId && f.Day >= from && f.Day <= to);
        await foreach (var fact in facts.AsAsyncEnumerable().WithCancellation(cancellationToken))
            history.VersionsOf(fact.Channel, fact.Day).TryAdd(fact.KnownAt, fact);
        return history;
    }

    /// <summary>How earlier imports spell a channel that differs only in case.</summary>
    public string? SpellingOf(string name) => spellings.GetValueOrDefault(name);

    /// <param name="replayed">True: <paramref name="at"/> is when it was known, and what became known later stays the later version.</param>
    /// <returns>Whether a version was added, and the numbers it replaces.</returns>
    public (bool Added, DayFact? Before) Take(
        Guid campaignId,
        string channel,
        DayFact numbers,
        DateTimeOffset at,
        bool replayed,
        Guid batch
    )
    {
        spellings.TryAdd(channel, channel);
        var known = VersionsOf(channel, numbers.Date);
        var latest = replayed ? known.LastOrDefault(v => v.Key <= at).Value : known.LastOrDefault().Value;
        var before = latest?.AsDay();
        var after = before is { } old ? Over(old, numbers) : numbers;
        if (before == after)
            return (false, null);
        var from = !replayed && latest is not null && latest.KnownAt >= at ? latest.KnownAt.AddMilliseconds(1) : at;
        while (known.ContainsKey(from))
            from = from.AddMilliseconds(1); // two versions within one millisecond: the later import is the later version
        var fact = new MetricFact
        {
            CampaignId = campaignId,
            Channel = channel,
            Day = numbers.Date,
            KnownAt = from,
            BatchId = batch,
            SpendMinor = after.SpendMinor,
            RevenueMinor = after.RevenueMinor,
            Impressions = after.Impressions,
            Clicks = after.Clicks,
            Conversions = after.Conversions,
            Leads = after.Leads,
        };
        known.Add(from, fact);
        added.Add(fact);
        return (true, before);
    }

    private static DayFact Over(DayFact old, DayFact said) =>
        new(
            old.Date,
            said.SpendMinor ?? old.SpendMinor,
            said.RevenueMinor ?? old.RevenueMinor,
            said.Impressions ?? old.Impressions,
            said.Clicks ?? old.Clicks,
            said.Conversions ?? old.Conversions,
            said.Leads ?? old.Leads
        );

    private SortedList<DateTimeOffset, MetricFact> VersionsOf(string channel, DateOnly day)
    {
        var key = (channel.ToUpperInvariant(), day);
        if (!versions.TryGetValue(key, out var known))
            versions.Add(key, known = []);
        return known;
    }
}
