namespace CampaignFlow.Engine.Rules;

/// <summary>What a row of days says: direction, middle, what is usual.</summary>
internal sealed partial class SnapshotNumbers
{
    private const int FewestTrendDays = 3;

    /// <summary>Fewer of the same weekday have no middle worth the name.</summary>
    private const int FewestWeekdays = 4;

    /// <summary>A metric day by day; days on which it is not defined are left out, too few of them are unknown.</summary>
    public double Trend(Func<Days, double> value, Days range)
    {
        var points = Points(value, range);
        if (points.Count < FewestTrendDays || points.Count * 2 < range.Count)
            return double.NaN;
        var (meanX, meanY) = (points.Average(p => p.X), points.Average(p => p.Y));
        if (meanY == 0)
            return double.NaN;
        var slope = points.Sum(p => (p.X - meanX) * (p.Y - meanY)) / points.Sum(p => (p.X - meanX) * (p.X - meanX));
        return slope / meanY;
    }

    /// <summary>The middle of the days' values; unknown when fewer than three days, or half of them, have one.</summary>
    public double Median(Func<Days, double> value, Days range)
    {
        var points = Points(value, range);
        return points.Count < FewestTrendDays || points.Count * 2 < range.Count ? double.NaN : Middle([.. points.Select(p => p.Y)]);
    }

    /// <summary>The middle of the same weekday's values before the latest day of the range, and how far they usually lie from it.</summary>
    public (double Middle, double Spread) Usual(Func<Days, double> value, Days range)
    {
        var same = new List<double>();
        for (var day = range.Last.AddDays(-7); day >= range.First.AddDays(-1); day = day.AddDays(-7))
            if (!Skipped(day, range) && value(new(day, day)) is var y && !double.IsNaN(y))
                same.Add(y);
        if (same.Count < FewestWeekdays)
            return (double.NaN, double.NaN);
        var middle = Middle(same);
        return (middle, Middle([.. same.Select(y => Math.Abs(y - middle))]));
    }

    private List<(double X, double Y)> Points(Func<Days, double> value, Days range)
    {
        var points = new List<(double X, double Y)>();
        for (var day = range.First; day <= range.Last; day = day.AddDays(1))
            if (!Skipped(day, range) && value(new(day, day)) is var y && !double.IsNaN(y))
                points.Add((points.Count, y));
        return points;
    }

    private static double Middle(List<double> values)
    {
        values.Sort();
        var half = values.Count / 2;
        return values.Count % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }
}
