using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Runs Then or Else.</summary>
internal sealed class If : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "If",
            "Branching",
            new("If", "如果"),
            new("Runs one activity when the condition holds, another when not.", "条件成立时执行一个活动，否则执行另一个。"),
            Input(
                "Condition",
                "Boolean",
                new("Condition", "条件"),
                new("What decides, such as Score < 60.", "用于判断的条件，例如 Score < 60。")
            )
        ) with
        {
            Outputs = [Result(new("Result", "结果"), new("Whether the condition held.", "条件是否成立。"), "Boolean")],
        };

    internal override IReadOnlyList<string> Slots => ["Then", "Else"];

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var holds = burst.Condition(self);
        burst.SetOutput(self, "Result", JsonValue.Create(holds));
        if (activity.Slots.TryGetValue(holds ? "Then" : "Else", out var child))
            burst.Schedule(self, child);
        else
            burst.Complete(self);
    }
}
