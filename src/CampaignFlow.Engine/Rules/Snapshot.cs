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

    /// <summary>True while a person or the circuit breaker has stopped all money moves.</summary>
    public bool BudgetsHeld { get; init; }

    public long DailyTotalMinor => Channels.Sum(c => c.BudgetMinor);
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
);

/// <summary>A shift or pause that counts against cooldowns and limits.</summary>
/// <param name="Waiting">Asked and not yet decided.</param>
public sealed record BudgetChange(string Rule, string? From, string? To, long AmountMinor, DateOnly Date, bool Waiting);
