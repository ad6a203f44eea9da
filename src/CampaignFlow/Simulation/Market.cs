using CampaignFlow.Metrics;

namespace CampaignFlow.Simulation;

/// <summary>
/// A market that answers to budgets: daily numbers of invented channels, the same for the same seed, whatever the order of the questions.
/// Spend follows the budget, clicks grow slower than spend (diminishing returns), buyers follow weekday and promotion calendar, and
/// late conversions are reported late. What it says about a channel is made up; how it behaves is what rules are tried on.
/// </summary>
public sealed class Market(MarketPlan plan, long seed)
{
    /// <summary>A channel cannot show more people than there are: four times its planned money is all it can spend.</summary>
    private const double MostSpend = 4;

    public MarketPlan Plan { get; } = plan;

    /// <summary>The final numbers of one day, all conversions reported.</summary>
    /// <param name="budgetMinor">Daily budget of a channel on that day; zero for a paused one.</param>
    public IReadOnlyList<MetricRow> Day(DateOnly day, Func<string, DateOnly, long> budgetMinor) =>
        [.. Plan.Channels.Select(c => Row(c, day, budgetMinor(c.Code, day), 1)).OfType<MetricRow>()];

    /// <summary>
    /// What the platforms report in the morning of <paramref name="morning"/>: yesterday for the first time, and the days before as late
    /// conversions have changed them.
    /// </summary>
    public IReadOnlyList<MetricRow> ReportedOn(DateOnly morning, Func<string, DateOnly, long> budgetMinor)
    {
        var rows = new List<MetricRow>();
        for (var age = Plan.LongestLag; age >= 1; age--)
        {
            var day = morning.AddDays(-age);
            if (day < Plan.StartsOn || day > Plan.EndsOn)
                continue;
            foreach (var channel in Plan.Channels.Where(c => age <= c.KnownShare.Count && !Gap(c.Code, day, morning)))
            {
                if (Row(channel, day, budgetMinor(channel.Code, day), channel.KnownShare[age - 1]) is { } row)
                    rows.Add(row);
            }
        }
        // A file that comes late has the day as it is by then.
        foreach (var late in Plan.Gaps.Where(g => g.ArrivesOn == morning && morning.DayNumber - g.Day.DayNumber > LagOf(g.Channel)))
        {
            if (Row(Find(late.Channel), late.Day, budgetMinor(late.Channel, late.Day), 1) is { } row)
                rows.Add(row);
        }
        return rows;
    }

    /// <summary>How many buyers a day brings against an ordinary one.</summary>
    public double Season(DateOnly day) =>
        Plan.WeekdayWeights[(int)day.DayOfWeek] * Plan.Peaks.Where(p => p.Covers(day)).Select(p => p.Factor).DefaultIfEmpty(1).Max();

    private MarketChannel Find(string code) => Plan.Channels.Single(c => c.Code == code);

    private int LagOf(string code) => Find(code).KnownShare.Count;

    private bool Gap(string channel, DateOnly day, DateOnly morning) =>
        Plan.Gaps.Any(g => g.Channel == channel && g.Day == day && (g.ArrivesOn is not { } arrives || morning < arrives));

    /// <returns>Null on a day without budget: a paused channel is not in the platform's report.</returns>
    private MetricRow? Row(MarketChannel channel, DateOnly day, long budgetMinor, double share)
    {
        if (budgetMinor <= 0 || day < Plan.StartsOn || day > Plan.EndsOn)
            return null;
        var chance = new Chance(seed, channel.Code, day);
        var planned = (double)channel.PlannedMinor;
        var spend = Math.Round(Math.Min(budgetMinor * (0.94 + (0.06 * chance.Next())), planned * MostSpend));
        var season = Season(day);

        // At the planned budget a click costs cvr × aov / roas; more money buys ever dearer clicks.
        var plannedClicks = planned * channel.BaseRoas / (channel.Cvr * channel.AovMinor);
        var clicks = plannedClicks * Math.Pow(spend / planned, channel.Elasticity) * Math.Sqrt(season) * chance.Around(0.05);
        var buyers = chance.Count(clicks * channel.Cvr * Math.Sqrt(season));
        var known = Math.Round(buyers * share);
        var revenue = Math.Round(known * channel.AovMinor * chance.Around(0.06 / Math.Sqrt(Math.Max(1, buyers / 20))));
        var impressions = clicks / channel.Ctr * chance.Around(0.04);
        return new(
            channel.Code,
            new(
                day,
                (long)spend,
                (long)revenue,
                channel.Counted ? (long)impressions : null,
                channel.Counted ? Math.Max((long)clicks, 0) : null,
                known,
                null
            )
        )
        {
            Kind = channel.Kind,
        };
    }
}
