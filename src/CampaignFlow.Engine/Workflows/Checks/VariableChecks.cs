using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>Variables that are written and never read, declared and never used, or read under a name nobody declared.</summary>
internal static partial class VariableChecks
{
    /// <summary>Stands for "any of them" where a script takes all variables at once.</summary>
    private const string All = "*";

    internal static IEnumerable<Problem> Of(WorkflowDefinition definition)
    {
        var activities = definition.Activities.Values;
        var read = activities.SelectMany(Expressions).SelectMany(Read).ToHashSet(StringComparer.Ordinal);
        var written = activities
            .SelectMany(a => Written(a).Select(name => (name, a)))
            .ToLookup(w => w.name, w => w.a, StringComparer.Ordinal);
        var declared = definition.Variables.Concat(activities.SelectMany(a => a.Variables)).ToList();
        if (!read.Contains(All))
            foreach (var variable in declared.Where(v => !read.Contains(v.Name)).DistinctBy(v => v.Name))
                yield return Unread(definition, variable.Name, written[variable.Name].FirstOrDefault());
        var names = declared.Select(v => v.Name).Concat(["CurrentValue", "CurrentIndex"]).ToHashSet(StringComparer.Ordinal);
        foreach (var activity in activities)
        foreach (var name in Expressions(activity).SelectMany(Asked).Where(n => !names.Contains(n)).Distinct(StringComparer.Ordinal))
            yield return Undeclared(definition, activity, name);
    }

    /// <summary>Variables the activity sets.</summary>
    internal static IEnumerable<string> Written(Activity activity)
    {
        if (
            activity.Type == "Elsa.SetVariable"
            && activity.Inputs.TryGetValue("Variable", out var target)
            && target.Value is JsonValue value
            && value.TryGetValue<string>(out var name)
        )
            yield return name;
        foreach (var captured in activity.Captures.Values)
            yield return captured;
    }

    /// <summary>Names the expression reads; for a script every word in it that could be one.</summary>
    internal static HashSet<string> Read(Expression expression)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        if (expression.Syntax == "Variable")
            names.Add(expression.Value!.ToString());
        else if (ScriptOf(expression) is { } text)
        {
            foreach (var word in Word().EnumerateMatches(text))
            {
                var name = text.Substring(word.Index, word.Length);
                names.Add(name);
                if (name.StartsWith("get", StringComparison.Ordinal))
                    names.Add(name[3..]);
            }
            if (Whole().IsMatch(text))
                names.Add(All);
        }
        return names;
    }

    private static IEnumerable<string> Asked(Expression expression) =>
        ScriptOf(expression) is { } text ? AskedFor().Matches(text).Select(m => m.Groups["name"].Value) : [];

    private static string? ScriptOf(Expression expression) =>
        expression.Script?.Text
        ?? (
            expression is { IsConstant: false, Syntax: not ("Variable" or "Input"), Value: JsonValue value }
            && value.TryGetValue<string>(out var text)
                ? text
                : null
        );

    private static IEnumerable<Expression> Expressions(Activity activity) =>
        activity
            .Inputs.Where(i => !(activity.Type == "Elsa.SetVariable" && i.Key == "Variable"))
            .Select(i => i.Value)
            .Concat(activity.Cases.Select(c => c.Condition));

    private static Problem Unread(WorkflowDefinition definition, string variable, Activity? writer)
    {
        var at = writer ?? definition.Root;
        return DefinitionCheck.Found(
            definition,
            at,
            writer is null ? Severity.Note : Severity.Warning,
            "variable-unused",
            writer is null
                ? new($"Variable '{variable}' is declared and never used.", $"变量“{variable}”已声明但从未使用。")
                : new(
                    $"{DefinitionCheck.Called(writer).En} sets the variable '{variable}', which nothing reads.",
                    $"{DefinitionCheck.Called(writer).Zh}设置了变量“{variable}”，但没有任何地方读取它。"
                ),
            new("Read it somewhere, or remove it.", "请使用该变量，或将其删除。")
        );
    }

    private static Problem Undeclared(WorkflowDefinition definition, Activity activity, string variable)
    {
        var name = DefinitionCheck.Called(activity);
        return DefinitionCheck.Found(
            definition,
            activity,
            Severity.Warning,
            "variable-undeclared",
            new(
                $"{name.En} reads the variable '{variable}', which is not declared: it is always undefined.",
                $"{name.Zh}读取未声明的变量“{variable}”：其值始终为空。"
            ),
            new("Declare it among the workflow's variables, or correct the name.", "请在流程变量中声明它，或更正名称。")
        );
    }

    [GeneratedRegex(@"[\p{L}_$][\p{L}\p{N}_$]*")]
    private static partial Regex Word();

    // variables as a whole, not one of them
    [GeneratedRegex(@"\bvariables\b(?!\s*\??\.\s*[\p{L}_$])|\bgetVariables\b")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\bvariables\s*\??\.\s*(?<name>[\p{L}_$][\p{L}\p{N}_$]*)|\bgetVariable\(\s*[""'](?<name>[^""']+)[""']")]
    private static partial Regex AskedFor();
}
