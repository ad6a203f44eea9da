namespace CampaignFlow.Storage;

/// <summary>
/// Named places around every commit that keeps runs going, where a test may throw or kill the process. "During" is when all is written
/// and COMMIT not yet sent (of an effect: it happened and nobody knows), "after" when the acknowledgement is lost. Without a hook it
/// costs one null check.
/// </summary>
public sealed class Faults
{
    public const string Claimed = "claimed";
    public const string BeforeActivity = "before-activity";
    public const string AfterActivity = "after-activity";
    public const string BeforeCommit = "before-commit";
    public const string DuringCommit = "during-commit";
    public const string AfterCommit = "after-commit";
    public const string BeforeBroadcast = "before-broadcast";
    public const string DuringBroadcast = "during-broadcast";
    public const string AfterBroadcast = "after-broadcast";
    public const string BeforeDelivery = "before-delivery";
    public const string DuringDelivery = "during-delivery";
    public const string AfterDelivery = "after-delivery";

    /// <summary>Nobody was seen to wait for a signal, and it is about to be put aside.</summary>
    public const string BeforePutAside = "before-put-aside";

    public const string BeforeMigration = "before-migration";
    public const string DuringMigration = "during-migration";
    public const string AfterMigration = "after-migration";

    /// <summary>Around bursts, broadcasts and deliveries; runs that migrate have theirs apart, because nobody migrates unasked.</summary>
    public static IReadOnlyList<string> Points { get; } =
    [
        Claimed,
        BeforeActivity,
        AfterActivity,
        BeforeCommit,
        DuringCommit,
        AfterCommit,
        BeforeBroadcast,
        DuringBroadcast,
        AfterBroadcast,
        BeforeDelivery,
        DuringDelivery,
        AfterDelivery,
    ];

    public Action<string>? Hook { get; set; }

    public void Hit(string point) => Hook?.Invoke(point);
}
