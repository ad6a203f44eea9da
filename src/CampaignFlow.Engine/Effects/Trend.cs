namespace CampaignFlow.Engine.Effects;

/// <summary>A straight line through daily values, by least squares, with how far days scatter around it.</summary>
public sealed record Trend(double Level, double Slope, double Scatter, int Count, double MeanX, double SumSquares)
{
    public const int FewestDays = 7;

    /// <returns>Null when there are too few days to tell a trend from chance.</returns>
    public static Trend? Of(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count < FewestDays)
            return null;
        var (meanX, meanY) = (points.Average(p => p.X), points.Average(p => p.Y));
        var squares = points.Sum(p => (p.X - meanX) * (p.X - meanX));
        if (squares <= 0)
            return null;
        var slope = points.Sum(p => (p.X - meanX) * (p.Y - meanY)) / squares;
        var level = meanY - slope * meanX;
        var rest = points.Sum(p => Math.Pow(p.Y - (level + slope * p.X), 2));
        return new(level, slope, Math.Sqrt(rest / (points.Count - 2)), points.Count, meanX, squares);
    }

    public double At(double x) => Level + Slope * x;

    /// <summary>
    /// Standard error of (mean of <paramref name="count"/> new days around <paramref name="x"/>) − (the line there): the usual
    /// prediction error of simple regression, σ² (1/m + 1/n + (x − x̄)² / Sxx).
    /// </summary>
    public double Error(double x, int count) => Scatter * Math.Sqrt(1.0 / count + 1.0 / Count + (x - MeanX) * (x - MeanX) / SumSquares);
}
