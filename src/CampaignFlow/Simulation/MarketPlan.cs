using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Simulation;

/// <summary>One invented channel at its planned budget on an ordinary day.</summary>
/// <param name="PlannedMinor">Daily budget in the plan, minor units.</param>
/// <param name="BaseRoas">Revenue for each unit of money.</param>
/// <param name="AovMinor">Revenue of one order, minor units.</param>
/// <param name="Ctr">Clicks for each impression, 0–1.</param>
/// <param name="Cvr">Orders for each click, 0–1.</param>
/// <param name="Shiftable">False for contract money.</param>
public sealed record MarketChannel(
    string Code,
    Phrase Name,
    string Kind,
    long PlannedMinor,
    double BaseRoas,
    long AovMinor,
    double Ctr,
    double Cvr,
    bool Shiftable
)
{
    /// <summary>1: twice the money buys twice the clicks; 0.8: it buys 1.74 times as many.</summary>
    public double Elasticity { get; init; } = 0.85;

    /// <summary>Share of a day's orders that is reported 1, 2, … mornings later; the last one is 1.</summary>
    public IReadOnlyList<double> KnownShare { get; init; } = [1];

    /// <summary>False where nobody counts impressions and clicks, as in a shopping street.</summary>
    public bool Counted { get; init; } = true;

    public long FloorMinor { get; init; }
    public long CeilingMinor { get; init; } = PlannedMinor * 2;
}

/// <summary>Days on which more people buy.</summary>
public sealed record MarketPeak(DateOnly From, DateOnly To, double Factor)
{
    public bool Covers(DateOnly day) => day >= From && day <= To;
}

/// <summary>A day that a channel does not report, or only from a later morning on.</summary>
public sealed record MarketGap(string Channel, DateOnly Day, DateOnly? ArrivesOn);

/// <summary>A campaign's channels, days and calendar.</summary>
public sealed record MarketPlan
{
    public required string Currency { get; init; }
    public required DateOnly StartsOn { get; init; }
    public required DateOnly EndsOn { get; init; }
    public required IReadOnlyList<MarketChannel> Channels { get; init; }

    /// <summary>Sunday first.</summary>
    public IReadOnlyList<double> WeekdayWeights { get; init; } = [1.12, 0.94, 0.95, 0.96, 0.98, 1.03, 1.10];

    /// <summary>Where two overlap, the higher one counts.</summary>
    public IReadOnlyList<MarketPeak> Peaks { get; init; } = [];

    /// <summary>The same days as people name them in the campaign's calendar.</summary>
    public IReadOnlyList<Promotion> Promotions { get; init; } = [];

    public IReadOnlyList<MarketGap> Gaps { get; init; } = [];

    public long DailyTotalMinor => Channels.Sum(c => c.PlannedMinor);
    public long FlightTotalMinor => DailyTotalMinor * (EndsOn.DayNumber - StartsOn.DayNumber + 1);
    public int LongestLag => Channels.Max(c => c.KnownShare.Count);

    /// <summary>The plan's budgets, unchanged on all days: what happens when nobody shifts anything.</summary>
    public long Planned(string channel, DateOnly day) => Channels.FirstOrDefault(c => c.Code == channel)?.PlannedMinor ?? 0;
}
