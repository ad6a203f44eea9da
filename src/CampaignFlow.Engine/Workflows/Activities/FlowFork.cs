using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Goes on along all of its branches at once.</summary>
internal sealed class FlowFork : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "FlowFork",
            "Branching",
            new("Fork", "并行分支"),
            new("Goes on along several branches at once.", "同时沿多个分支继续。"),
            Input(
                "Branches",
                "String[]",
                new("Branches", "分支"),
                new("Names of the branches; each is a port.", "分支名称；每个分支是一个端口。")
            )
        ) with
        {
            OutcomesInput = "Branches",
        };

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var branches = burst.Texts(self, "Branches");
        burst.Complete(self, branches.Count > 0 ? branches : ["Done"]);
    }
}
