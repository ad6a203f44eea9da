using System.Text.Json;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Workflows.Definition;

internal sealed partial class WorkflowReader
{
    private static readonly string[] Syntaxes = ["Literal", "Object", "Variable", "Input", "Rule", "JavaScript"];

    private void ReadInputs(PlacedJson item, Activity activity)
    {
        var inputs = new Dictionary<string, Expression>(StringComparer.Ordinal);
        foreach (var input in activity.Described.Inputs)
        {
            var given = item[Camel(input.Name)];
            var expression =
                given is null ? null
                : activity.Type == "Elsa.SetVariable" && input.Name == "Variable" ? VariableTarget(given, activity)
                : given.Kind == JsonValueKind.Array && activity.Described.OutcomesInput == input.Name ? Codes(given, activity, input)
                : given["expression"] is { } wrapped ? ReadExpression(wrapped, activity, Where(input), KindOf(input, given))
                : given.Kind == JsonValueKind.Object && given["typeName"] is not null && given["memoryReference"] is not null ? null
                : Constant(given, given.ToNode(), activity, Where(input), input.Kind, "Literal");
            if (expression is null or { IsConstant: true, Value: null })
            {
                var problems = _problems.Count;
                expression = input.Default is { } value
                    ? Constant(item, JsonValue.Create(value), activity, Where(input), input.Kind, "Literal")
                    : expression;
                if (
                    input is { Required: true, Default: null }
                    && problems == _problems.Count
                    && !_problems.Exists(p => p.Subject == activity.Id && given is not null)
                )
                    Wrong(
                        given ?? item,
                        activity.Id,
                        Text(activity, Where(input), new("is missing, but it is required", "缺失，但它是必填项"))
                    );
            }
            if (expression is null)
                continue;
            CheckOptions(given ?? item, activity, input, expression);
            inputs[input.Name] = expression;
        }
        activity.Inputs = inputs;
        RefuseUnknownInputs(item, activity);
    }

    // Elsa writes the cases of an HTTP request as objects with a status and the activity that stands in it.
    private Expression? Codes(PlacedJson given, Activity activity, ActivityInput input)
    {
        var codes = given.Items.Select(i => (i["statusCode"]?.Scalar ?? i.ToNode())?.DeepClone());
        return Constant(given, new JsonArray([.. codes]), activity, Where(input), input.Kind, "Literal");
    }

    private static string KindOf(ActivityInput input, PlacedJson given) =>
        input.Kind == "Object" && given["typeName"]?.Text is { } asked ? Kinds.Alias(asked) : input.Kind;

    private static Phrase Where(ActivityInput input) => new($"input '{input.Name}'", $"输入“{input.Name}”");

    private void CheckOptions(PlacedJson at, Activity activity, ActivityInput input, Expression expression)
    {
        if (input.Options is not { } options || !expression.IsConstant || expression.Value?.ToString() is not { Length: > 0 } value)
            return;
        if (options.Contains(value, StringComparer.Ordinal))
            return;
        var en = Suggest(value, options, " Did you mean '{0}'?", out var zh);
        var all = string.Join(", ", options);
        Wrong(
            at,
            activity.Id,
            Text(activity, Where(input), new($"is '{value}', but must be one of {all}.{en}", $"的值为“{value}”，应为 {all} 之一。{zh}"))
        );
    }

    // An input we do not know but that says something must not be skipped in silence.
    private void RefuseUnknownInputs(PlacedJson item, Activity activity)
    {
        foreach (var (name, value) in item.Properties)
        {
            if (value.Kind != JsonValueKind.Object || value["expression"] is not { Kind: JsonValueKind.Object } expression)
                continue;
            if (activity.Described.Inputs.Any(i => string.Equals(i.Name, name, StringComparison.OrdinalIgnoreCase)))
                continue;
            if (
                expression["value"]
                is null
                    or { Text: "" or "[]" or "{}" }
                    or { Kind: JsonValueKind.False }
                    or { Kind: JsonValueKind.Array, Items: [] }
            )
                continue;
            var en = Suggest(name, activity.Described.Inputs.Select(i => Camel(i.Name)), " Did you mean '{0}'?", out var zh);
            Wrong(
                value,
                activity.Id,
                new(
                    $"'{activity.Name}' ({activity.Id}): {activity.Type} has no input '{name}'.{en}",
                    $"“{activity.Name}”（{activity.Id}）：{activity.Type} 没有输入“{name}”。{zh}"
                )
            );
        }
    }

