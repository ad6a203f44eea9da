using System.Globalization;
using System.Text;

namespace CampaignFlow.Engine.Workflows.Definition;

/// <summary>How often a failing activity is called again by itself before a person has to look at it.</summary>
/// <param name="Attempts">All of them, the first included.</param>
/// <param name="First">Pause after the first failure.</param>
/// <param name="Factor">What each pause is multiplied with for the next.</param>
/// <param name="Most">No pause is longer.</param>
/// <param name="Jitter">Pauses are between half and all of that, so that runs that failed together do not come back together.</param>
public sealed record RetryPolicy(int Attempts, TimeSpan First, double Factor, TimeSpan Most, bool Jitter)
{
    public const int MostAttempts = 100;

    /// <summary>The pause after a failure, in whole milliseconds.</summary>
    /// <param name="failed">Attempts that have failed, from 1.</param>
    /// <param name="seed">The same seed gives the same pause: a replay goes the same way.</param>
    public TimeSpan Pause(int failed, string seed)
    {
        var grown = Math.Min(Most.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(Factor, failed - 1));
        return TimeSpan.FromMilliseconds(Math.Round(Jitter ? grown * (0.5 + (0.5 * Share(seed))) : grown));
    }

    // FNV-1a with MurmurHash3's finish, which spreads seeds that differ in one character; from 0 to below 1.
    private static double Share(string seed)
    {
        var hash = 2166136261u;
        foreach (var part in Encoding.UTF8.GetBytes(seed))
            hash = (hash ^ part) * 16777619u;
        hash = (hash ^ (hash >> 16)) * 0x85ebca6bu;
        hash = (hash ^ (hash >> 13)) * 0xc2b2ae35u;
        return (hash ^ (hash >> 16)) / 4294967296.0;
    }
}

/// <summary>How long an activity may take, all its attempts and waits together.</summary>
/// <param name="Outcome">Port by which it is left then; null: it becomes an incident.</param>
public sealed record ActivityTimeout(TimeSpan After, string? Outcome)
{
    public string Text => After.ToString("c", CultureInfo.InvariantCulture);
}
