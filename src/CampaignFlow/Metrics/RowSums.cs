using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Metrics;

/// <summary>
/// Rows of one channel and day become one. Rows that differ in an id, an ad group or an hour are parts of the day and add up; two rows
/// that nothing tells apart are either the same row twice, which counts once, or a contradiction, which is the reader's to report.
/// </summary>
internal sealed class RowSums
{
    private readonly Dictionary<(string Channel, DateOnly Day), Group> groups = [];
    private readonly List<Group> inOrder = [];

    public int Duplicates { get; private set; }

    public IReadOnlyList<MetricRow> Rows => [.. inOrder.Select(g => g.Sum)];

    /// <returns>The line of the row it contradicts; null when it was taken.</returns>
    public int? Add(MetricRow row, string level)
    {
        var key = (row.Channel.ToUpperInvariant(), row.Numbers.Date);
        if (!groups.TryGetValue(key, out var group))
        {
            group = new() { Sum = row };
            group.Parts.Add(level, row);
            groups.Add(key, group);
            inOrder.Add(group);
            return null;
        }
        if (group.Parts.TryGetValue(level, out var same))
        {
            if (same.Numbers != row.Numbers)
                return same.Line;
            Duplicates++;
            return null;
        }
        group.Parts.Add(level, row);
        group.Sum = group.Sum with { Numbers = Sum(group.Sum.Numbers, row.Numbers), Kind = group.Sum.Kind ?? row.Kind, BudgetMinor = null };
        return null;
    }

    /// <summary>Money in minor units; of one day, or of all.</summary>
    public decimal Total(MetricField field, DateOnly? day) =>
        inOrder
            .Where(g => day is null || g.Sum.Numbers.Date == day)
            .Sum(g =>
                field switch
                {
                    MetricField.Spend => g.Sum.Numbers.SpendMinor ?? 0,
                    MetricField.Revenue => g.Sum.Numbers.RevenueMinor ?? 0,
                    MetricField.Impressions => g.Sum.Numbers.Impressions ?? 0,
                    MetricField.Clicks => g.Sum.Numbers.Clicks ?? 0,
                    MetricField.Conversions => (decimal)(g.Sum.Numbers.Conversions ?? 0),
                    _ => (decimal)(g.Sum.Numbers.Leads ?? 0),
                }
            );

    private static DayFact Sum(DayFact a, DayFact b) =>
        new(
            a.Date,
            Sum(a.SpendMinor, b.SpendMinor),
            Sum(a.RevenueMinor, b.RevenueMinor),
            Sum(a.Impressions, b.Impressions),
            Sum(a.Clicks, b.Clicks),
            a.Conversions is null ? b.Conversions : a.Conversions + (b.Conversions ?? 0),
            a.Leads is null ? b.Leads : a.Leads + (b.Leads ?? 0)
        );

    private static long? Sum(long? a, long? b) => a is null ? b : a + (b ?? 0);

    private sealed class Group
    {
        public required MetricRow Sum { get; set; }
        public Dictionary<string, MetricRow> Parts { get; } = new(StringComparer.Ordinal);
    }
}
