using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Where a flowchart starts.</summary>
internal sealed class Start : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe("Start", "Flow", new("Start", "开始"), new("Where the flowchart starts.", "流程图的起点。"));

    internal override bool PassesThrough => true;

    internal override void Run(Burst burst, Execution self, Activity activity) => burst.Complete(self);
}

/// <summary>Completes the flowchart or sequence it stands in.</summary>
internal sealed class End : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe("End", "Flow", new("End", "结束"), new("Completes the flowchart it stands in.", "结束所在的流程图。"));

    internal override bool EndsContainer => true;

    internal override void Run(Burst burst, Execution self, Activity activity) => burst.Complete(self);
}

/// <summary>Finishes the whole workflow; whatever else runs or waits is cancelled.</summary>
internal sealed class Finish : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe("Finish", "Primitives", new("Finish", "完成流程"), new("Finishes the whole workflow.", "结束整个流程。"));

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        // A step that undoes something cannot end the run before the others are undone.
        if (burst.State.Cancelling is not null)
        {
            burst.Complete(self);
            return;
        }
        burst.Leave(self);
        burst.FinishRun();
    }
}

/// <summary>
/// Completes the workflow it is written in, whatever else of it is under way: as an activity of another workflow with the given
/// outcomes, by itself as a whole.
/// </summary>
internal sealed class Complete : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "Complete",
            "Composition",
            new("Complete", "完成"),
            new("Completes the workflow it is written in, with outcomes.", "以给定结果结束它所在的流程。"),
            Input(
                "Outcomes",
                "String[]",
                new("Outcomes", "结果"),
                new("By which a workflow used as an activity is left.", "作为活动使用的流程由此离开。")
            )
        );

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var outcomes = burst.Texts(self, "Outcomes");
        burst.Leave(self);
        if (burst.UsedWorkflowOf(self) is { } used)
            burst.Complete(used, outcomes.Count > 0 ? outcomes : ["Done"]);
        else
            burst.FinishRun();
    }
}

/// <summary>Fails on purpose, with a message.</summary>
internal sealed class Fault : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "Fault",
            "Primitives",
            new("Fault", "报错"),
            new("Stops with an error that a person has to look at.", "以错误停止，等待人工处理。"),
            Input("Code", "String", new("Code", "代码"), new("Short code of the error.", "错误代码。")),
            Input("Category", "String", new("Category", "类别"), new("Kind of error.", "错误类别。")),
            Input("FaultType", "String", new("Type", "类型"), new("System or business.", "系统错误或业务错误。")),
            Input("Message", "String", new("Message", "信息"), new("What went wrong.", "错误说明。"))
        );

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var message = burst.Text(self, "Message") is { Length: > 0 } given ? given : "The workflow reports a fault.";
        var code = burst.Text(self, "Code");
        throw new ActivityFault($"'{activity.Name}': {(string.IsNullOrEmpty(code) ? "" : code + ": ")}{message}");
    }
}
