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

    /// <summary>True when a container runs it without calling the product.</summary>
    public bool BuiltIn { get; init; }

    /// <summary>Name of a String[] input whose values are further outcomes (FlowFork's Branches); null when the outcomes are fixed.</summary>
    public string? OutcomesInput { get; init; }
}

/// <param name="Kind">String, Int32, Double, Boolean, TimeSpan, DateTime, Object, or <c>String[]</c>.</param>
public sealed record ActivityInput(string Name, string Kind, Phrase Label, Phrase Help, bool Required = false)
{
    public string? Default { get; init; }

    /// <summary>Allowed values, when there is a closed list.</summary>
    public IReadOnlyList<string>? Options { get; init; }
}

public sealed record ActivityOutput(string Name, string Kind, Phrase Label);
