using System.Globalization;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Expressions.Script;

/// <summary>
/// The condition language in three values: yes, no, and unknown where something is missing. "no and unknown" is no, "yes or unknown" is
/// yes; everything else with an unknown part is unknown.
/// </summary>
internal sealed partial class ScriptEvaluator
{
    private readonly SortedSet<string> _missing = new(StringComparer.Ordinal);

    /// <exception cref="ScriptException">The condition has no answer; the message names what is missing.</exception>
    internal object Decided(ScriptNode condition)
    {
        if (Known(condition) is { } value)
            return Condition(condition, value);
        var names = string.Join(", ", _missing);
        throw new ScriptException(
            condition.At,
            new($"It is unknown whether the condition holds: {names} has no value.", $"条件无法判断：{names} 没有值。")
        );
    }

    private object? RuleOf(ScriptNode.Rule rule)
    {
        switch (rule.Operator)
        {
            case "and":
                return Both(rule, decisive: false);
            case "or":
                return Both(rule, decisive: true);
            case "not":
                return Known(rule.Right) is { } denied ? !Condition(rule.Right, denied) : null;
            case "sign":
                return Known(rule.Right) is { } negative ? -Number(rule.Right, negative) : null;
        }
        var left = Known(rule.Left!);
        var right = Known(rule.Right);
        if (left is null || right is null)
            return null;
        if (rule.Operator is "+" or "-" or "*" or "/")
            return Calculated(rule, Number(rule.Left!, left), Number(rule.Right, right));
        return Compared(rule, left, right);
    }

    // The right side is looked at only when the left does not decide alone.
    private bool? Both(ScriptNode.Rule rule, bool decisive)
    {
        var left = Known(rule.Left!) is { } a ? Condition(rule.Left!, a) : (bool?)null;
        if (left == decisive)
            return decisive;
        var right = Known(rule.Right) is { } b ? Condition(rule.Right, b) : (bool?)null;
        return right == decisive ? decisive
            : left is null || right is null ? null
            : !decisive;
    }

    private double? Calculated(ScriptNode.Rule rule, double left, double right)
    {
        if (rule.Operator == "/" && right == 0)
            _missing.Add("a division by zero");
        return rule.Operator switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            _ => right == 0 ? null : left / right,
        };
    }

    private static object Compared(ScriptNode.Rule rule, object left, object right)
    {
        // A length of time is kept as text; it counts as hours beside another length of time.
        if (left is TimeSpan || right is TimeSpan)
            (left, right) = (Hours(rule, left), Hours(rule, right));
        var order = (left, right) switch
        {
            (double a, double b) => a.CompareTo(b),
            (string a, string b) => string.CompareOrdinal(a, b),
            (bool a, bool b) => a.CompareTo(b),
            _ => throw new ScriptException(
                rule.At,
                new($"Cannot compare {Kind(left).En} with {Kind(right).En}.", $"{Kind(left).Zh}不能与{Kind(right).Zh}比较。")
            ),
        };
        if (rule.Operator is not ("==" or "!=") && left is not double)
            throw new ScriptException(
                rule.At,
                new($"'{rule.Operator}' needs numbers; use == or !=.", $"“{rule.Operator}”只能用于数值，请用 == 或 !=。")
            );
        return rule.Operator switch
        {
            "==" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    private static double Hours(ScriptNode.Rule rule, object value) =>
        value switch
        {
            TimeSpan span => span.TotalHours,
            string text when TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) => span.TotalHours,
            _ => throw new ScriptException(
                rule.At,
                new($"Cannot compare {Kind(value).En} with a length of time.", $"{Kind(value).Zh}不能与时长比较。")
            ),
        };

    private object? Known(ScriptNode node)
    {
        var value = Value(node);
        if (value is not (null or Undefined))
            return value;
        if (node is not ScriptNode.Rule)
            _missing.Add(Called(node));
        return null;
    }

    private static string Called(ScriptNode node) =>
        node switch
        {
            ScriptNode.Member { Target: ScriptNode.Name } member => member.Key,
            ScriptNode.Member member => $"{Called(member.Target)}.{member.Key}",
            ScriptNode.Call { Arguments: [ScriptNode.Constant activity, ScriptNode.Constant output] } => $"{activity.Value}.{output.Value}",
            _ => "a part",
        };

    private static bool Condition(ScriptNode node, object value) =>
        value is bool truth
            ? truth
            : throw new ScriptException(
                node.At,
                new($"Expected yes or no, found {Kind(value).En}.", $"此处应为条件，实际是{Kind(value).Zh}。")
            );

    private static double Number(ScriptNode node, object value) =>
        value is double number
            ? number
            : throw new ScriptException(
                node.At,
                new($"Expected a number, found {Kind(value).En}.", $"此处应为数字，实际是{Kind(value).Zh}。")
            );

    private static Phrase Kind(object value) =>
        value switch
        {
            double => new("a number", "数字"),
            string => new("text", "文字"),
            bool => new("yes or no", "条件"),
            TimeSpan => new("a length of time", "时长"),
            JsonArray => new("a list", "列表"),
            _ => new("an object", "对象"),
        };
}
