using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Rules;
using CampaignFlow.Workflows;

namespace CampaignFlow.Board;

/// <summary>Everything the campaign page shows, as it stood at <paramref name="Now"/>.</summary>
public sealed record CampaignView(Campaign Campaign, DateTimeOffset Now)
{
    public DateOnly Today => Campaign.Today(Now);
    public required Health Health { get; init; }
    public required string? Owner { get; init; }
    public required IReadOnlyList<StageStep> Stages { get; init; }
    public required IReadOnlyList<OpenGate> Gates { get; init; }
    public required IReadOnlyList<GoalLine> Goals { get; init; }
    public required ChannelTable Channels { get; init; }
    public required CampaignCurves Curves { get; init; }

    /// <summary>In order of time.</summary>
    public required IReadOnlyList<PromotionWindow> Promotions { get; init; }
    public required IReadOnlyList<DecisionLine> Decisions { get; init; }

    /// <summary>More lines than are shown.</summary>
    public required bool MoreDecisions { get; init; }

    public required IReadOnlyList<NextAction> Actions { get; init; }
    public required IReadOnlyList<AuditEvent> History { get; init; }
    public required int Reports { get; init; }

    /// <summary>Workflow runs that are not over, with what they wait for.</summary>
    public required IReadOnlyList<ToldRun> Runs { get; init; }
}

/// <summary>One stage on the ribbon.</summary>
/// <param name="Entered">Null: not reached yet.</param>
public sealed record StageStep(Stage Stage, DateTimeOffset? Entered, DateTimeOffset? Due, DateTimeOffset? Left)
{
    public bool Open => Entered is not null && Left is null;
}

/// <param name="CheckedAt">When the conditions were last looked at.</param>
public sealed record OpenGate(Stage Stage, DateTimeOffset CheckedAt, DateTimeOffset? Due, IReadOnlyList<GateCondition> Conditions);

/// <param name="Total">From the sums of all channels, not from the rows' ratios.</param>
/// <param name="Booked">False while the budget is not approved: the budget now is the plan.</param>
public sealed record ChannelTable(
    IReadOnlyList<ChannelLine> Lines,
    MetricTotals Total,
    long BudgetMinor,
    long PlannedMinor,
    DateOnly? Latest,
    DateTimeOffset? KnownAt,
    bool Booked
);

/// <param name="Plan">Null for a channel that reports numbers and is not in the plan.</param>
/// <param name="DaysBehind">Null while there is no number at all.</param>
public sealed record ChannelLine(
    string Code,
    string Name,
    CampaignChannel? Plan,
    long BudgetMinor,
    MetricTotals Totals,
    DateOnly? Latest,
    int? DaysBehind
);

/// <summary>What the charts draw over the days of the flight.</summary>
/// <param name="Budgets">By channel name; minor units, null before the plan counts.</param>
/// <param name="TotalRoas">Of all channels: sums of the seven days up to each known day.</param>
/// <param name="Roas">The same channel by channel.</param>
/// <param name="MovingFrom">First day that may still change.</param>
public sealed record CampaignCurves(
    IReadOnlyList<DateOnly> Flight,
    IReadOnlyList<(string Channel, IReadOnlyList<long?> Minor)> Budgets,
    IReadOnlyList<DateOnly> Known,
    IReadOnlyList<double?> TotalRoas,
    IReadOnlyList<(string Channel, IReadOnlyList<double?> Roas)> Roas,
    double? Goal,
    DateOnly? MovingFrom
);

/// <summary>A task or an approval that waits for somebody.</summary>
public sealed record NextAction(string Path, Phrase Title, Phrase Why, IReadOnlyList<string> Roles, DateTimeOffset Due, bool Decides);
