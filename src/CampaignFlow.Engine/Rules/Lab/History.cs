namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>A channel as it stood when a backtest begins; money in minor units a day.</summary>
public sealed record HistoryChannel(string Code, string Name, long BudgetMinor, long FloorMinor, long CeilingMinor)
{
    /// <summary>False for contract money.</summary>
    public bool Shiftable { get; init; } = true;

    public string? Source { get; init; }

    /// <summary>Days later than the next morning until a day's conversions are nearly complete, as people set it.</summary>
    public int LagDays { get; init; }

    /// <summary>The same as its numbers show it, see <see cref="ObservedLag"/>; null when they cannot tell.</summary>
    public int? ObservedLagDays { get; init; }
}

/// <summary>One channel's day as it became known at an instant. A restated day is there once for each version.</summary>
public sealed record HistoryFact(string Channel, DateTimeOffset KnownAt, DayFact Numbers);

/// <summary>When the rules were looked at on a day.</summary>
public sealed record Morning(DateOnly Day, DateTimeOffset Now);

/// <summary>A metric book with its knowledge times: all that a backtest may know, and from when on.</summary>
public sealed record History
{
    public required string Campaign { get; init; }
    public required string Currency { get; init; }
    public required DateOnly FlightStart { get; init; }
    public required DateOnly FlightEnd { get; init; }
    public required IReadOnlyList<HistoryChannel> Channels { get; init; }
    public required IReadOnlyList<HistoryFact> Facts { get; init; }

    /// <summary>In order of time.</summary>
    public required IReadOnlyList<Morning> Mornings { get; init; }

    public IReadOnlyDictionary<string, double> Goals { get; init; } = new Dictionary<string, double>();
    public long? FlightBudgetMinor { get; init; }
    public long? ReserveMinor { get; init; }
    public IReadOnlyList<Promotion> Promotions { get; init; } = [];
    public PaceCurve? Curve { get; init; }

    /// <summary>Limits that people set beside the rule files, by rule id or <see cref="GuardLimits.AllRules"/>.</summary>
    public IReadOnlyDictionary<string, GuardLimits> Limits { get; init; } = new Dictionary<string, GuardLimits>();

    public long DailyTotalMinor => Channels.Sum(c => c.BudgetMinor);

    /// <summary>Days with numbers, the first and the last included; 0 without any.</summary>
    public int Days => Facts.Count == 0 ? 0 : Facts.Max(f => f.Numbers.Date).DayNumber - Facts.Min(f => f.Numbers.Date).DayNumber + 1;

    /// <summary>The last version of each day: what turned out to be true.</summary>
    public IReadOnlyDictionary<(string Channel, DateOnly Day), DayFact> Final =>
        Facts.GroupBy(f => (f.Channel, f.Numbers.Date)).ToDictionary(g => g.Key, g => g.MaxBy(f => f.KnownAt)!.Numbers);
}
