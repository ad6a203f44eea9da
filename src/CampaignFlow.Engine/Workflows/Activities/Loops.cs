using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Runs its body while the condition holds; the condition is looked at before each round.</summary>
internal sealed class While : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "While",
            "Looping",
            new("While", "当…时循环"),
            new("Repeats its body while the condition holds.", "条件成立时重复执行循环体。"),
            Input(
                "Condition",
                "Boolean",
                new("Condition", "条件"),
                new("Looked at before each round, such as Score < 60.", "每轮开始前判断，例如 Score < 60。")
            )
        );

    internal override IReadOnlyList<string> Slots => ["Body"];

    internal override bool IsLoop => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        if (!burst.Condition(self) || !activity.Slots.TryGetValue("Body", out var body))
            burst.Complete(self);
        else
            burst.Schedule(self, body);
    }

    internal override void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes) =>
        Run(burst, self, activity);
}

/// <summary>Counts from Start to End by Step and runs its body for each number (<c>CurrentValue</c>).</summary>
internal sealed class For : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "For",
            "Looping",
            new("For", "计数循环"),
            new("Repeats its body for each number of a range.", "对区间内的每个数字执行循环体。"),
            Input("Start", "Int32", new("Start", "起始值"), new("First number, such as 1.", "第一个数字，例如 1。"), otherwise: "0"),
            Input("End", "Int32", new("End", "结束值"), new("Last number, such as 3.", "最后一个数字，例如 3。"), otherwise: "0"),
            Input(
                "Step",
                "Int32",
                new("Step", "步长"),
                new("Added each round; may be negative.", "每轮增加的值，可以为负。"),
                otherwise: "1"
            ),
            Input(
                "OuterBoundInclusive",
                "Boolean",
                new("Includes the end", "包含结束值"),
                new("Whether the last number is one of them.", "结束值是否也执行一次。"),
                otherwise: "true"
            )
        ) with
        {
            Outputs =
            [
                new(
                    "CurrentValue",
                    "Int32",
                    new("Current number", "当前数字"),
                    new("The number of this round: 1, 2, 3, …", "本轮的数字：1、2、3……")
                ),
            ],
        };

    internal override IReadOnlyList<string> Slots => ["Body"];

    internal override bool IsLoop => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var step = burst.Whole(self, "Step");
        if (step == 0)
            throw new ActivityFault($"'{activity.Name}': the step of a counting loop must not be 0.");
        var at = self.Memory?["next"]?.GetValue<long>() ?? burst.Whole(self, "Start");
        var end = burst.Whole(self, "End");
        var inside = step > 0 ? at < end : at > end;
        if ((!inside && !(at == end && burst.Truth(self, "OuterBoundInclusive"))) || !activity.Slots.TryGetValue("Body", out var body))
        {
            burst.Complete(self);
            return;
        }
        self.Memory = new JsonObject { ["next"] = at + step };
        burst.ScheduleRound(self, body, JsonValue.Create(at), null);
    }

    internal override void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes) =>
        Run(burst, self, activity);
}

/// <summary>Runs its body for each item, one after another (<c>CurrentValue</c>, <c>CurrentIndex</c>). The list is read once, at the start.</summary>
internal sealed class ForEach : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "ForEach",
            "Looping",
            new("For each", "逐项循环"),
            new("Repeats its body for each item of a list.", "对列表中的每一项执行循环体。"),
            Input(
                "Items",
                "Object",
                new("Items", "列表"),
                new("The list, such as a variable that holds channels.", "要遍历的列表，例如存放渠道的变量。")
            )
        ) with
        {
            Outputs =
            [
                new(
                    "CurrentValue",
                    "Object",
                    new("Current item", "当前项"),
                    new("The item of this round, such as one channel.", "本轮的列表项，例如某个渠道。")
                ),
            ],
        };

    internal override IReadOnlyList<string> Slots => ["Body"];

    internal override bool IsLoop => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var items = self.Memory?["items"] as JsonArray ?? burst.Items(self, "Items");
        var index = self.Memory?["next"]?.GetValue<int>() ?? 0;
        if (index >= items.Count || !activity.Slots.TryGetValue("Body", out var body))
        {
            burst.Complete(self);
            return;
        }
        self.Memory = new JsonObject { ["items"] = items.DeepClone(), ["next"] = index + 1 };
        burst.ScheduleRound(self, body, items[index]?.DeepClone(), index);
    }

    internal override void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes) =>
        Run(burst, self, activity);
}

/// <summary>Leaves the nearest loop.</summary>
internal sealed class Break : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe("Break", "Looping", new("Break", "跳出循环"), new("Leaves the loop it stands in.", "跳出所在的循环。"));

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var loop = burst.ParentOf(self);
        while (loop is not null && BuiltInActivities.Of(burst.Definition.Activities[loop.Activity]) is not { IsLoop: true })
            loop = burst.ParentOf(loop);
        if (loop is null)
            throw new ActivityFault(
                string.Create(CultureInfo.InvariantCulture, $"'{activity.Name}' is not inside a loop that it could leave.")
            );
        burst.Leave(self);
        burst.Complete(loop);
    }
}
