namespace CampaignFlow.Workflows;

/// <summary>
/// Named places in a burst where a test may throw or kill the process: <see cref="Claimed"/>, <see cref="BeforeActivity"/>,
/// <see cref="AfterActivity"/>, <see cref="BeforeCommit"/>, <see cref="DuringCommit"/> (all written, COMMIT not sent) and
/// <see cref="AfterCommit"/> (the acknowledgement is lost). Without a hook it costs one null check.
/// </summary>
public sealed class Faults
{
    public const string Claimed = "claimed";
    public const string BeforeActivity = "before-activity";
    public const string AfterActivity = "after-activity";
    public const string BeforeCommit = "before-commit";
    public const string DuringCommit = "during-commit";
    public const string AfterCommit = "after-commit";

    public static IReadOnlyList<string> Points { get; } = [Claimed, BeforeActivity, AfterActivity, BeforeCommit, DuringCommit, AfterCommit];

    public Action<string>? Hook { get; set; }

    public void Hit(string point) => Hook?.Invoke(point);
}
