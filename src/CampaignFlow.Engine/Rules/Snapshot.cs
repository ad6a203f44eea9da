namespace CampaignFlow.Engine.Rules;

/// <summary>
/// All that rules may know of one campaign at one moment: what was known at <see cref="Now"/>, nothing later. The same snapshot
/// always gives the same verdicts.
/// </summary>
public sealed record Snapshot
{
    public required string Campaign { get; init; }
    public required string Currency { get; init; }

    public required DateTimeOffset Now { get; init; }

    /// <summary>The campaign's local date; "7d" means the seven days before it, today itself is never mature.</summary>
    public required DateOnly Today { get; init; }

    public required DateOnly FlightStart { get; init; }
    public required DateOnly FlightEnd { get; init; }

    /// <summary>Total money approved for the flight, in minor units; null when none is set.</summary>
    public long? FlightBudgetMinor { get; init; }

    /// <summary>Goals by metric name (<c>roas</c>, <c>cpa</c>, …); money metrics in minor units. A goal that is not set is unknown.</summary>
    public IReadOnlyDictionary<string, double> Goals { get; init; } = new Dictionary<string, double>();

    public required IReadOnlyList<ChannelState> Channels { get; init; }

    /// <summary>Changes already made or waiting for a person, newest last: cooldowns and daily limits count them.</summary>
    public IReadOnlyList<BudgetChange> Changes { get; init; } = [];

    /// <summary>Whose campaign it is: portfolios are made of one owner's.</summary>
    public string? Owner { get; init; }

    /// <summary>Numbers of the campaign as a whole that no channel reports, such as brand search; one entry a day, oldest first.</summary>
    public IReadOnlyList<DayFact> Days { get; init; } = [];

    /// <summary>Money a day that is approved and not given to any channel; null when the campaign keeps none.</summary>
    public long? ReserveMinor { get; init; }

    /// <summary>Days that are unlike others; rules may leave them out.</summary>
    public IReadOnlyList<Promotion> Promotions { get; init; } = [];

    /// <summary>How goals are expected to be reached, when not evenly; null when nobody gave a curve.</summary>
    public PaceCurve? Curve { get; init; }

    /// <summary>Limits that people set beside the rule files, by rule id or <see cref="GuardLimits.AllRules"/>.</summary>
    public IReadOnlyDictionary<string, GuardLimits> Limits { get; init; } = new Dictionary<string, GuardLimits>();

    /// <summary>What binds one rule; null when nobody set anything.</summary>
    internal GuardLimits? LimitsOf(string rule) =>
        Limits.GetValueOrDefault(GuardLimits.AllRules) is { } all
            ? all.And(Limits.GetValueOrDefault(rule))
            : Limits.GetValueOrDefault(rule);

    /// <summary>True while a person or the circuit breaker has stopped all money moves.</summary>
    public bool BudgetsHeld { get; init; }

    public long DailyTotalMinor => Channels.Sum(c => c.BudgetMinor);

    /// <summary>The newest shift into a channel that still stands.</summary>
    internal BudgetChange? LastShiftTo(string channel) =>
        Changes.LastOrDefault(c =>
            c.To == channel
            && c.From != channel
            && c is { Waiting: false, Reverted: false, AmountMinor: > 0, From: not (null or BudgetChange.Reserve) }
        );

