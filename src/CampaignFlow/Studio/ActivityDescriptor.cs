using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;
using CampaignFlow.Workflows;

namespace CampaignFlow.Studio;

/// <summary>An activity as the designer's palette and property panel want it (Elsa 3's <c>ActivityDescriptor</c>), in one language.</summary>
/// <param name="IsBrowsable">False keeps it out of the palette; a type is never left out, or the designer drops the activities it cannot draw.</param>
internal sealed record ActivityDescriptor(
    string TypeName,
    string Namespace,
    string Name,
    int Version,
    string Category,
    string DisplayName,
    string Description,
    string Kind,
    IReadOnlyList<InputDescriptor> Inputs,
    IReadOnlyList<OutputDescriptor> Outputs,
    IReadOnlyList<PortDescriptor> Ports,
    JsonObject ConstructionProperties,
    JsonObject CustomProperties,
    bool IsContainer,
    bool IsBrowsable,
    bool IsStart,
    bool IsTerminal
)
{
    /// <summary>Where the parts of a definition stand that are no activities of the palette.</summary>
    private static readonly string[] Hidden = ["Elsa.Flowchart", "Elsa.Workflow"];

    /// <summary>Those that may start a run: the designer offers a switch for it.</summary>
    private static readonly string[] Starting = ["Elsa.HttpEndpoint", "Elsa.Timer", "Elsa.Cron", "Elsa.StartAt", "Elsa.Event"];

    public static ActivityDescriptor Of(ActivityType type, Words words, NameChoices names)
    {
        var dot = type.Type.LastIndexOf('.');
        return new(
            type.Type,
            type.Type[..dot],
            type.Type[(dot + 1)..],
            Version: 1,
            words.T(PaletteWords.Category(type.Category)),
            words.T(type.Name),
            words.T(PaletteExamples.With(type)),
            Starting.Contains(type.Type) ? "Trigger" : "Action",
            [.. type.Inputs.Select((input, order) => InputDescriptor.Of(type, input, order, words, names))],
            [
                .. type.Outputs.Select(output => new OutputDescriptor(
                    output.Name,
                    InputDescriptor.TypeOf(output.Kind),
                    words.T(output.Label),
                    words.T(output.Help)
                )),
            ],
            [.. PortsOf(type, words)],
            Construction(type),
            [],
            type.HasChildren,
            !Hidden.Contains(type.Type),
            type.Type == "Elsa.Start",
            type.Type is "Elsa.End" or "Elsa.Finish"
        );
    }

    /// <summary>The whole of a definition, which the designer puts around its root.</summary>
    public static ActivityDescriptor Whole(Words words) =>
        Unknown("Elsa.Workflow", words) with
        {
            DisplayName = words.T("Workflow", "流程"),
            Description = "",
            Ports = [new("Root", "Root", "Embedded")],
            IsContainer = true,
        };

    /// <summary>Stands in for a type this server does not have, so that the designer draws its activities and keeps them.</summary>
    public static ActivityDescriptor Unknown(string type, Words words)
    {
        var dot = type.LastIndexOf('.');
        return new(
            type,
            dot < 0 ? "" : type[..dot],
            type[(dot + 1)..],
            Version: 1,
            words.T("Unknown", "未知"),
            words.T($"Unknown: {type}", $"未知活动：{type}"),
            words.T(
                "This server does not have this activity: it is kept, but cannot be published.",
                "本服务器没有该活动：会保留，但无法发布。"
            ),
            "Action",
            [],
            [],
            [new("Done", words.T(PortWords.Of("Done")), "Flow")],
            [],
            [],
            IsContainer: false,
            IsBrowsable: false,
            IsStart: false,
            IsTerminal: false
        );
    }

    private static IEnumerable<PortDescriptor> PortsOf(ActivityType type, Words words) =>
        type
            .Slots.Select(slot => new PortDescriptor(slot, words.T(PortWords.Of(slot)), "Embedded"))
            .Concat(type.Outcomes.Select(outcome => new PortDescriptor(outcome, words.T(PortWords.Of(outcome)), "Flow")));

    // A fresh activity starts with our condition language where a condition is asked for; the designer itself would offer JavaScript.
    private static JsonObject Construction(ActivityType type) =>
        new(
            type.Inputs.Where(input => input.Kind == "Boolean" && input.Default is null)
                .Select(input =>
                    KeyValuePair.Create<string, JsonNode?>(
                        input.Name,
                        new JsonObject
                        {
                            ["typeName"] = "Boolean",
                            ["expression"] = new JsonObject { ["type"] = "Rule", ["value"] = "" },
                        }
                    )
                )
        );
}

