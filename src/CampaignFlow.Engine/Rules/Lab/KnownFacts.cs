namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>What was known so far; only ever moves forward, so a later version of a day replaces the earlier one when its time has come.</summary>
internal sealed class KnownFacts(History history)
{
    private readonly Queue<HistoryFact> coming = new(history.Facts.OrderBy(f => f.KnownAt).ThenBy(f => f.Numbers.Date));
    private readonly Dictionary<string, SortedDictionary<DateOnly, DayFact>> days = new(StringComparer.Ordinal);

    public void Advance(DateTimeOffset now)
    {
        while (coming.TryPeek(out var next) && next.KnownAt <= now)
        {
            coming.Dequeue();
            if (!days.TryGetValue(next.Channel, out var known))
                days[next.Channel] = known = [];
            known[next.Numbers.Date] = next.Numbers with { KnownAt = next.KnownAt };
        }
    }

    /// <param name="silent">Days on which the channel was paused in the simulation: it would have reported nothing.</param>
    public IReadOnlyList<DayFact> Of(string channel, Func<DateOnly, bool> silent) =>
        days.TryGetValue(channel, out var known) ? [.. known.Values.Where(d => !silent(d.Date))] : [];
}
