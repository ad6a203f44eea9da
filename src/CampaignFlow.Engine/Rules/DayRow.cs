namespace CampaignFlow.Engine.Rules;

/// <summary>A channel's days by date; days that follow each other are found without a search.</summary>
internal sealed class DayRow
{
    private readonly IReadOnlyList<DayFact> days;

    /// <param name="days">In any order; of two entries of one day the later in the list counts.</param>
    public DayRow(IReadOnlyList<DayFact> days) => this.days = IsAscending(days) ? days : Sorted(days);

    public bool Has(DateOnly day) => Find(day) >= 0;

    public bool TryGet(DateOnly day, out DayFact fact)
    {
        var place = Find(day);
        fact = place >= 0 ? days[place] : default;
        return place >= 0;
    }

    private int Find(DateOnly day)
    {
        if (days.Count == 0)
            return -1;
        // Without gaps the day lies exactly so far from the first; with gaps, before that.
        var last = Math.Min(day.DayNumber - days[0].Date.DayNumber, days.Count - 1);
        if (last < 0)
            return -1;
        if (days[last].Date == day)
            return last;
        var first = 0;
        while (first <= last)
        {
            var middle = (first + last) / 2;
            var at = days[middle].Date;
            if (at == day)
                return middle;
            if (at < day)
                first = middle + 1;
            else
                last = middle - 1;
        }
        return -1;
    }

    private static bool IsAscending(IReadOnlyList<DayFact> days)
    {
        for (var i = 1; i < days.Count; i++)
            if (days[i].Date <= days[i - 1].Date)
                return false;
        return true;
    }

    private static DayFact[] Sorted(IReadOnlyList<DayFact> days)
    {
        var byDate = new SortedDictionary<DateOnly, DayFact>();
        foreach (var day in days)
            byDate[day.Date] = day;
        return [.. byDate.Values];
    }
}
