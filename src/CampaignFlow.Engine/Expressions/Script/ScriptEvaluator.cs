using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Expressions.Script;

/// <summary>Works out the value of an expression; gives up after a bounded amount of work.</summary>
internal sealed partial class ScriptEvaluator(ScriptScope scope)
{
    internal const int LongestString = 1_000_000;
    private const int MostWork = 100_000;

    private int _work;

    internal ScriptScope Scope => scope;

    internal object? Value(ScriptNode node)
    {
        if (++_work > MostWork)
            throw new ScriptException(node.At, new("The expression takes too much work.", "表达式计算量过大。"));
        return node switch
        {
            ScriptNode.Constant constant => constant.Value,
            ScriptNode.Name name => Named(name),
            ScriptNode.Member member => MemberOf(member),
            ScriptNode.Index index => IndexOf(index),
            ScriptNode.Call call => ScriptFunctions.Call(this, call),
            ScriptNode.Unary unary => UnaryOf(unary),
            ScriptNode.Binary binary => BinaryOf(binary),
            ScriptNode.Conditional choice => Value(Values.Truth(Value(choice.Test)) ? choice.Then : choice.Else),
            ScriptNode.Template template => Template(template),
            ScriptNode.ArrayLiteral array => new JsonArray([.. array.Items.Select(item => Values.ToJson(Value(item)))]),
            ScriptNode.ObjectLiteral map => Map(map),
            ScriptNode.Rule rule => RuleOf(rule),
            _ => Undefined.Value,
        };
    }

    internal static string Bounded(int at, string text) =>
        text.Length <= LongestString
            ? text
            : throw new ScriptException(
                at,
                new($"The text grows beyond {LongestString} characters.", $"文本超过 {LongestString} 个字符。")
            );

    private object? Named(ScriptNode.Name name) =>
        name.Text switch
        {
            "variables" => scope.Variables(),
            "input" => scope.Inputs(),
            "Math" or "JSON" or "Object" or "Array" => throw new ScriptException(
                name.At,
                new(
                    $"{name.Text} is used with one of its functions, such as Math.max(1, 2).",
                    $"{name.Text} 要与其函数一起使用，例如 Math.max(1, 2)。"
                )
            ),
            _ => throw Unknown(name),
        };

    private static ScriptException Unknown(ScriptNode.Name name) =>
        new(
            name.At,
            new(
                $"Nothing is called '{name.Text}'. A variable is read as variables.{name.Text} or get{name.Text}(), an input as input.{name.Text}.",
                $"没有名为“{name.Text}”的内容。变量写作 variables.{name.Text} 或 get{name.Text}()，输入写作 input.{name.Text}。"
            )
        );

    private object? MemberOf(ScriptNode.Member member)
    {
        switch (member.Target)
        {
            // Only the value asked for is read, not the whole scope.
            case ScriptNode.Name { Text: "variables" }:
                return scope.Variable(member.Key, out var variable) ? Values.FromJson(variable) : Undefined.Value;
            case ScriptNode.Name { Text: "input" }:
                return scope.Input(member.Key, out var input) ? Values.FromJson(input) : Undefined.Value;
            case ScriptNode.Name { Text: "Math" }:
                return member.Key switch
                {
                    "PI" => Math.PI,
                    "E" => Math.E,
                    _ => throw new ScriptException(
                        member.At,
                        new($"Math.{member.Key} is not known here.", $"这里没有 Math.{member.Key}。")
                    ),
                };
        }
        var target = Value(member.Target);
        return target is null or Undefined && (member.Optional || SkippedChain(member.Target))
            ? Undefined.Value
            : Property(member.At, target, member.Key);
    }

    // a?.b.c stops at a: the rest of the chain is not read either.
    private static bool SkippedChain(ScriptNode node) =>
        node switch
        {
            ScriptNode.Member member => member.Optional || SkippedChain(member.Target),
            ScriptNode.Index index => index.Optional || SkippedChain(index.Target),
            _ => false,
        };

