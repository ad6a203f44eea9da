using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows;

/// <summary>One value of a faulted step that a person may change before it is tried again.</summary>
/// <param name="Text">As it is shown and typed: plain text, or JSON for objects and lists. Empty for a secret and for a missing value.</param>
/// <param name="Trouble">Why it has no value now, when its expression fails.</param>
public sealed record MendField(string Name, string Kind, Phrase Label, string Text, string? Trouble)
{
    public bool Secret { get; init; }
    public bool Required { get; init; }
    public IReadOnlyList<string>? Options { get; init; }
}

/// <summary>The inputs of a faulted step with their values, and the variables in its reach.</summary>
public sealed record MendForm(string Execution, IReadOnlyList<MendField> Inputs, IReadOnlyList<MendField> Variables);

/// <summary>Mends a faulted step: what it was given can be changed, with its types checked.</summary>
public static class Mending
{
    /// <summary>Characters of one typed value.</summary>
    public const int LongestText = 100_000;

    private static readonly JsonSerializerOptions Shown = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>Null when this execution has not failed.</returns>
    public static MendForm? Of(WorkflowDefinition definition, RunState state, string execution, DateTimeOffset now)
    {
        var burst = new Burst(definition, RunCopy.Of(state), now);
        if (burst.Find(execution) is not { Status: ExecutionStatus.Faulted } self)
            return null;
        var activity = burst.ActivityOf(self);
        return new(
            execution,
            [
                .. activity.Described.Inputs.Select(input =>
                {
                    var value = burst.Peek(self, input.Name, out var trouble);
                    var kind = activity.Inputs.TryGetValue(input.Name, out var expression) ? expression.Kind : input.Kind;
                    var secret = input.Secret || Secrets.Holds(input.Name, value);
                    return new MendField(input.Name, kind, input.Label, secret ? "" : Text(value), trouble)
                    {
                        Secret = secret,
                        Required = input.Required,
                        Options = input.Options,
                    };
                }),
            ],
            [.. burst.VariablesInReach(self).Select(v => VariableField(v.Name, v.Kind, v.Value))]
        );
    }

    private static MendField VariableField(string name, string kind, JsonNode? value)
    {
        var secret = Secrets.IsSecret(name) || Secrets.Holds(name, value);
        return new(name, kind, Phrase.Same(name), secret ? "" : Text(value), null) { Secret = secret };
    }

    /// <summary>Reads what was typed; what stands as it was shown is not changed.</summary>
    /// <param name="inputs">Texts by input name; the missing ones stay.</param>
    /// <returns>The event, or what is wrong with the texts.</returns>
    public static (RunEvent.Retried? Event, IReadOnlyList<Phrase> Problems) Read(
        MendForm form,
        IReadOnlyDictionary<string, string> inputs,
        IReadOnlyDictionary<string, string> variables,
        string? why
    )
    {
        var problems = new List<Phrase>();
        var changedInputs = Changed(form.Inputs, inputs, new("Input", "输入"), problems);
        var changedVariables = Changed(form.Variables, variables, new("Variable", "变量"), problems);
        return problems.Count > 0
            ? (null, problems)
            : (
                new RunEvent.Retried(form.Execution)
                {
                    Inputs = changedInputs,
                    Variables = changedVariables,
                    Why = why,
                },
                problems
            );
    }

    private static Dictionary<string, JsonNode?>? Changed(
        IReadOnlyList<MendField> fields,
        IReadOnlyDictionary<string, string> texts,
        Phrase what,
        List<Phrase> problems
    )
    {
        var changed = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (name, typed) in texts)
        {
            var text = typed.ReplaceLineEndings("\n");
            var field =
                fields.FirstOrDefault(f => f.Name == name)
                ?? fields.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (field is null)
                problems.Add(new($"{what.En} '{name}' is not one of this step.", $"该步骤没有{what.Zh}“{name}”。"));
            else if (field.Secret ? text.Length == 0 : text == field.Text.ReplaceLineEndings("\n"))
                continue;
            else if (Refusal(field, text, out var value) is { } why)
                problems.Add(new($"{what.En} '{name}': {why.En}.", $"{what.Zh}“{name}”：{why.Zh}。"));
            else
                changed[field.Name] = value;
        }
        return changed.Count > 0 ? changed : null;
    }

    private static Phrase? Refusal(MendField field, string text, out JsonNode? value)
    {
        value = null;
        if (text.Length > LongestText)
            return new($"it has more than {LongestText} characters", $"超过 {LongestText} 个字符");
        if (string.IsNullOrWhiteSpace(text))
            return field.Required ? new Phrase("it is required", "必填") : null;
        if (field.Options is { } options && !options.Contains(text, StringComparer.Ordinal))
            return new($"it must be one of {string.Join(", ", options)}", $"应为 {string.Join("、", options)} 之一");
        if (field.Kind is not ("Object" or "String[]") || !TryJson(text, out value))
            value = JsonValue.Create(text);
        if (field.Kind == "Object" && value is JsonValue && text.TrimStart() is ['{' or '[', ..])
            return new("it is not valid JSON", "不是合法的 JSON");
        return Kinds.TryConvert(value, field.Kind, out value, out var why) ? null : why;
    }

    private static bool TryJson(string text, out JsonNode? value)
    {
        try
        {
            value = JsonNode.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            value = null;
            return false;
        }
    }

    private static string Text(JsonNode? value) =>
        value is null ? ""
        : value is JsonValue scalar && scalar.TryGetValue<string>(out var text) ? text
        : value.ToJsonString(Shown);
}
