using System.Globalization;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Waits for a while. Nothing or less than nothing goes on at once.</summary>
internal sealed class Delay : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "Delay",
            "Scheduling",
            new("Delay", "延时"),
            new("Waits for a while.", "等待一段时间。"),
            Input(
                "TimeSpan",
                "TimeSpan",
                new("Duration", "时长"),
                new("How long: 00:05:00, or 3.00:00:00 for days.", "等待时长：00:05:00，或 3.00:00:00 表示天数。"),
                required: true
            )
        ) with
        {
            Waits = true,
        };

    internal override bool Rests(Activity activity) => Lasts(activity, "TimeSpan");

    internal override void Run(Burst burst, Execution self, Activity activity) => WaitFor(burst, self, activity, "TimeSpan");

    // No time at all is no wait.
    internal static bool Lasts(Activity activity, string input) =>
        !activity.Inputs.TryGetValue(input, out var span)
        || !span.IsConstant
        || !TimeSpan.TryParse(span.Value?.ToString(), CultureInfo.InvariantCulture, out var length)
        || length > TimeSpan.Zero;

    internal static void WaitFor(Burst burst, Execution self, Activity activity, string input)
    {
        var span =
            burst.Span(self, input) ?? throw new ActivityFault($"'{activity.Name}': input '{input}' is empty; a duration is needed.");
        if (span <= TimeSpan.Zero)
            burst.Complete(self);
        else if (span > TimeSpan.FromDays(36_525))
            throw new ActivityFault($"'{activity.Name}': input '{input}' is longer than 100 years.");
        else
            burst.Wait(self, Bookmark.Timer, "", burst.Now + span);
    }
}

/// <summary>In the middle of a workflow it waits for one interval; as a trigger it starts a run each interval.</summary>
internal sealed class Timer : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "Timer",
            "Scheduling",
            new("Timer", "定时器"),
            new("Waits for an interval.", "等待一个时间间隔。"),
            Input("Interval", "TimeSpan", new("Interval", "间隔"), new("How long.", "间隔时长。"), required: true)
        ) with
        {
            Waits = true,
        };

    internal override bool Rests(Activity activity) => Delay.Lasts(activity, "Interval");

    internal override IReadOnlyList<string> TriggerInputs => ["Interval"];

    internal override IEnumerable<(string Kind, string Key)> Triggers(Activity activity) => [("timer", Fixed(activity, "Interval"))];

    internal override IEnumerable<Phrase> Check(Activity activity)
    {
        if (
            activity.CanStart
            && activity.Inputs.TryGetValue("Interval", out var interval)
            && interval is { IsConstant: true, Value: { } value }
            && TimeSpan.TryParse(value.ToString(), CultureInfo.InvariantCulture, out var span)
            && span < TimeSpan.FromSeconds(1)
        )
            yield return new("A timer starts runs once a second at most.", "定时器最多每秒启动一次运行。");
    }

    internal override void Run(Burst burst, Execution self, Activity activity) => Delay.WaitFor(burst, self, activity, "Interval");
}

/// <summary>Waits until a moment; one in the past goes on at once.</summary>
internal sealed class StartAt : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "StartAt",
            "Scheduling",
            new("Start at", "定点执行"),
            new("Waits until a moment.", "等到指定时间。"),
            Input(
                "DateTime",
                "DateTimeOffset",
                new("Moment", "时间"),
                new("When; UTC unless it names an offset.", "何时；未写时区则按 UTC。"),
                required: true
            )
        ) with
        {
            Waits = true,
        };

    // The same moment is past when a loop comes round.
    internal override bool Rests(Activity activity) =>
        !activity.Inputs.TryGetValue("DateTime", out var moment) || !(moment.IsConstant || moment.Syntax == "Input");

    internal override IReadOnlyList<string> TriggerInputs => ["DateTime"];

    internal override IEnumerable<(string Kind, string Key)> Triggers(Activity activity) => [("start-at", Fixed(activity, "DateTime"))];

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var text =
            burst.Text(self, "DateTime") ?? throw new ActivityFault($"'{activity.Name}': input 'DateTime' is empty; a moment is needed.");
        var due = DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUniversalTime();
        if (due <= burst.Now)
            burst.Complete(self);
        else
            burst.Wait(self, Bookmark.Timer, "", due);
    }
}

/// <summary>In the middle of a workflow it waits for the next time its pattern names (UTC); as a trigger it starts a run each time.</summary>
internal sealed class Cron : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "Cron",
            "Scheduling",
            new("Cron", "周期时间"),
            new("Waits for the next time a cron pattern names.", "等到 cron 表达式的下一个时间。"),
            Input(
                "CronExpression",
                "String",
                new("Pattern", "表达式"),
                new("[seconds] minutes hours day month weekday, UTC: 0 9 * * 1-5.", "[秒] 分 时 日 月 星期（UTC）：0 9 * * 1-5。"),
                required: true
            )
        ) with
        {
            Waits = true,
        };

    internal override IReadOnlyList<string> TriggerInputs => ["CronExpression"];

    internal override IEnumerable<(string Kind, string Key)> Triggers(Activity activity) => [("cron", Fixed(activity, "CronExpression"))];

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var text = burst.Text(self, "CronExpression") ?? "";
        var pattern =
            CronPattern.Parse(text) ?? throw new ActivityFault($"'{activity.Name}': '{text}' is not a cron pattern such as 0 9 * * 1-5.");
        var due = pattern.After(burst.Now) ?? throw new ActivityFault($"'{activity.Name}': the cron pattern '{text}' never comes again.");
        burst.Wait(self, Bookmark.Timer, "", due);
    }

    internal override IEnumerable<Phrase> Check(Activity activity)
    {
        if (
            activity.Inputs.TryGetValue("CronExpression", out var pattern)
            && pattern is { IsConstant: true, Value: { } value }
            && CronPattern.Parse(value.GetValue<string>()) is null
        )
            yield return new($"'{value}' is not a cron pattern such as 0 9 * * 1-5.", $"“{value}”不是 cron 表达式，例如 0 9 * * 1-5。");
    }
}
