using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.DryRuns;

namespace CampaignFlow.Engine.Workflows;

/// <summary>
/// What the designer, the checker and the stepper know of an activity type. Product activities are described by the slice that owns
/// them; the stepper's own (Flowchart, Delay, …) by <c>BuiltInActivities</c>.
/// </summary>
/// <param name="Type">Full name as it stands in a definition: <c>CampaignFlow.HumanTask</c>.</param>
/// <param name="Outcomes">Ports a flowchart may connect; the first is the default.</param>
public sealed record ActivityType(
    string Type,
    string Category,
    Phrase Name,
    Phrase Help,
    IReadOnlyList<ActivityInput> Inputs,
    IReadOnlyList<ActivityOutput> Outputs,
    IReadOnlyList<string> Outcomes
)
{
    /// <summary>Stands for people's decision: a failed one may be tried again or cancelled with its run, never skipped.</summary>
    public bool Decides { get; init; }

    /// <summary>May wait for time, people or events. A loop needs one such step, or it never rests.</summary>
    public bool Waits { get; init; }

    /// <summary>The outcome by which time leaves it when nobody answers; it has to lead somewhere.</summary>
    public string? TimeOutOutcome { get; init; }

    /// <summary>It may move money: a gate or an approval has to come before it.</summary>
    public bool MovesMoney { get; init; }

    /// <summary>What is wrong with its fixed inputs, beyond their types; looked at before a definition is published.</summary>
    public Func<IReadOnlyDictionary<string, JsonNode?>, IEnumerable<Phrase>>? Check { get; init; }

    /// <summary>What it would do, said without doing it.</summary>
    public Func<RehearsalCall, Rehearsal>? Rehearse { get; init; }

    /// <summary>True when a container runs it without calling the product.</summary>
    public bool BuiltIn { get; init; }

    /// <summary>True when it holds a list of activities.</summary>
    public bool HasChildren { get; init; }

    /// <summary>Names of its single children: Body, Then, Else, Default.</summary>
    public IReadOnlyList<string> Slots { get; init; } = [];

    /// <summary>Name of a String[] input whose values are further outcomes (FlowFork's Branches); null when the outcomes are fixed.</summary>
    public string? OutcomesInput { get; init; }
}

/// <param name="Kind">String, Int32, Double, Boolean, TimeSpan, DateTime, Object, or <c>String[]</c>.</param>
public sealed record ActivityInput(string Name, string Kind, Phrase Label, Phrase Help, bool Required = false)
{
    public string? Default { get; init; }

    /// <summary>Its value is used but never shown: not in a run's history, not in a form.</summary>
    public bool Secret { get; init; }

    /// <summary>Its text may be long.</summary>
    public bool Multiline { get; init; }

    /// <summary>Allowed values, when there is a closed list.</summary>
    public IReadOnlyList<string>? Options { get; init; }

    /// <summary>
    /// What its value is the name of (<see cref="NameList"/>): looked up before publishing. Unlike <see cref="Options"/> a stored version
    /// with an unknown name can still be read.
    /// </summary>
    public string? NameOf { get; init; }
}

public sealed record ActivityOutput(string Name, string Kind, Phrase Label, Phrase Help);