    /// <summary>What makes it unfit to decide anything; null when nothing does.</summary>
    public Phrase? Problem =>
        Channels.GroupBy(c => c.Code, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? new($"the channel {twice.Key} is there twice", $"渠道 {twice.Key} 重复")
        : Channels.FirstOrDefault(c =>
            c.BudgetMinor is < 0 or > LargestMinor || c.FloorMinor < 0 || c.CeilingMinor is < 0 or > LargestMinor
        )
            is { } odd
            ? new($"budget, floor or ceiling of {odd.Name} cannot be", $"{odd.Name} 的预算、下限或上限不合理")
        : FlightEnd < FlightStart ? new("the flight ends before it starts", "投放结束早于开始")
        : FlightEnd.DayNumber - FlightStart.DayNumber > LongestFlight
            ? new($"the flight is longer than {LongestFlight} days", $"投放期超过 {LongestFlight} 天")
        : null;

    private const long LargestMinor = 1_000_000_000_000_000;
    private const int LongestFlight = 1_200;

    public bool IsPromotion(DateOnly day) => Promotions.Any(p => day >= p.First && day <= p.Last);
}

/// <summary>Both days included.</summary>
public sealed record Promotion(string Name, DateOnly First, DateOnly Last);

/// <param name="Source">Where it comes from, as explanations name it: last year's promotion.</param>
/// <param name="Shares">The part of the goal expected by the end of each day of the flight; never falling, the last is 1.</param>
public sealed record PaceCurve(Phrase Source, IReadOnlyList<double> Shares)
{
    public bool IsUsable =>
        Shares.Count > 0
        && Shares.All(s => s is >= 0 and <= 1)
        && Shares[^1] == 1
        && Enumerable.Range(1, Shares.Count - 1).All(i => Shares[i] >= Shares[i - 1]);

    /// <summary>The course of an earlier flight, stretched or pressed to another length; straight within a day.</summary>
    /// <param name="daily">What came in on each of its days; null: not known.</param>
    /// <param name="days">Length of the flight that is to follow it, at least 1.</param>
    /// <returns>Null when a day is not known, or nothing came in: no course can be read off it.</returns>
    public static PaceCurve? Like(Phrase source, IReadOnlyList<long?> daily, int days)
    {
        var total = daily.Sum(d => d ?? 0);
        if (total <= 0 || daily.Any(d => d is null))
            return null;
        var until = new double[daily.Count + 1];
        for (var day = 0; day < daily.Count; day++)
            until[day + 1] = until[day] + daily[day]!.Value;
        double By(int day)
        {
            var (whole, rest) = Math.DivRem((long)day * daily.Count, days);
            return rest == 0 ? until[whole] / total : (until[whole] + ((until[whole + 1] - until[whole]) * rest / days)) / total;
        }
        return new(source, [.. Enumerable.Range(1, days).Select(By)]);
    }
}

/// <param name="Code">Identity within the campaign.</param>
/// <param name="BudgetMinor">Daily budget now, from the ledger.</param>
/// <param name="Shiftable">False for contract money: a rule must not take it back.</param>
/// <param name="Days">One entry per day with data, oldest first; a day without data has no entry.</param>
public sealed record ChannelState(
    string Code,
    string Name,
    long BudgetMinor,
    long FloorMinor,
    long CeilingMinor,
    bool Shiftable,
    bool Active,
    IReadOnlyList<DayFact> Days
)
{
    /// <summary>Inside the platform's learning phase or a running experiment.</summary>
    public bool Learning { get; init; }

    /// <summary>The platform or file its numbers come from; null when it is not told.</summary>
    public string? Source { get; init; }

    /// <summary>Goals of its own, before those of the campaign.</summary>
    public IReadOnlyDictionary<string, double> Goals { get; init; } = new Dictionary<string, double>();
}

/// <summary>One channel's additive numbers of one day. Null is "not reported", never zero. Ratios are computed from sums of these.</summary>
public readonly record struct DayFact(
    DateOnly Date,
    long? SpendMinor,
    long? RevenueMinor,
    long? Impressions,
    long? Clicks,
    double? Conversions,
    double? Leads
)
{
    /// <summary>Metrics by name beside the usual ones; money in minor units, durations in hours.</summary>
    public IReadOnlyDictionary<string, double>? More { get; init; }

    /// <summary>When these numbers became known; null when it is not told.</summary>
    public DateTimeOffset? KnownAt { get; init; }
}

/// <summary>A shift or pause that counts against cooldowns and limits.</summary>
/// <param name="Waiting">Asked and not yet decided.</param>
public sealed record BudgetChange(string Rule, string? From, string? To, long AmountMinor, DateOnly Date, bool Waiting)
{
    /// <summary>Stands where a channel would, for money from or to the reserve.</summary>
    public const string Reserve = "(reserve)";

    /// <summary>Undone already.</summary>
    public bool Reverted { get; init; }
}
