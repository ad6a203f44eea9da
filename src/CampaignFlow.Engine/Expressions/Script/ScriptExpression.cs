using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Expressions.Script;

/// <summary>
/// One JavaScript expression as people write it in Elsa 3 inputs: it reads variables, inputs and outputs and cannot change anything.
/// Numbers, truth and text joining follow ECMAScript; size, depth and work are bounded.
/// </summary>
public sealed class ScriptExpression
{
    private const int LongestText = 20_000;

    private readonly ScriptNode _root;

    private ScriptExpression(string text, ScriptNode root)
    {
        Text = text;
        _root = root;
    }

    public string Text { get; }

    /// <returns>The expression, or null and the <paramref name="problem"/>.</returns>
    public static ScriptExpression? Parse(string text, out ScriptProblem? problem)
    {
        problem = null;
        try
        {
            if (text.Length > LongestText)
                throw new ScriptException(0, new($"Longer than {LongestText} characters.", $"超过 {LongestText} 个字符。"));
            return new(text, Root(text));
        }
        catch (ScriptException refused)
        {
            problem = refused.Problem;
            return null;
        }
    }

    /// <exception cref="ScriptException">The values at hand do not allow it, or it takes too much work.</exception>
    public JsonNode? Evaluate(ScriptScope scope) => Values.ToJson(new ScriptEvaluator(scope).Value(_root));

    // Elsa's designer writes "return x;" for one-line scripts; that is still one expression.
    private static ScriptNode Root(string text)
    {
        var trimmed = text.TrimStart();
        if (!trimmed.StartsWith("return", StringComparison.Ordinal) || trimmed.Length == 6 || !char.IsWhiteSpace(trimmed[6]))
            return ScriptParser.Parse(text);
        var at = text.Length - trimmed.Length;
        return ScriptParser.Parse(string.Concat(text.AsSpan(0, at), "      ", trimmed.AsSpan(6)));
    }
}