    private object? IndexOf(ScriptNode.Index index)
    {
        var target = Value(index.Target);
        if (target is null or Undefined && (index.Optional || SkippedChain(index.Target)))
            return Undefined.Value;
        return Property(index.At, target, Values.ToText(Value(index.Key)));
    }

    private static object? Property(int at, object? target, string key) =>
        target switch
        {
            null or Undefined => throw new ScriptException(
                at,
                new(
                    $"Cannot read '{key}' of {Values.ToText(target)}; write ?. if it may be missing.",
                    $"无法读取 {Values.ToText(target)} 的“{key}”；若可能缺失请写 ?.。"
                )
            ),
            string text when key == "length" => (double)text.Length,
            string text => Position(key) is var i && i >= 0 && i < text.Length ? text[i].ToString() : Undefined.Value,
            JsonArray array when key == "length" => (double)array.Count,
            JsonArray array => Position(key) is var i && i >= 0 && i < array.Count ? Values.FromJson(array[i]) : Undefined.Value,
            JsonObject map => map.TryGetPropertyValue(key, out var value) ? Values.FromJson(value) : Undefined.Value,
            _ => Undefined.Value,
        };

    private static int Position(string key) =>
        int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : -1;

    private object? UnaryOf(ScriptNode.Unary unary)
    {
        var value = Value(unary.Operand);
        return unary.Operator switch
        {
            "!" => !Values.Truth(value),
            "-" => -Values.ToNumber(value),
            "+" => Values.ToNumber(value),
            _ => value switch
            {
                Undefined => "undefined",
                bool => "boolean",
                double => "number",
                string => "string",
                _ => "object",
            },
        };
    }

    private object? BinaryOf(ScriptNode.Binary binary)
    {
        var left = Value(binary.Left);
        switch (binary.Operator)
        {
            case "&&":
                return Values.Truth(left) ? Value(binary.Right) : left;
            case "||":
                return Values.Truth(left) ? left : Value(binary.Right);
            case "??":
                return left is null or Undefined ? Value(binary.Right) : left;
        }
        var right = Value(binary.Right);
        return binary.Operator switch
        {
            "===" => Values.StrictlyEqual(left, right),
            "!==" => !Values.StrictlyEqual(left, right),
            "==" => Values.LooselyEqual(left, right),
            "!=" => !Values.LooselyEqual(left, right),
            "<" => Ordered(left, right) < 0,
            ">" => Ordered(left, right) > 0,
            "<=" => Ordered(left, right) <= 0,
            ">=" => Ordered(left, right) >= 0,
            "in" => right is JsonObject map && map.ContainsKey(Values.ToText(left)),
            "+" when left is string or JsonNode || right is string or JsonNode => Bounded(
                binary.At,
                Values.ToText(left) + Values.ToText(right)
            ),
            "+" => Values.ToNumber(left) + Values.ToNumber(right),
            "-" => Values.ToNumber(left) - Values.ToNumber(right),
            "*" => Values.ToNumber(left) * Values.ToNumber(right),
            "/" => Values.ToNumber(left) / Values.ToNumber(right),
            "%" => Values.ToNumber(left) % Values.ToNumber(right),
            "**" => Math.Pow(Values.ToNumber(left), Values.ToNumber(right)),
            _ => Undefined.Value,
        };
    }

    // Null when one side is not a number: every comparison with it is false.
    private static int? Ordered(object? left, object? right)
    {
        if (left is string a && right is string b)
            return string.CompareOrdinal(a, b);
        var x = Values.ToNumber(left);
        var y = Values.ToNumber(right);
        return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y);
    }

    private string Template(ScriptNode.Template template)
    {
        var text = new StringBuilder();
        foreach (var part in template.Parts)
        {
            text.Append(Values.ToText(Value(part)));
            if (text.Length > LongestString)
                Bounded(template.At, text.ToString());
        }
        return text.ToString();
    }

    private JsonObject Map(ScriptNode.ObjectLiteral literal)
    {
        var map = new JsonObject();
        foreach (var (key, value) in literal.Properties)
        {
            var result = Value(value);
            if (result is not Undefined)
                map[key] = Values.ToJson(result);
        }
        return map;
    }
}
