using System.Globalization;
using System.Text;
using CampaignFlow.Engine.Expressions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Random;

namespace CampaignFlow.Engine.Rules;

/// <summary>
/// How sure the data make us, by posterior simulation (Gelman et al., Bayesian Data Analysis, 3rd ed., §2.6–2.7, Jeffreys priors):
/// CPA from Gamma–Poisson, CVR and CTR from Beta–Binomial; ROAS and other money ratios from a bootstrap over days
/// (Efron &amp; Tibshirani, An Introduction to the Bootstrap, ch. 6). Observational, not causal. Seeds come from the data,
/// so the same snapshot always gives the same answer.
/// </summary>
internal sealed class Certainty(SnapshotNumbers numbers)
{
    public const int DrawCount = 1_000;

    /// <summary>Fewer days cannot show how days differ.</summary>
    private const int FewestDays = 3;

    private const double JeffreysGamma = 0.5;
    private const double JeffreysBeta = 0.5;

    private readonly Dictionary<(string, string, Days), double[]> seen = [];

    /// <summary>Draws by size: rules and their explanations ask for both ends of one interval again and again.</summary>
    private readonly Dictionary<(string, string, Days), double[]> ascending = [];
    private readonly Dictionary<(string, int), Forecast> forecasts = [];
    private readonly Dictionary<(string, string, int), double[]> forecastDraws = [];

    /// <summary>Draws of a channel's metric; a single value where the metric is a count and certain as such.</summary>
    public double[] Draws(ChannelState channel, Term metric, Days range)
    {
        var key = (channel.Code, metric.Name, range);
        if (!seen.TryGetValue(key, out var draws))
            seen[key] = draws = metric.Parts is { } parts
                ? Simulate(channel, metric.Name, parts, range)
                : [numbers.Of(channel, metric, range)];
        return draws;
    }

    public Forecast Forecast(ChannelState channel, GuardSet guard)
    {
        var key = (channel.Code, guard.IgnoreLastDays);
        if (!forecasts.TryGetValue(key, out var forecast))
            forecasts[key] = forecast = new(numbers, channel, guard);
        return forecast;
    }

    public double[] ForecastDraws(ChannelState channel, Term metric, GuardSet guard)
    {
        var key = (channel.Code, metric.Name, guard.IgnoreLastDays);
        if (!forecastDraws.TryGetValue(key, out var draws))
        {
            var flight = new Days(numbers.Snapshot.FlightStart, numbers.Snapshot.Today);
            forecastDraws[key] = draws = Forecast(channel, guard).Draws(metric, DrawCount, Seed(channel, metric.Name, flight));
        }
        return draws;
    }

    /// <summary>The ends of the interval that holds this part of the draws; NaN when there are none or some are unknown.</summary>
    public double Quantile(ChannelState channel, Term metric, Days range, double part)
    {
        var key = (channel.Code, metric.Name, range);
        if (!ascending.TryGetValue(key, out var sorted))
            ascending[key] = sorted = Ascending(Draws(channel, metric, range));
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Round(part * (sorted.Length - 1))];
    }

    private static double[] Ascending(double[] draws)
    {
        if (draws.Length == 1 || Array.Exists(draws, double.IsNaN))
            return [];
        var sorted = (double[])draws.Clone();
        Array.Sort(sorted);
        return sorted;
    }

    /// <summary>Part of the draws in which the test holds.</summary>
    public static double Share(double[][] draws, int slots, Func<double[], bool> holds)
    {
        var values = new double[slots];
        var count = 0;
        for (var i = 0; i < DrawCount; i++)
        {
            Fill(values, draws, i);
            if (holds(values))
                count++;
        }
        return (double)count / DrawCount;
    }

    public static void Fill(double[] values, double[][] draws, int draw)
    {
        for (var slot = 0; slot < values.Length; slot++)
            values[slot] = draws[slot][draws[slot].Length == 1 ? 0 : draw];
    }

    private double Sum(ChannelState channel, string metric, Days range) => numbers.Of(channel, new(metric, Unit.Count, default), range);

    private double[] Simulate(ChannelState channel, string metric, RatioParts parts, Days range)
    {
        var random = new MersenneTwister(Seed(channel, metric, range), threadSafe: false);
        var (above, below) = (Sum(channel, parts.Above, range), Sum(channel, parts.Below, range));
        return metric switch
        {
            // Conversions are a Poisson count over money spent; the posterior of the rate is Gamma, CPA is its inverse.
            "cpa" when below > 0 && above > 0 => Many(() => 1 / Gamma.Sample(random, below + JeffreysGamma, above)),
            // Conversions may exceed clicks (view-through); then they are no part of them and days must speak.
            "cvr" or "ctr" when above <= below => Many(() => Beta.Sample(random, above + JeffreysBeta, below - above + JeffreysBeta)),
            _ => Bootstrap(channel, parts, range, random),
        };
    }

    private double[] Bootstrap(ChannelState channel, RatioParts parts, Days range, MersenneTwister random)
    {
        var days = SnapshotNumbers.Entries(channel, range).Where(d => !numbers.Skipped(d.Date, range)).ToArray();
        if (days.Length < FewestDays)
            return [.. Enumerable.Repeat(double.NaN, DrawCount)];
        double[] Each(string name) => [.. days.Select(day => Metric.Of(day, name) ?? double.NaN)];
        var (above, below) = (Each(parts.Above), Each(parts.Below));
        if (parts.Less is { } less)
            above = [.. above.Zip(Each(less), (more, minus) => more - minus)];
        var draws = new double[DrawCount];
        for (var i = 0; i < DrawCount; i++)
        {
            var (top, bottom) = (0d, 0d);
            for (var drawn = 0; drawn < days.Length; drawn++)
            {
                var day = random.Next(days.Length);
                top += above[day];
                bottom += below[day];
            }
            draws[i] = bottom == 0 ? double.NaN : parts.Factor * top / bottom;
        }
        return draws;
    }

    private static double[] Many(Func<double> draw)
    {
        var draws = new double[DrawCount];
        for (var i = 0; i < DrawCount; i++)
            draws[i] = draw();
        return draws;
    }

    /// <summary>FNV-1a over what is drawn from: <c>string.GetHashCode</c> differs from run to run.</summary>
    private static int Seed(ChannelState channel, string metric, Days range)
    {
        var text = new StringBuilder(channel.Code).Append('/').Append(metric);
        foreach (var day in SnapshotNumbers.Entries(channel, range))
            text.Append(
                CultureInfo.InvariantCulture,
                $"/{day.Date.DayNumber},{day.SpendMinor},{day.RevenueMinor},{day.Impressions},{day.Clicks},{day.Conversions}"
            );
        var hash = 2166136261u;
        foreach (var letter in text.ToString())
            hash = unchecked((hash ^ letter) * 16777619u);
        return (int)(hash & int.MaxValue);
    }
}
