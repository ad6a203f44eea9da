namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>What a set of rules would have done on a history. All money in minor units a day.</summary>
public sealed record BacktestReport
{
    public required string Currency { get; init; }
    public required DateOnly From { get; init; }
    public required DateOnly To { get; init; }

    /// <summary>How many mornings the rules were looked at.</summary>
    public required int Evaluations { get; init; }

    public required IReadOnlyList<PathOfChannel> Channels { get; init; }
    public required IReadOnlyList<BacktestDay> Days { get; init; }
    public required IReadOnlyList<Firing> Firings { get; init; }
    public required IReadOnlyList<Silence> Silences { get; init; }
    public required IReadOnlyList<Clash> Clashes { get; init; }
    public required IReadOnlyList<Reversal> Reversals { get; init; }

    /// <summary>Channels and reserve together at the start.</summary>
    public required long TotalStartMinor { get; init; }
    public required long TotalEndMinor { get; init; }

    /// <summary>True when channels and reserve added up to the same amount on every day.</summary>
    public required bool KeepsTotal { get; init; }

    /// <summary>ROAS of the start budgets and of the simulated ones, each day's ROAS weighted with the budget: an open loop, since a
    /// channel is assumed to earn as it did whatever it gets.</summary>
    public required double? RoasBefore { get; init; }
    public required double? RoasAfter { get; init; }

    public IEnumerable<Firing> Moves => Firings.Where(f => f.AmountMinor is not null);

    /// <summary>All money moved, as a multiple of the daily total.</summary>
    public double Churn => TotalStartMinor == 0 ? 0 : Moves.Sum(f => (double)f.AmountMinor!) / TotalStartMinor;

    /// <summary>The day on which the simulated budgets would have earned least beside the start budgets.</summary>
    public BacktestDay? WorstDay => Days.Where(d => d.EffectMinor is not null).MinBy(d => d.EffectMinor);

    /// <summary>The largest daily total of the channels over the first one.</summary>
    public double Growth =>
        Days.Count == 0 || Days[0].TotalBeforeMinor == 0 ? 1 : Days.Max(d => d.TotalMinor) / (double)Days[0].TotalBeforeMinor;
}

/// <param name="Minor">Budget at the end of each day of the report.</param>
public sealed record PathOfChannel(string Code, string Name, long StartMinor, IReadOnlyList<long> Minor)
{
    public long EndMinor => Minor.Count == 0 ? StartMinor : Minor[^1];
}

/// <param name="TotalMinor">Of all channels, after the day's changes.</param>
/// <param name="EffectMinor">Revenue beside that of the start budgets, each channel at its own ROAS of the day; null without numbers.</param>
public sealed record BacktestDay(
    DateOnly Day,
    long TotalBeforeMinor,
    long TotalMinor,
    long? ReserveMinor,
    int Firings,
    long MovedMinor,
    long? EffectMinor
);

/// <param name="Action">shift, lift, cut, revert, pause, resume; or what else it did.</param>
/// <param name="Asks">A person would have been asked; the backtest assumes a yes on the same day.</param>
public sealed record Firing(DateOnly Day, string Rule, string Action, string? From, string? To, long? AmountMinor, bool Asks, Phrase Why)
{
    /// <summary>Money or a channel's state changed; false where somebody was only told or asked.</summary>
    public bool Changes => AmountMinor is not null || Action is "pause" or "resume";
}

/// <summary>Why a rule did not act, and how often so.</summary>
/// <param name="By">The guard, the other rule, or the condition that did not hold or could not be told.</param>
/// <param name="Why">The sentence of the last time.</param>
public sealed record Silence(string Rule, VerdictKind Kind, string By, int Count, DateOnly Last, string Subject, Phrase Why);

/// <summary>Two rules wanted the same channel on the same day.</summary>
/// <param name="Rule">The one that came second and did not act.</param>
/// <param name="Opposed">One gives and the other takes.</param>
public sealed record Clash(DateOnly Day, string Channel, string Rule, string Other, bool Opposed);

/// <summary>Money that went back the way it came within two weeks.</summary>
public sealed record Reversal(DateOnly Day, DateOnly Earlier, string From, string To, string Rule, string EarlierRule);