/// <param name="UiHint">Which of the designer's editors it gets.</param>
/// <param name="DefaultValue">Shown, not saved: the engine applies it.</param>
internal sealed record InputDescriptor(
    string Name,
    string TypeName,
    string DisplayName,
    string Description,
    float Order,
    string UiHint,
    string? DefaultValue,
    string DefaultSyntax,
    bool IsWrapped,
    JsonObject UiSpecifications
)
{
    public bool IsBrowsable { get; } = true;

    public static InputDescriptor Of(ActivityType type, ActivityInput input, int order, Words words, NameChoices names)
    {
        var choices = names.Of(input, words);
        return new(
            input.Name,
            TypeNameOf(type, input),
            words.T(input.Label),
            words.T(input.Help) + (input.Required ? words.T(" Required.", "（必填）") : ""),
            order,
            Hint(type, input, choices is not null),
            input.Default,
            input is { Kind: "Boolean", Default: null } ? "Rule" : "Literal",
            !IsVariable(type, input) && !IsCodes(type, input),
            choices is not null ? Dropdown(choices)
                : LanguageOf(type, input) is { } language ? new() { ["code-editor"] = new JsonObject { ["language"] = language } }
                : []
        );
    }

    public static string TypeOf(string kind) => kind == "String[]" ? "ICollection<String>" : kind;

    /// <summary>Conditions of a gate: one a line.</summary>
    public static bool IsLines(ActivityInput input) => input is { Kind: "String[]", Multiline: true };

    /// <summary>What its editor highlights, completes and checks; null when it is no condition.</summary>
    private static string? LanguageOf(ActivityType type, ActivityInput input) =>
        IsLines(input) ? ConditionsApi.OfFacts
        : (type.Type, input.Name) == ("CampaignFlow.WaitForMetric", "Condition") ? ConditionsApi.OfMetrics
        : null;

    private static bool IsVariable(ActivityType type, ActivityInput input) => type.Type == "Elsa.SetVariable" && input.Name == "Variable";

    // Each code holds an activity: the designer cannot draw a step whose codes are written as an expression.
    private static bool IsCodes(ActivityType type, ActivityInput input) =>
        type.Type == "Elsa.SendHttpRequest" && input.Name == type.OutcomesInput;

    private static string TypeNameOf(ActivityType type, ActivityInput input) => IsVariable(type, input) ? "Variable" : TypeOf(input.Kind);

    private static string Hint(ActivityType type, ActivityInput input, bool chosen) =>
        (type.Type, input.Name) switch
        {
            ("Elsa.SetVariable", "Variable") => "variable-picker",
            ("Elsa.ExecuteWorkflow" or "Elsa.DispatchWorkflow", "WorkflowDefinitionId") => "workflow-definition-picker",
            ("Elsa.SetOutput", "OutputName") => "output-picker",
            ("Elsa.FlowFork", "Branches") => "dynamic-outcomes",
            _ when IsCodes(type, input) => "http-status-codes",
            _ when LanguageOf(type, input) is not null => "code-editor",
            _ when chosen && input.Kind == "String[]" => "checklist",
            _ when chosen => "dropdown",
            _ => input.Kind switch
            {
                "Boolean" => "checkbox",
                "String[]" => "multitext",
                "Object" => "multiline",
                _ when input.Multiline => "multiline",
                _ => "singleline",
            },
        };

    private static JsonObject Dropdown(IReadOnlyList<(string Value, string Text)> choices)
    {
        JsonObject List() =>
            new()
            {
                ["selectList"] = new JsonObject
                {
                    ["items"] = new JsonArray([
                        .. choices.Select(c => (JsonNode?)new JsonObject { ["text"] = c.Text, ["value"] = c.Value }),
                    ]),
                    ["isFlagsEnum"] = false,
                },
            };
        JsonObject Check() =>
            new()
            {
                ["checkList"] = new JsonObject
                {
                    ["items"] = new JsonArray([
                        .. choices.Select(c =>
                            (JsonNode?)
                                new JsonObject
                                {
                                    ["text"] = c.Text,
                                    ["value"] = c.Value,
                                    ["isChecked"] = false,
                                }
                        ),
                    ]),
                    ["isFlagsEnum"] = false,
                },
            };
        return new() { ["dropdown"] = List(), ["checklist"] = Check() };
    }
}

internal sealed record OutputDescriptor(string Name, string TypeName, string DisplayName, string Description)
{
    public bool IsBrowsable { get; } = true;
}

/// <param name="Type">Flow, or Embedded for an activity inside.</param>
internal sealed record PortDescriptor(string Name, string DisplayName, string Type)
{
    public bool IsBrowsable { get; } = true;
}
