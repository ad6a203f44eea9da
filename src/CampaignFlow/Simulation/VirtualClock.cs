namespace CampaignFlow.Simulation;

/// <summary>A clock that jumps from event to event; every slice reads it as if it were the real one.</summary>
public sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => Now;
}
