using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Stores a value in a variable, converted to the variable's type.</summary>
internal sealed class SetVariable : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "SetVariable",
            "Primitives",
            new("Set variable", "设置变量"),
            new("Stores a value in a variable.", "把值存入变量。"),
            Input("Variable", "Object", new("Variable", "变量"), new("Which one.", "哪个变量。"), required: true),
            Input("Value", "Object", new("Value", "值"), new("What to store.", "要存入的值。"))
        );

    internal override bool PassesThrough => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        burst.SetVariable(self, activity.Inputs["Variable"].Value!.GetValue<string>(), burst.Value(self, "Value"));
        burst.Complete(self);
    }
}

/// <summary>Sets an output of the workflow.</summary>
internal sealed class SetOutput : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "SetOutput",
            "Primitives",
            new("Set output", "设置输出"),
            new("Sets an output of the workflow.", "设置流程的输出。"),
            Input("OutputName", "String", new("Output", "输出"), new("Its name.", "输出名称。"), required: true),
            Input("OutputValue", "Object", new("Value", "值"), new("Its value.", "输出的值。"))
        );

    internal override bool PassesThrough => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        burst.SetWorkflowOutput(self, burst.Text(self, "OutputName") ?? "", burst.Value(self, "OutputValue"));
        burst.Complete(self);
    }
}

/// <summary>Writes a line of text.</summary>
internal sealed class WriteLine : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "WriteLine",
            "Console",
            new("Write line", "输出一行"),
            new("Writes a line of text.", "输出一行文本。"),
            Input("Text", "String", new("Text", "文本"), new("The line.", "要输出的文本。"))
        );

    internal override bool PassesThrough => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        burst.Tell(new RunCommand.Write(burst.Text(self, "Text") ?? ""));
        burst.Complete(self);
    }
}

/// <summary>Names the run.</summary>
internal sealed class SetName : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "SetName",
            "Primitives",
            new("Set name", "设置名称"),
            new("Names this run.", "为本次运行命名。"),
            Input("Value", "String", new("Name", "名称"), new("The name.", "名称。"), required: true)
        );

    internal override bool PassesThrough => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        burst.State.Name = burst.Text(self, "Value");
        burst.Complete(self);
    }
}

/// <summary>Sets the correlation by which signals find the run.</summary>
internal sealed class Correlate : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "Correlate",
            "Primitives",
            new("Correlate", "设置关联"),
            new("Ties this run to a campaign or another thing by its id.", "通过标识把本次运行与活动等对象关联。"),
            Input("CorrelationId", "String", new("Correlation", "关联标识"), new("The id.", "标识。"), required: true)
        );

    internal override bool PassesThrough => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        burst.State.CorrelationId = burst.Text(self, "CorrelationId");
        burst.Complete(self);
    }
}
