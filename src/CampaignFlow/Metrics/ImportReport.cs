using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Metrics;

/// <summary>What an import did, or would do.</summary>
public sealed record ImportReport
{
    public required Guid CampaignId { get; init; }

    /// <summary>The campaign's code; the id as text when there is no such campaign.</summary>
    public required string Campaign { get; init; }

    public required string Currency { get; init; }

    /// <summary>File name, or where the rows came from.</summary>
    public required string Source { get; init; }

    /// <summary>Null for a dry run.</summary>
    public Guid? BatchId { get; init; }

    public required DateTimeOffset KnownAt { get; init; }
    public bool DryRun { get; init; }

    /// <summary>The file as it was read; null when rows came from elsewhere.</summary>
    public MetricsFile? File { get; init; }

    /// <summary>False: nothing was imported, <see cref="Problems"/> says why.</summary>
    public bool Accepted { get; init; }

    public int RowsRead { get; init; }
    public int RowsRejected { get; init; }
    public int FactsNew { get; init; }
    public int FactsRestated { get; init; }
    public int FactsUnchanged { get; init; }
    public IReadOnlyList<Problem> Problems { get; init; } = [];
    public IReadOnlyList<Problem> Notices { get; init; } = [];

    /// <summary>Sums of the accepted rows.</summary>
    public MetricTotals Totals { get; init; } = new();

    /// <summary>Channels that the campaign does not have; their facts are kept under the spelling of the source.</summary>
    public IReadOnlyList<UnknownChannel> UnknownChannels { get; init; } = [];

    /// <summary>Days whose numbers are new or changed, in order.</summary>
    public IReadOnlyList<DateOnly> Days { get; init; } = [];

    public IReadOnlyList<RestatedDay> Restated { get; init; } = [];

    public bool Changed => FactsNew + FactsRestated > 0;

    /// <summary>Daily budgets that the platform names, minor units.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyDictionary<(string Channel, DateOnly Day), long> Budgets { get; init; } = new Dictionary<(string, DateOnly), long>();

    /// <summary>True or false: the file's own totals agree with what was read, or do not; null when it has none.</summary>
    public bool? AgreesWithTotals =>
        File is { Totals.Count: > 0 } file ? file.Totals.GroupBy(t => t.Line).Any(row => row.All(t => t.Agrees)) : null;
}

/// <param name="Name">As the source spells it.</param>
public sealed record UnknownChannel(string Name, string? Kind, int Days, long? SpendMinor);

/// <summary>A day that was known with other numbers.</summary>
public sealed record RestatedDay(string Channel, DayFact Before, DayFact After);
