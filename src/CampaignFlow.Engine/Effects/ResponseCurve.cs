using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Effects;

/// <summary>
/// Revenue as a power of spend, r = a·sᵇ, by least squares on logarithms: concave for b below 1, each further unit brings less. Learned
/// only where spend varied, and observational: spend was not chosen at random.
/// </summary>
/// <param name="Elasticity">b: one per cent more spend came with b per cent more revenue.</param>
/// <param name="Fit">R² on logarithms, 0 to 1.</param>
public sealed record ResponseCurve(double Scale, double Elasticity, double Fit, int Days, double Lowest, double Highest)
{
    public const int FewestDays = 14;

    /// <summary>Standard deviation of daily spend as a part of its mean, below which nothing can be learned.</summary>
    public const double LeastVariation = 0.15;

    /// <summary>Revenue that one more unit of money brings at a daily spend, by the curve; only within what was seen.</summary>
    public double? Marginal(double spend) =>
        spend >= Lowest && spend <= Highest ? Scale * Elasticity * Math.Pow(spend, Elasticity - 1) : null;

    /// <returns>The curve, or why there is none.</returns>
    public static (ResponseCurve? Curve, Phrase? Refusal) Learn(IReadOnlyList<DayFact> days)
    {
        var told = days.Where(d => d is { SpendMinor: > 0, RevenueMinor: > 0 })
            .Select(d => (Spend: (double)d.SpendMinor!, Revenue: (double)d.RevenueMinor!))
            .ToList();
        if (told.Count < FewestDays)
            return (
                null,
                new(
                    $"{told.Count} days with spend and revenue, {FewestDays} are needed",
                    $"有花费和收入的天数为 {told.Count}，至少需要 {FewestDays} 天"
                )
            );
        var mean = told.Average(t => t.Spend);
        var variation = Math.Sqrt(told.Average(t => (t.Spend - mean) * (t.Spend - mean))) / mean;
        if (variation < LeastVariation)
            return (
                null,
                new(
                    $"spend hardly varied ({variation:0 %}): nothing can be learned from it",
                    $"花费几乎没有变化（{variation:0%}），无法学习"
                )
            );
        var points = told.ConvertAll(t => (X: Math.Log(t.Spend), Y: Math.Log(t.Revenue)));
        if (Trend.Of(points) is not { } line)
            return (null, new("spend hardly varied: nothing can be learned from it", "花费几乎没有变化，无法学习"));
        if (line.Slope <= 0)
            return (null, new("more spend did not come with more revenue", "花费增加并未带来更多收入"));
        if (line.Slope >= 1)
            return (null, new("no saturation was seen where it spent: the curve is not concave", "在已有花费范围内未见饱和，曲线不是凹的"));
        var middle = points.Average(p => p.Y);
        var whole = points.Sum(p => (p.Y - middle) * (p.Y - middle));
        var rest = points.Sum(p => Math.Pow(p.Y - line.At(p.X), 2));
        return (
            new(
                Math.Exp(line.Level),
                line.Slope,
                whole <= 0 ? 0 : 1 - rest / whole,
                told.Count,
                told.Min(t => t.Spend),
                told.Max(t => t.Spend)
            ),
            null
        );
    }
}
