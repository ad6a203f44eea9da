using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;
using CampaignFlow.Engine.Workflows.Versions;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>An activity that the stepper runs itself: what it is called and what it does.</summary>
internal abstract class BuiltInActivity
{
    internal abstract ActivityType Type { get; }

    /// <summary>True when it holds a list of activities.</summary>
    internal virtual bool HasChildren => false;

    /// <summary>Names of its single children: Body, Then, Else, Default.</summary>
    internal virtual IReadOnlyList<string> Slots => [];

    /// <summary>True when Break leaves it.</summary>
    internal virtual bool IsLoop => false;

    /// <summary>True when its completion completes the container it stands in.</summary>
    internal virtual bool EndsContainer => false;

    /// <summary>True when it has cases with conditions (FlowSwitch, Switch).</summary>
    internal virtual bool HasCases => false;

    /// <summary>True when it completes by Done at once, whatever its inputs: a loop of nothing else never ends.</summary>
    internal virtual bool PassesThrough => false;

    /// <summary>Inputs that have to be fixed where it starts the workflow, because there is no run yet; empty for activities that cannot.</summary>
    internal virtual IReadOnlyList<string> TriggerInputs => [];

    /// <summary>What starts the workflow by it, as kind and key.</summary>
    internal virtual IEnumerable<(string Kind, string Key)> Triggers(Activity activity) => [];

    /// <summary>True when this one, with its fixed inputs, makes a run wait every time it comes round.</summary>
    internal virtual bool Rests(Activity activity) => Type.Waits;

    /// <summary>Starts it, or goes on from what its memory says after a retry.</summary>
    internal abstract void Run(Burst burst, Execution self, Activity activity);

    internal virtual void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes) =>
        burst.Complete(self);

    internal virtual void Resumed(Burst burst, Execution self, Activity activity, Bookmark bookmark, JsonNode? payload) =>
        burst.Complete(self);

    /// <summary>The product has done what this activity called it for.</summary>
    internal virtual void Answered(Burst burst, Execution self, Activity activity, IReadOnlyList<string> outcomes) =>
        burst.Complete(self, outcomes);

    /// <summary>What it remembers, in the words of the version its run goes over to; it may refuse.</summary>
    internal virtual JsonObject Carried(JsonObject memory, Carrying carrying) => memory;

    /// <summary>What it still refuses in a definition, once its inputs and children have been read.</summary>
    internal virtual IEnumerable<Phrase> Check(Activity activity) => [];

    protected static ActivityType Describe(string name, string category, Phrase title, Phrase help, params ActivityInput[] inputs) =>
        new("Elsa." + name, category, title, help, inputs, [], ["Done"]) { BuiltIn = true };

    protected static ActivityInput Input(
        string name,
        string kind,
        Phrase label,
        Phrase help,
        bool required = false,
        string? otherwise = null
    ) => new(name, kind, label, help, required) { Default = otherwise };

    /// <summary>The value of an input that is known to be fixed.</summary>
    protected static string Fixed(Activity activity, string input) => activity.Inputs[input].Value!.ToString();

    protected static ActivityOutput Result(Phrase label, Phrase help, string kind = "Object") => new("Result", kind, label, help);
}
