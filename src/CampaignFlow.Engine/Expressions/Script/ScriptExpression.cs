using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Expressions.Script;

/// <summary>
/// One JavaScript expression as people write it in Elsa 3 inputs: it reads variables, inputs and outputs and cannot change anything.
/// Numbers, truth and text joining follow ECMAScript; size, depth and work are bounded.
/// </summary>
public sealed class ScriptExpression
{
    private const int LongestText = 20_000;

    private readonly bool _condition;

    private ScriptExpression(string text, ScriptNode root, bool condition = false)
    {
        Text = text;
        Root = root;
        _condition = condition;
    }

    public string Text { get; }

    internal ScriptNode Root { get; }

    /// <returns>The expression, or null and the <paramref name="problem"/>.</returns>
    public static ScriptExpression? Parse(string text, out ScriptProblem? problem) =>
        Read(text, () => new(text, Script(text)), out problem);

    /// <summary>
    /// Reads the condition language of rules and gates over a run's values: <c>Score &lt; 60 and not (Region == "CN")</c>. What is missing
    /// makes the answer unknown, and an unknown condition cannot be evaluated.
    /// </summary>
    /// <param name="condition">The answer has to be yes or no.</param>
    /// <returns>The expression, or null and the <paramref name="problem"/>.</returns>
    public static ScriptExpression? ParseRule(string text, RuleNames names, bool condition, out ScriptProblem? problem) =>
        Read(text, () => new(text, new RuleParser(text, names).Whole(condition), condition), out problem);

    private static ScriptExpression? Read(string text, Func<ScriptExpression> parse, out ScriptProblem? problem)
    {
        problem = null;
        try
        {
            if (text.Length > LongestText)
                throw new ScriptException(0, new($"Longer than {LongestText} characters.", $"超过 {LongestText} 个字符。"));
            return parse();
        }
        catch (ScriptException refused)
        {
            problem = refused.Problem;
            return null;
        }
    }

    /// <exception cref="ScriptException">The values at hand do not allow it, or it takes too much work.</exception>
    public JsonNode? Evaluate(ScriptScope scope)
    {
        var evaluator = new ScriptEvaluator(scope);
        return Values.ToJson(_condition ? evaluator.Decided(Root) : evaluator.Value(Root));
    }

    // Elsa's designer writes "return x;" for one-line scripts; that is still one expression.
    private static ScriptNode Script(string text)
    {
        var trimmed = text.TrimStart();
        if (!trimmed.StartsWith("return", StringComparison.Ordinal) || trimmed.Length == 6 || !char.IsWhiteSpace(trimmed[6]))
            return ScriptParser.Parse(text);
        var at = text.Length - trimmed.Length;
        return ScriptParser.Parse(string.Concat(text.AsSpan(0, at), "      ", trimmed.AsSpan(6)));
    }
}