    private Expression? ReadExpression(PlacedJson expression, Activity activity, Phrase where, string kind)
    {
        var syntax = expression["type"]?.Text ?? "Literal";
        if (syntax is "Json" or "JSON")
            syntax = "Object";
        var value = expression["value"];
        switch (syntax)
        {
            case "Literal":
                return value is null ? null : Constant(value, value.ToNode(), activity, where, kind, syntax);
            case "Object":
                return value is null ? null : ObjectOf(value, activity, where, kind);
            case "Variable":
                return value is null ? null : VariableOf(value, activity, where, kind);
            case "Input":
                return value is null ? null : InputOf(value, activity, where, kind);
            case "Rule" or "JavaScript":
                return string.IsNullOrWhiteSpace(value?.Text) ? null : ScriptOf(value, activity, where, kind, syntax);
        }
        var en = Suggest(syntax, Syntaxes, " Did you mean '{0}'?", out var zh);
        var all = string.Join(", ", Syntaxes);
        Wrong(
            expression["type"]!,
            activity.Id,
            Text(activity, where, new($"is written in '{syntax}'; supported are {all}.{en}", $"使用了“{syntax}”表达式；支持 {all}。{zh}"))
        );
        return null;
    }

    private Expression? Constant(PlacedJson at, JsonNode? value, Activity activity, Phrase where, string kind, string syntax)
    {
        if (!Kinds.TryConvert(value, kind, out var converted, out var why))
        {
            Wrong(at, activity.Id, Text(activity, where, new(": " + why.En, "：" + why.Zh)));
            return null;
        }
        return new(syntax, converted, null, kind, at.Line, at.Column);
    }

    private Expression? ObjectOf(PlacedJson at, Activity activity, Phrase where, string kind)
    {
        var node = at.ToNode();
        if (at.Text is not { } text || kind == "String")
            return Constant(at, node, activity, where, kind, "Object");
        if (string.IsNullOrWhiteSpace(text))
            return null;
        try
        {
            return Constant(at, JsonNode.Parse(text), activity, where, kind, "Object");
        }
        catch (JsonException)
        {
            Wrong(at, activity.Id, Text(activity, where, new("is not valid JSON", "不是合法的 JSON")));
            return null;
        }
    }

    private Expression? VariableTarget(PlacedJson given, Activity activity) =>
        VariableOf(given["expression"]?["value"] ?? given, activity, new("input 'Variable'", "输入“Variable”"), "Object") is { } found
            ? found with
            {
                Syntax = "Literal",
            }
            : null;

    private Expression? VariableOf(PlacedJson at, Activity activity, Phrase where, string kind)
    {
        var id = at["id"]?.Text;
        var name = at["name"]?.Text ?? at.Text;
        var found =
            id is not null && _variables.TryGetValue(id, out var byId) ? byId.Name
            : name is not null && _variables.TryGetValue(name, out var same) ? same.Name
            : _variables.Values.FirstOrDefault(v => v.Name == name)?.Name;
        // Loops and compensations declare these themselves.
        if (found is null && name is "CurrentValue" or "CurrentIndex" or Compensable.Variable)
            found = name;
        if (found is not null)
            return new("Variable", JsonValue.Create(found), null, kind, at.Line, at.Column);
        var asked = name ?? id ?? "";
        var en = Suggest(asked, _variables.Values.Select(v => v.Name), " Did you mean '{0}'?", out var zh);
        Wrong(
            at,
            activity.Id,
            Text(activity, where, new($"refers to variable '{asked}', which is not declared.{en}", $"引用了未声明的变量“{asked}”。{zh}"))
        );
        return null;
    }

    private Expression? InputOf(PlacedJson at, Activity activity, Phrase where, string kind)
    {
        var name = at["name"]?.Text ?? at.Text ?? "";
        if (_inputs.Any(i => i.Name == name))
            return new("Input", JsonValue.Create(name), null, kind, at.Line, at.Column);
        var en = Suggest(name, _inputs.Select(i => i.Name), " Did you mean '{0}'?", out var zh);
        Wrong(
            at,
            activity.Id,
            Text(
                activity,
                where,
                new($"refers to the workflow's input '{name}', which is not declared.{en}", $"引用了流程未声明的输入“{name}”。{zh}")
            )
        );
        return null;
    }

    private Dictionary<string, string> Captures(PlacedJson item, ActivityType described)
    {
        var captures = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var output in described.Outputs)
            if (item[Camel(output.Name)]?["memoryReference"]?["id"]?.Text is { } id && _variables.TryGetValue(id, out var variable))
                captures[output.Name] = variable.Name;
        return captures;
    }

    private static Phrase Text(Activity activity, Phrase where, Phrase what)
    {
        var (en, zh) = what;
        return new(
            $"'{activity.Name}' ({activity.Id}): {where.En}{(en.StartsWith(':') ? "" : " ")}{en}{(en.EndsWith('?') || en.EndsWith('.') ? "" : ".")}",
            $"“{activity.Name}”（{activity.Id}）：{where.Zh}{zh}{(zh.EndsWith('？') || zh.EndsWith('。') ? "" : "。")}"
        );
    }
}
