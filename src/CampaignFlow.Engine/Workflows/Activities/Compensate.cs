using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Undoes what completed in this run and has a compensation, one after another, what completed last first.</summary>
internal sealed class Compensate : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "Compensate",
            "Composition",
            new("Undo what was done", "撤销已完成的步骤"),
            new(
                "Runs the compensation of every completed step that has one and was not undone yet, last first; then goes on.",
                "按完成的相反顺序，对每个设有补偿且尚未撤销的已完成步骤执行其补偿，然后继续。"
            )
        ) with
        {
            Type = "CampaignFlow.Compensate",
        };

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        if (!burst.UndoNext(self))
            burst.Complete(self);
    }

    internal override void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes) =>
        Run(burst, self, activity);
}
