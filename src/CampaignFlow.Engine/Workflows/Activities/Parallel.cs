using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;
using CampaignFlow.Engine.Workflows.Versions;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>All children at once; done when all are.</summary>
internal sealed class Parallel : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "Parallel",
            "Flow",
            new("Parallel", "并行"),
            new("Runs its activities at once and waits for all.", "同时执行一组活动并等待全部完成。")
        );

    internal override bool HasChildren => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        if (activity.Children.Count == 0)
        {
            burst.Complete(self);
            return;
        }
        self.Memory = new JsonObject { ["left"] = activity.Children.Count };
        foreach (var child in activity.Children)
            burst.Schedule(self, child);
    }

    internal override void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes) =>
        OneLess(burst, self);

    internal override JsonObject Carried(JsonObject memory, Carrying carrying)
    {
        foreach (var added in carrying.NewChildren)
            carrying.Refuse(
                added,
                "The newer version has {0} beside where the run stands, and the run can no longer start it.",
                "新版本在该运行所在位置旁边并行加入了{0}，该运行已无法再启动它。"
            );
        return memory;
    }

    internal static void OneLess(Burst burst, Execution self)
    {
        var left = self.Memory!["left"]!.GetValue<int>() - 1;
        self.Memory = new JsonObject { ["left"] = left };
        if (left == 0)
            burst.Complete(self);
    }
}

/// <summary>Its body for every item at once; done when all are.</summary>
internal sealed class ParallelForEach : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "ParallelForEach",
            "Looping",
            new("For each, in parallel", "并行逐项执行"),
            new("Runs its body for all items of a list at once.", "对列表中的所有项同时执行循环体。"),
            Input(
                "Items",
                "Object",
                new("Items", "列表"),
                new("The list, such as a variable that holds creatives.", "要遍历的列表，例如存放素材的变量。")
            )
        ) with
        {
            Outputs =
            [
                new(
                    "CurrentValue",
                    "Object",
                    new("Current item", "当前项"),
                    new("The item this round is for, such as one creative.", "本次执行对应的列表项，例如某个素材。")
                ),
            ],
        };

    internal override IReadOnlyList<string> Slots => ["Body"];

    internal override bool IsLoop => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var items = burst.Items(self, "Items");
        if (items.Count == 0 || !activity.Slots.TryGetValue("Body", out var body))
        {
            burst.Complete(self);
            return;
        }
        self.Memory = new JsonObject { ["left"] = items.Count };
        for (var i = 0; i < items.Count; i++)
            burst.ScheduleRound(self, body, items[i]?.DeepClone(), i);
    }

    internal override void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes) =>
        Parallel.OneLess(burst, self);
}
