using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Metrics;

namespace CampaignFlow.Board;

/// <summary>The channel table and the curves of one campaign, from its ledger and its known days.</summary>
internal static class ChannelLines
{
    private const int Window = 7;

    public static ChannelTable Of(
        Campaign campaign,
        IReadOnlyList<CampaignChannel> planned,
        IReadOnlyList<(DateOnly Day, string Channel, long BudgetMinor)> history,
        KnownDays known,
        DateOnly today
    )
    {
        // History ends with the flight, so after it the last day's budgets stand; before it the first day's will.
        var day = Clamp(today, campaign.StartsOn, campaign.EndsOn);
        var budgets = history.Where(h => h.Day == day).ToDictionary(h => h.Channel, h => h.BudgetMinor);
        var lines = planned
            .Select(c => Line(c.Code, c.Name, c, budgets.Count == 0 ? c.PlannedMinor : budgets.GetValueOrDefault(c.Code), known, today))
            .ToList();
        // Numbers of a channel that nobody planned are shown too, or the total would not be the sum of the rows.
        lines.AddRange(
            known
                .Channels.Where(k => !planned.Any(c => string.Equals(c.Code, k.Channel, StringComparison.OrdinalIgnoreCase)))
                .Select(k => Line(k.Channel, k.Channel, null, 0, known, today))
        );
        return new(
            lines,
            MetricTotals.Of(known.Channels.SelectMany(c => c.Days)),
            lines.Sum(l => l.BudgetMinor),
            planned.Sum(c => c.PlannedMinor),
            known.LatestDay,
            known.LatestKnownAt,
            budgets.Count > 0
        );
    }

    public static CampaignCurves Curves(
        Campaign campaign,
        IReadOnlyList<CampaignChannel> planned,
        IReadOnlyList<(DateOnly Day, string Channel, long BudgetMinor)> history,
        KnownDays known,
        IReadOnlyList<Goal> goals,
        DateOnly today
    )
    {
        var flight = Days(campaign.StartsOn, campaign.EndsOn);
        var byDay = history.ToDictionary(h => (h.Day, h.Channel), h => h.BudgetMinor);
        var last = known.LatestDay;
        var seen = last is { } l ? Days(campaign.StartsOn, l) : [];
        var lag = planned.Select(c => c.LagDays).DefaultIfEmpty().Max();
        return new(
            flight,
            [
                .. planned.Select(c =>
                    (
                        c.Name,
                        (IReadOnlyList<long?>)
                            [.. flight.Select(d => d <= today && byDay.TryGetValue((d, c.Code), out var b) ? b : (long?)null)]
                    )
                ),
            ],
            seen,
            Rolling([.. known.Channels.SelectMany(c => c.Days)], seen),
            [.. planned.Where(c => known.Of(c.Code).Count > 0).Select(c => (c.Name, Rolling(known.Of(c.Code), seen)))],
            goals.FirstOrDefault(g => g.Metric == "roas")?.Target,
            last is { } end && lag > 0 ? Clamp(end.AddDays(1 - lag), campaign.StartsOn, end) : null
        );
    }

    /// <summary>Ratio of the sums of seven days up to and with each day.</summary>
    private static IReadOnlyList<double?> Rolling(IReadOnlyList<DayFact> facts, IReadOnlyList<DateOnly> days) =>
        [.. days.Select(d => MetricTotals.Of(facts.Where(f => f.Date <= d && f.Date > d.AddDays(-Window))).Roas)];

    private static ChannelLine Line(string code, string name, CampaignChannel? plan, long budget, KnownDays known, DateOnly today)
    {
        var days = known.Find(code);
        return new(code, name, plan, budget, MetricTotals.Of(days?.Days ?? []), days?.LatestDay, days?.DaysBehind(today));
    }

    private static List<DateOnly> Days(DateOnly from, DateOnly to) =>
        [.. Enumerable.Range(0, Math.Max(0, to.DayNumber - from.DayNumber + 1)).Select(from.AddDays)];

    private static DateOnly Clamp(DateOnly day, DateOnly from, DateOnly to) =>
        day < from ? from
        : day > to ? to
        : day;
}
