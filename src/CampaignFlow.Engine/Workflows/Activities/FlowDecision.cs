using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Leaves by True or False.</summary>
internal sealed class FlowDecision : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "FlowDecision",
            "Branching",
            new("Decision", "判断"),
            new("Goes on along True or False.", "根据条件走“是”或“否”。"),
            Input(
                "Condition",
                "Boolean",
                new("Condition", "条件"),
                new("What decides, such as Score < 60.", "用于判断的条件，例如 Score < 60。")
            )
        ) with
        {
            Outcomes = ["True", "False"],
            Outputs = [Result(new("Result", "结果"), new("Whether the condition held.", "条件是否成立。"), "Boolean")],
        };

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var holds = burst.Condition(self);
        burst.SetOutput(self, "Result", JsonValue.Create(holds));
        burst.Complete(self, holds ? "True" : "False");
    }
}
