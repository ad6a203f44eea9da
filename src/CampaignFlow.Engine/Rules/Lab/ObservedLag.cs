namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>How late a channel's numbers are complete, learned from how its days were restated.</summary>
public static class ObservedLag
{
    /// <summary>A day is complete when its later versions stay within this part of the last one.</summary>
    public const double Within = 0.05;

    /// <summary>Four of five days are complete by then; the rest are slips of the source.</summary>
    private const double Share = 0.8;

    /// <summary>Younger days may still change, and would make the lag look short.</summary>
    private const int SettledAfterDays = 7;

    /// <summary>A day that was first heard of later says when somebody imported it, not when it was complete.</summary>
    private const int FirstKnownWithinDays = 3;

    private const int FewestDays = 5;

    /// <param name="versions">All versions of one channel's days.</param>
    /// <param name="local">The campaign's date of an instant.</param>
    /// <returns>
    /// Days later than the next morning until conversions and revenue stop changing; null when too few days tell, as with files that
    /// are imported once.
    /// </returns>
    public static int? Of(IEnumerable<HistoryFact> versions, Func<DateTimeOffset, DateOnly> local, DateOnly today)
    {
        var lags = versions
            .GroupBy(v => v.Numbers.Date)
            .Where(day => today.DayNumber - day.Key.DayNumber > SettledAfterDays)
            .Select(day => day.OrderBy(v => v.KnownAt).Select(v => (v.Numbers, After: After(local(v.KnownAt), day.Key))).ToList())
            .Where(day => day[0].After <= FirstKnownWithinDays)
            .Select(day =>
                Math.Max(
                    Complete(day.ConvertAll(v => (v.Numbers.Conversions, v.After))),
                    Complete(day.ConvertAll(v => ((double?)v.Numbers.RevenueMinor, v.After)))
                )
            )
            .Order()
            .ToList();
        return lags.Count < FewestDays ? null : lags[(int)Math.Ceiling(Share * lags.Count) - 1];
    }

    private static int After(DateOnly known, DateOnly day) => Math.Max(0, known.DayNumber - day.DayNumber - 1);

    /// <summary>The first version from which on all stay near the last.</summary>
    private static int Complete(List<(double? Value, int After)> versions)
    {
        if (versions[^1].Value is not { } final)
            return 0;
        var off = versions.FindLastIndex(v => v.Value is not { } value || Math.Abs(value - final) > Within * Math.Abs(final));
        return versions[off + 1].After;
    }
}
