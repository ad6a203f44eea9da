using System.Globalization;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows;

/// <summary>When triggers that go by time start their runs. What was missed is caught up once, however often it was due.</summary>
public static class TriggerTimes
{
    /// <returns>The first time; null for triggers that do not go by time, and for a moment that has passed.</returns>
    public static DateTimeOffset? First(WorkflowTrigger trigger, DateTimeOffset since) =>
        trigger.Kind switch
        {
            "timer" when Interval(trigger) is var interval && interval > TimeSpan.Zero => since + interval,
            "cron" => CronPattern.Parse(trigger.Key)?.After(since),
            "start-at"
                when DateTimeOffset.TryParse(trigger.Key, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
                    && moment > since => moment.ToUniversalTime(),
            _ => null,
        };

    /// <returns>The first time after <paramref name="now"/>, in step with <paramref name="due"/>; null when it was the last.</returns>
    public static DateTimeOffset? Next(WorkflowTrigger trigger, DateTimeOffset due, DateTimeOffset now) =>
        trigger.Kind switch
        {
            "timer" when Interval(trigger) is var interval && interval > TimeSpan.Zero => due
                + (interval * (Math.Floor((now - due) / interval) + 1)),
            "cron" => CronPattern.Parse(trigger.Key)?.After(now),
            _ => null,
        };

    private static TimeSpan Interval(WorkflowTrigger trigger) =>
        TimeSpan.TryParse(trigger.Key, CultureInfo.InvariantCulture, out var interval) ? interval : TimeSpan.Zero;
}
