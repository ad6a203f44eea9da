using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;
using CampaignFlow.Engine.Workflows.Versions;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Children one after another.</summary>
internal sealed class Sequence : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe("Sequence", "Flow", new("Sequence", "顺序"), new("Activities one after another.", "依次执行的一组活动。"));

    internal override bool HasChildren => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var next = self.Memory?["next"]?.GetValue<int>() ?? 0;
        if (next >= activity.Children.Count)
        {
            burst.Complete(self);
            return;
        }
        self.Memory = new JsonObject { ["next"] = next + 1 };
        burst.Schedule(self, activity.Children[next]);
    }

    internal override void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes) =>
        Run(burst, self, activity);

    internal override JsonObject Carried(JsonObject memory, Carrying carrying) =>
        carrying.Live is [var child] ? new() { ["next"] = carrying.After.Children.TakeWhile(c => c.Id != child.Id).Count() + 1 } : memory;
}
