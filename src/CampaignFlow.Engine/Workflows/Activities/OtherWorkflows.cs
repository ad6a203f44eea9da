using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Runs another workflow and waits for it (bookmark kind <c>run</c>, keyed by this execution); its outputs are the result.</summary>
internal sealed class ExecuteWorkflow : BuiltInActivity
{
    internal static ActivityOutput Gave =>
        Result(
            new("Outputs", "输出"),
            new(
                "What the other workflow gave, such as Approved; empty when nobody waits.",
                "另一个流程的输出，例如 Approved；不等待时为空。"
            )
        );

    internal override ActivityType Type { get; } =
        Describe(
            "ExecuteWorkflow",
            "Composition",
            new("Execute workflow", "执行流程"),
            new("Runs another workflow and waits for it.", "运行另一个流程并等待其完成。"),
            [.. Inputs(), WaitInput("true")]
        ) with
        {
            Outputs = [Gave],
            Waits = true,
        };

    internal override bool Rests(Activity activity) => WaitsForIt(activity);

    internal override void Run(Burst burst, Execution self, Activity activity) => StartOther(burst, self, activity);

    internal override void Resumed(Burst burst, Execution self, Activity activity, Bookmark bookmark, JsonNode? payload)
    {
        burst.SetOutput(self, "Result", payload);
        burst.Complete(self);
    }

    internal static bool WaitsForIt(Activity activity) =>
        activity.Inputs.TryGetValue("WaitForCompletion", out var wait)
        && !(wait is { IsConstant: true, Value: JsonValue value } && value.TryGetValue<bool>(out var waits) && !waits);

    internal static void StartOther(Burst burst, Execution self, Activity activity)
    {
        var definition = Event.Named(burst.Text(self, "WorkflowDefinitionId"), activity);
        var correlation = burst.Text(self, "CorrelationId");
        var input = burst.Value(self, "Input") switch
        {
            null => new Dictionary<string, JsonNode?>(StringComparer.Ordinal),
            JsonObject map => map.ToDictionary(p => p.Key, p => p.Value?.DeepClone(), StringComparer.Ordinal),
            _ => throw new ActivityFault($"'{activity.Name}': input 'Input' must be an object with the other workflow's inputs."),
        };
        burst.Tell(
            new RunCommand.StartRun(definition, self.Id, string.IsNullOrEmpty(correlation) ? burst.State.CorrelationId : correlation, input)
        );
        if (burst.Truth(self, "WaitForCompletion"))
            burst.Wait(self, "run", self.Id, null);
        else
            burst.Complete(self);
    }

    internal static ActivityInput[] Inputs() =>
        [
            Input(
                "WorkflowDefinitionId",
                "String",
                new("Workflow", "流程"),
                new("Id of its definition.", "流程定义的标识。"),
                required: true
            ) with
            {
                NameOf = NameList.Workflow,
            },
            Input(
                "CorrelationId",
                "String",
                new("Correlation", "关联标识"),
                new("Empty: that of this run.", "留空则沿用本次运行的关联标识。")
            ),
            Input("Input", "Object", new("Inputs", "输入"), new("Inputs of the other workflow.", "另一个流程的输入。")),
        ];

    internal static ActivityInput WaitInput(string otherwise) =>
        Input(
            "WaitForCompletion",
            "Boolean",
            new("Waits", "等待完成"),
            new("Whether to wait for its end.", "是否等待其结束。"),
            otherwise: otherwise
        );
}

/// <summary>Starts another workflow and goes on, unless it is told to wait.</summary>
internal sealed class DispatchWorkflow : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "DispatchWorkflow",
            "Composition",
            new("Dispatch workflow", "派发流程"),
            new("Starts another workflow in the background.", "在后台启动另一个流程。"),
            [.. ExecuteWorkflow.Inputs(), ExecuteWorkflow.WaitInput("false")]
        ) with
        {
            Outputs = [ExecuteWorkflow.Gave],
            Waits = true,
        };

    internal override bool Rests(Activity activity) => ExecuteWorkflow.WaitsForIt(activity);

    internal override void Run(Burst burst, Execution self, Activity activity) => ExecuteWorkflow.StartOther(burst, self, activity);

    internal override void Resumed(Burst burst, Execution self, Activity activity, Bookmark bookmark, JsonNode? payload)
    {
        burst.SetOutput(self, "Result", payload);
        burst.Complete(self);
    }
}
