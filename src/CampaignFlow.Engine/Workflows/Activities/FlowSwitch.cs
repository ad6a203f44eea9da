using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Leaves by the label of the first case that holds (or of all that hold), else by Default.</summary>
internal sealed class FlowSwitch : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "FlowSwitch",
            "Branching",
            new("Switch (flow)", "多路判断（流程图）"),
            new("Goes on along the case that holds.", "沿满足条件的分支继续。"),
            Switch.ModeInput()
        ) with
        {
            Outcomes = ["Default"],
        };

    internal override bool HasCases => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var holding = Switch.Holding(burst, self, activity);
        burst.Complete(self, holding.Count > 0 ? [.. holding.Select(c => c.Label)] : ["Default"]);
    }
}
