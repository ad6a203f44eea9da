namespace CampaignFlow.Simulation;

/// <summary>
/// Numbers that look random and belong to one seed, name and day, so that asking for one day does not change another. SplitMix64 (Steele,
/// Lea, Flood 2014), started from an FNV-1a hash; the same on every machine.
/// </summary>
internal struct Chance
{
    private ulong state;

    public Chance(long seed, string name, DateOnly day)
    {
        state = 14695981039346656037UL;
        foreach (var c in name)
            state = unchecked((state ^ c) * 1099511628211UL);
        state = unchecked((state ^ (ulong)day.DayNumber) * 1099511628211UL) ^ unchecked((ulong)seed * 0x9E3779B97F4A7C15UL);
        Next();
    }

    /// <summary>Evenly in [0, 1).</summary>
    public double Next()
    {
        state = unchecked(state + 0x9E3779B97F4A7C15UL);
        var z = state;
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>A factor around 1, log-normal, never zero.</summary>
    public double Around(double spread) => Math.Exp((Normal() * spread) - (spread * spread / 2));

    /// <summary>A Poisson count; beyond 60 the normal approximation is close enough.</summary>
    public double Count(double mean)
    {
        if (mean > 60)
            return Math.Max(0, Math.Round(mean + (Normal() * Math.Sqrt(mean))));
        var (limit, product, count) = (Math.Exp(-Math.Max(mean, 0)), Next(), 0);
        while (product > limit)
        {
            product *= Next();
            count++;
        }
        return count;
    }

    // Box and Muller.
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - Next())) * Math.Cos(2 * Math.PI * Next());
}
