using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;

namespace CampaignFlow.Workflows.Waiting;

/// <summary>One thing that one run waits for, with what a sentence about it needs.</summary>
public sealed class Wait
{
    public required RunBookmark Bookmark { get; init; }

    /// <summary>What the waiting step is called.</summary>
    public required Phrase Step { get; init; }

    /// <summary>Null when the step is of a version that this program cannot read.</summary>
    public Execution? Execution { get; init; }

    /// <summary>Zone of the run's campaign; null: UTC.</summary>
    public string? Zone { get; init; }

    public required DateTimeOffset Now { get; init; }

    public Phrase Day(DateTimeOffset at) => Moments.Day(at, Zone, Now);

    public Phrase Moment(DateTimeOffset at) => Moments.Moment(at, Zone, Now);

    /// <summary><c>, due Thu 5 Nov</c> or <c>, overdue since Thu 5 Nov</c>.</summary>
    public Phrase Due(DateTimeOffset due) =>
        due >= Now
            ? new($", due {Day(due).En}", $"，截止 {Day(due).Zh}")
            : new($", overdue since {Day(due).En}", $"，{Day(due).Zh}起已逾期");
}

/// <summary>
/// The slice that makes bookmarks of a kind says what a run waits for there. Several may speak for one kind; what none knows is told
/// in general words.
/// </summary>
public interface IWaitReason
{
    /// <summary>Kind of bookmark.</summary>
    string Kind { get; }

    /// <summary>Whole sentences for those waits that it knows; asked once for all runs of a list.</summary>
    Task<IReadOnlyDictionary<Wait, Phrase>> SayAsync(IReadOnlyList<Wait> waits, CancellationToken cancellationToken);
}
