using System.Text.Json;
using CampaignFlow.Engine.Expressions.Script;

namespace CampaignFlow.Engine.Workflows.Definition;

/// <summary>Expressions that are worked out in a run, and the names they may use.</summary>
internal sealed partial class WorkflowReader
{
    // Names and ids of all activities with their outputs: an expression may read one that stands further down.
    private Dictionary<string, IReadOnlyDictionary<string, RuleKind>> _named = [];

    private Expression? ScriptOf(PlacedJson at, Activity activity, Phrase where, string kind, string syntax)
    {
        var rule = syntax == "Rule";
        var script = rule
            ? ScriptExpression.ParseRule(at.Text!, RuleNames(), kind == "Boolean", out var problem)
            : ScriptExpression.Parse(at.Text!, out problem);
        if (script is not null && !rule)
            problem = Getters.Check(script.Root, IsReadable, _named.ContainsKey);
        if (script is not null && problem is null)
            return new(syntax, null, script, kind, at.Line, at.Column);
        var (en, zh) = problem!.Text;
        // One column for the quote; escapes before the place move it a little to the right.
        _problems.Add(
            new Problem(
                file,
                at.Line,
                at.Column + 1 + problem.At,
                Text(
                    activity,
                    where,
                    rule ? new($"is not a condition that can be read. {en}", $"不是可读的条件。{zh}")
                        : script is not null ? new($"cannot be worked out. {en}", $"无法计算。{zh}")
                        : new($"is not one JavaScript expression. {en}", $"不是单个 JavaScript 表达式。{zh}")
                )
            )
            {
                Subject = activity.Id,
            }
        );
        return null;
    }

    internal RuleNames Names(PlacedJson? document)
    {
        if (document is not null && Model(document) is { Kind: JsonValueKind.Object } model)
        {
            _named = model["root"] is { } root ? NamesIn(root) : [];
            Variables(model["variables"]);
            _inputs = Parameters(model["inputs"]);
        }
        return RuleNames();
    }

    // Loops declare CurrentValue and CurrentIndex themselves.
    private bool IsReadable(string name) =>
        name is "CurrentValue" or "CurrentIndex" || _variables.Values.Any(v => v.Name == name) || _inputs.Any(i => i.Name == name);

    private RuleNames RuleNames()
    {
        var variables = new Dictionary<string, RuleKind>(StringComparer.Ordinal)
        {
            ["CurrentValue"] = RuleKind.Any,
            ["CurrentIndex"] = RuleKind.Number,
        };
        foreach (var variable in _variables.Values)
            variables[variable.Name] = RuleKindOf(variable.Kind);
        var inputs = new Dictionary<string, RuleKind>(StringComparer.Ordinal);
        foreach (var input in _inputs)
            inputs[input.Name] = RuleKindOf(input.Kind);
        return new(variables, inputs, _named);
    }

    private static RuleKind RuleKindOf(string kind) =>
        kind switch
        {
            "Int16" or "Int32" or "Int64" or "Double" or "Single" or "Decimal" => RuleKind.Number,
            "Boolean" => RuleKind.Condition,
            "String" or "DateTime" or "DateTimeOffset" => RuleKind.Text,
            "TimeSpan" => RuleKind.Duration,
            _ => RuleKind.Any,
        };

    private Dictionary<string, IReadOnlyDictionary<string, RuleKind>> NamesIn(PlacedJson root)
    {
        var names = new Dictionary<string, IReadOnlyDictionary<string, RuleKind>>(StringComparer.Ordinal);
        var open = new Stack<PlacedJson>([root]);
        while (open.TryPop(out var place))
        {
            foreach (var part in place.Properties.Values.Concat(place.Items))
                open.Push(part);
            if (place.Kind != JsonValueKind.Object || place["type"]?.Text is not { } type || place["id"]?.Text is not { } id)
                continue;
            var outputs = OutputsOf(place, type);
            names.TryAdd(id, outputs);
            if (place["name"]?.Text is { Length: > 0 } name)
                names.TryAdd(name, outputs);
        }
        return names;
    }

    private Dictionary<string, RuleKind> OutputsOf(PlacedJson place, string type)
    {
        if (_types.TryGetValue(type, out var described))
            return described.Outputs.ToDictionary(o => o.Name, o => RuleKindOf(o.Kind), StringComparer.Ordinal);
        return
            WorkflowUse.Of(place) is { } use
            && usedBy(use) is { } used
            && WorkflowJson.Placed(used.Json, used.FileName, out _) is { } document
            ? Items(Model(document)["outputs"], "outputs")
                .Where(o => o["name"]?.Text is { Length: > 0 })
                .ToDictionary(o => o["name"]!.Text!, _ => RuleKind.Any, StringComparer.Ordinal)
            : [];
    }
}
