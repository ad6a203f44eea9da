using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Waits for a signal by name; its payload is the result.</summary>
internal sealed class Event : BuiltInActivity
{
    internal static readonly Phrase EventName = new("Event name", "事件名称");

    internal override ActivityType Type { get; } =
        Describe(
            "Event",
            "Primitives",
            new("Event", "等待事件"),
            new("Waits for an event.", "等待一个事件。"),
            Input(
                "EventName",
                "String",
                EventName,
                new("One of those offered, or a new one.", "可从提示中选择，也可填写新的名称。"),
                required: true
            ) with
            {
                NameOf = NameList.Event,
            }
        ) with
        {
            Waits = true,
            Outputs =
            [
                Result(
                    new("Payload", "内容"),
                    new("What came with the event, such as an order's number.", "随事件送来的内容，例如订单编号。")
                ),
            ],
        };

    internal override IReadOnlyList<string> TriggerInputs => ["EventName"];

    internal override IEnumerable<(string Kind, string Key)> Triggers(Activity activity) =>
        [(Bookmark.Event, Fixed(activity, "EventName"))];

    internal override void Run(Burst burst, Execution self, Activity activity) =>
        burst.Wait(self, Bookmark.Event, Named(burst.Text(self, "EventName"), activity), null);

    internal override void Resumed(Burst burst, Execution self, Activity activity, Bookmark bookmark, JsonNode? payload)
    {
        burst.SetOutput(self, "Result", payload);
        burst.Complete(self);
    }

    internal static string Named(string? name, Activity activity) =>
        !string.IsNullOrWhiteSpace(name) ? name : throw new ActivityFault($"'{activity.Name}': the name is empty.");
}

/// <summary>Sends a signal to the runs that wait for it.</summary>
internal sealed class PublishEvent : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "PublishEvent",
            "Primitives",
            new("Publish event", "发布事件"),
            new("Sends an event to the runs that wait for it.", "向等待该事件的运行发送事件。"),
            Input(
                "EventName",
                "String",
                Event.EventName,
                new("One of those offered, or a new one.", "可从提示中选择，也可填写新的名称。"),
                required: true
            ),
            Input(
                "CorrelationId",
                "String",
                new("Correlation", "关联标识"),
                new("Only runs with this correlation; empty: all.", "仅发送给具有该关联标识的运行；留空为全部。")
            ),
            Input(
                "IsLocalEvent",
                "Boolean",
                new("Only this run", "仅本次运行"),
                new("Whether only this run may hear it.", "是否只有本次运行能收到。")
            ),
            Input(
                "Payload",
                "Object",
                new("Payload", "内容"),
                new("What goes with it, such as an order's number.", "随事件发送的内容，例如订单编号。")
            )
        );

    internal override bool PassesThrough => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var name = Event.Named(burst.Text(self, "EventName"), activity);
        var correlation = burst.Text(self, "CorrelationId");
        var payload = burst.Value(self, "Payload")?.DeepClone();
        if (burst.Truth(self, "IsLocalEvent"))
            burst.SignalSelf(Bookmark.Event, name, payload);
        else
            burst.Tell(new RunCommand.Signal(Bookmark.Event, name, string.IsNullOrEmpty(correlation) ? null : correlation, payload));
        burst.Complete(self);
    }
}

/// <summary>
/// Asks the host for a task by name and waits for its answer (bookmark kind <c>runtask</c>); what it needs is in its memory as
/// <c>payload</c>.
/// </summary>
internal sealed class RunTask : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "RunTask",
            "Primitives",
            new("Run task", "执行外部任务"),
            new("Asks for a task by name and waits until it is reported done.", "按名称请求一个任务，并等待其完成。"),
            Input(
                "TaskName",
                "String",
                new("Task", "任务"),
                new("Its name, such as render-video.", "任务名称，例如 render-video。"),
                required: true
            ),
            Input(
                "Payload",
                "Object",
                new("Payload", "内容"),
                new("What it needs, such as the video's text.", "任务所需内容，例如视频文案。")
            )
        ) with
        {
            Waits = true,
            Outputs =
            [
                Result(
                    new("Answer", "结果"),
                    new("What was reported with “done”, such as the video's address.", "报告完成时附带的内容，例如视频地址。")
                ),
            ],
        };

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var name = Event.Named(burst.Text(self, "TaskName"), activity);
        self.Memory = new JsonObject { ["payload"] = burst.Value(self, "Payload")?.DeepClone() };
        burst.Wait(self, "runtask", name, null);
    }

    internal override void Resumed(Burst burst, Execution self, Activity activity, Bookmark bookmark, JsonNode? payload)
    {
        burst.SetOutput(self, "Result", payload);
        burst.Complete(self);
    }
}
