namespace CampaignFlow.Engine.Expressions.Script;

/// <summary>Which functions an expression may call, and how Elsa spells those that read one value: <c>getScore()</c>, <c>getByFromReview()</c>.</summary>
internal static class Getters
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "getVariable",
        "getInput",
        "getOutputFrom",
        "getCorrelationId",
        "Number",
        "parseFloat",
        "parseInt",
        "String",
        "toString",
        "Boolean",
        "isNaN",
        "toJson",
        "isNullOrEmpty",
        "isNullOrWhiteSpace",
    }; // csharpier-ignore

    /// <summary>Names that <c>getX()</c> may mean: Elsa writes the first letter as a capital.</summary>
    internal static string[] Spellings(string function) => [function[3..], char.ToLowerInvariant(function[3]) + function[4..]];

    /// <summary><c>getByFromReview()</c> reads output By of the activity Review.</summary>
    internal static (string Output, string Activity)? OutputOf(string function) =>
        function.IndexOf("From", 4, StringComparison.Ordinal) is var at and > 0 && at + 4 < function.Length
            ? (function[3..at], function[(at + 4)..])
            : null;

    /// <summary>The first call that can never succeed: of a function that is not there, or one that would change the run.</summary>
    /// <param name="readable">Whether a variable or input has this name.</param>
    /// <param name="activity">Whether an activity has this name or id.</param>
    internal static ScriptProblem? Check(ScriptNode root, Func<string, bool> readable, Func<string, bool> activity)
    {
        var open = new Stack<ScriptNode>([root]);
        while (open.TryPop(out var node))
        {
            if (node is ScriptNode.Call { Callee: ScriptNode.Name name } && Refusal(name.Text, readable, activity) is { } refusal)
                return new(name.At, refusal);
            foreach (var part in node.Inside().Reverse())
                open.Push(part);
        }
        return null;
    }

    private static Phrase? Refusal(string function, Func<string, bool> readable, Func<string, bool> activity)
    {
        if (Known.Contains(function))
            return null;
        if (function.StartsWith("set", StringComparison.Ordinal) && function.Length > 3)
            return new(
                $"'{function}' changes the run, and an expression only reads. Store values with the SetVariable activity.",
                $"“{function}”会修改运行，而表达式只能读取。请用 SetVariable 活动赋值。"
            );
        if (!function.StartsWith("get", StringComparison.Ordinal) || function.Length == 3)
        {
            var hint = Nearest.Ask(function, Known);
            return new($"There is no function '{function}'{hint.En}", $"没有函数“{function}”{hint.Zh}");
        }
        if (Spellings(function).Any(readable) || (OutputOf(function) is var (_, source) && activity(source)))
            return null;
        return new(
            $"'{function}' reads '{function[3..]}', and no variable or input has that name.",
            $"“{function}”读取“{function[3..]}”，但没有这个变量或输入。"
        );
    }
}
