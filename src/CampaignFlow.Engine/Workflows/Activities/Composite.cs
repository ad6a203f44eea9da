using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>
/// A workflow used as an activity of another: it runs inside the other's run. Its type's name, inputs, outputs and outcomes are those of
/// the used definition, so each use is described by itself.
/// </summary>
internal sealed class Composite : BuiltInActivity
{
    private const string Given = "inputs";

    internal override ActivityType Type { get; } =
        Describe(
            "WorkflowDefinitionActivity",
            "Composition",
            new("Workflow", "流程"),
            new("A workflow as one activity.", "作为活动使用的流程。")
        );

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var inputs = activity.Described.Inputs.Select(i => KeyValuePair.Create(i.Name, burst.Value(self, i.Name)?.DeepClone()));
        self.Memory = new JsonObject { [Given] = new JsonObject(inputs) };
        burst.Schedule(self, activity.Slots["Root"]);
    }

    /// <summary>What the used workflow was given; a missing one is there as null.</summary>
    internal static JsonObject InputsOf(Execution self) => self.Memory?[Given] as JsonObject ?? [];
}
