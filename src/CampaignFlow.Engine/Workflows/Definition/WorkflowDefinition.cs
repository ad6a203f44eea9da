using System.Text.Json.Nodes;
using CampaignFlow.Engine.Expressions.Script;

namespace CampaignFlow.Engine.Workflows.Definition;

/// <summary>A process that can be run: checked, with its original text.</summary>
public sealed class WorkflowDefinition
{
    internal WorkflowDefinition() { }

    /// <summary>The document's definitionId, or the file's name without extension.</summary>
    public required string Id { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }

    /// <summary>Version number in the document; 1 when it says nothing.</summary>
    public required int Version { get; init; }
    public required Activity Root { get; init; }
    public required IReadOnlyList<Variable> Variables { get; init; }
    public required IReadOnlyList<WorkflowParameter> Inputs { get; init; }
    public required IReadOnlyList<WorkflowParameter> Outputs { get; init; }

    /// <summary>Every activity by id, containers and their children alike, in document order.</summary>
    public required IReadOnlyDictionary<string, Activity> Activities { get; init; }

    /// <summary>What starts runs by itself once the definition is published.</summary>
    public required IReadOnlyList<WorkflowTrigger> Triggers { get; init; }

    /// <summary>The text it was read from, unchanged.</summary>
    public required string Json { get; init; }
    public required string FileName { get; init; }
}

/// <param name="Kind">String, Int32, … as in <see cref="ActivityInput.Kind"/>; <c>Object</c> when anything may be stored.</param>
public sealed record Variable(string Id, string Name, string Kind, JsonNode? Initial);

/// <param name="Activity">Where the run begins.</param>
/// <param name="Kind">event, http, http-route, timer, cron or start-at.</param>
/// <param name="Key">Event name, method and path, interval, pattern or moment.</param>
public sealed record WorkflowTrigger(string Activity, string Kind, string Key);

public sealed record WorkflowParameter(string Name, string Kind, string DisplayName);

/// <summary>One activity of a definition. What does not apply to its type is empty.</summary>
public sealed class Activity
{
    internal Activity() { }

    public required string Id { get; init; }

    /// <summary>Name people gave it, or its display text, or its id.</summary>
    public required string Name { get; init; }

    /// <summary>The text the designer shows (displayText, displayTextZh), when there is one.</summary>
    public Phrase? Display { get; init; }
    public required string Type { get; init; }
    public required ActivityType Described { get; init; }

    /// <summary>Place in the file, from 1.</summary>
    public required int Line { get; init; }
    public required int Column { get; init; }

    /// <summary>Inputs by name as the activity's type spells it.</summary>
    public IReadOnlyDictionary<string, Expression> Inputs { get; internal set; } =
        new Dictionary<string, Expression>(StringComparer.Ordinal);

    /// <summary>Output name → the variable that keeps it.</summary>
    public IReadOnlyDictionary<string, string> Captures { get; internal set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Children of Flowchart, Sequence, Parallel, in document order.</summary>
    public IReadOnlyList<Activity> Children { get; internal set; } = [];

    /// <summary>Single children: Body, Then, Else, Default.</summary>
    public IReadOnlyDictionary<string, Activity> Slots { get; internal set; } = new Dictionary<string, Activity>(StringComparer.Ordinal);
    public IReadOnlyList<SwitchCase> Cases { get; internal set; } = [];
    public IReadOnlyList<Variable> Variables { get; internal set; } = [];

    /// <summary>Id of the definition that it stands for, when a workflow is used as an activity; its root is the slot <c>Root</c>.</summary>
    public string? Uses { get; init; }

    /// <summary>True when the document marks it as one that may start the workflow.</summary>
    public bool CanStart { get; init; }

    /// <summary>Ports that a flowchart may connect from.</summary>
    public IReadOnlyList<string> Ports { get; internal set; } = [];

    /// <summary>How often it is tried again by itself; null: a failure is an incident at once.</summary>
    public RetryPolicy? Retry { get; internal set; }

    public ActivityTimeout? Timeout { get; internal set; }

    /// <summary>Id of the activity beside it that undoes what it did; null when nothing does.</summary>
    public string? Compensation { get; internal set; }

    /// <summary>True when other activities stand in it.</summary>
    public bool IsContainer => Described.BuiltIn && (Children.Count > 0 || Slots.Count > 0 || Cases.Any(c => c.Activity is not null));

    /// <summary>Of a flowchart: how its children are connected.</summary>
    public FlowGraph? Graph { get; internal set; }
}

public sealed record SwitchCase(string Label, Expression Condition, Activity? Activity);

/// <summary>Where a value comes from.</summary>
/// <param name="Syntax">Literal, Object, Variable, Input, Rule or JavaScript.</param>
/// <param name="Value">The literal, the JSON, or the name of the variable or input.</param>
/// <param name="Script">The parsed expression when it is JavaScript or a Rule.</param>
/// <param name="Kind">Type the result is converted to.</param>
public sealed record Expression(string Syntax, JsonNode? Value, ScriptExpression? Script, string Kind, int Line, int Column)
{
    /// <summary>Literal and Object need no run to be known.</summary>
    public bool IsConstant => Syntax is "Literal" or "Object";
}
