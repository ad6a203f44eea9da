using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Expressions.Script;

/// <summary>The functions an expression may call: the run's getters, and harmless ones of text, lists, Math and JSON.</summary>
internal static class ScriptFunctions
{
    internal static object? Call(ScriptEvaluator run, ScriptNode.Call call)
    {
        switch (call.Callee)
        {
            case ScriptNode.Name name:
                return Getter(run, name, Arguments(run, call));
            case ScriptNode.Member { Target: ScriptNode.Name { Text: "Math" } } member:
                return MathFunction(member, Arguments(run, call));
            case ScriptNode.Member { Target: ScriptNode.Name { Text: "JSON" or "Object" or "Array" } owner } member:
                return Static(owner.Text, member, Arguments(run, call));
            case ScriptNode.Member member:
                var target = run.Value(member.Target);
                if (target is null or Undefined && (member.Optional || call.Optional))
                    return Undefined.Value;
                return Method(member, target, Arguments(run, call));
            default:
                throw new ScriptException(call.At, new("Only named functions can be called.", "只能调用有名称的函数。"));
        }
    }

    private static object?[] Arguments(ScriptEvaluator run, ScriptNode.Call call) => [.. call.Arguments.Select(run.Value)];

    private static object? Getter(ScriptEvaluator run, ScriptNode.Name name, object?[] arguments)
    {
        var scope = run.Scope;
        switch (name.Text)
        {
            case "getVariable":
                return scope.Variable(Text(arguments, 0), out var variable) ? Values.FromJson(variable) : Undefined.Value;
            case "getInput":
                return scope.Input(Text(arguments, 0), out var input) ? Values.FromJson(input) : Undefined.Value;
            case "getOutputFrom":
                return Values.FromJson(scope.Output(Text(arguments, 0), arguments.Length > 1 ? Text(arguments, 1) : null));
            case "getCorrelationId":
                return scope.CorrelationId;
            case "Number":
            case "parseFloat":
                return Values.ToNumber(At(arguments, 0));
            case "parseInt":
                return Math.Truncate(Values.ToNumber(At(arguments, 0)));
            case "String":
            case "toString":
                return Values.ToText(At(arguments, 0));
            case "Boolean":
                return Values.Truth(At(arguments, 0));
            case "isNaN":
                return double.IsNaN(Values.ToNumber(At(arguments, 0)));
            case "toJson":
                return Json(At(arguments, 0));
            case "isNullOrEmpty":
                return At(arguments, 0) is null or Undefined or "";
            case "isNullOrWhiteSpace":
                return At(arguments, 0) is null or Undefined || (At(arguments, 0) is string text && string.IsNullOrWhiteSpace(text));
        }
        if (name.Text.StartsWith("get", StringComparison.Ordinal) && name.Text.Length > 3)
        {
            foreach (var asked in Getters.Spellings(name.Text))
                if (scope.Variable(asked, out var found) || scope.Input(asked, out found))
                    return Values.FromJson(found);
            if (Getters.OutputOf(name.Text) is var (output, activity))
                return Values.FromJson(scope.Output(activity, output));
            throw new ScriptException(
                name.At,
                new($"There is no variable '{name.Text[3..]}' for {name.Text}().", $"{name.Text}() 对应的变量“{name.Text[3..]}”不存在。")
            );
        }
        throw new ScriptException(name.At, new($"There is no function '{name.Text}'.", $"没有函数“{name.Text}”。"));
    }

    private static object? MathFunction(ScriptNode.Member member, object?[] arguments)
    {
        var numbers = arguments.Select(Values.ToNumber).ToArray();
        var first = numbers.Length > 0 ? numbers[0] : double.NaN;
        return member.Key switch
        {
            "min" => numbers.Length == 0 ? double.PositiveInfinity : numbers.Aggregate(Math.Min),
            "max" => numbers.Length == 0 ? double.NegativeInfinity : numbers.Aggregate(Math.Max),
            "abs" => Math.Abs(first),
            "floor" => Math.Floor(first),
            "ceil" => Math.Ceiling(first),
            // ECMAScript rounds halves up, also below zero.
            "round" => Math.Floor(first + 0.5),
            "trunc" => Math.Truncate(first),
            "sign" => double.IsNaN(first) ? double.NaN : Math.Sign(first),
            "sqrt" => Math.Sqrt(first),
            "pow" => Math.Pow(first, numbers.Length > 1 ? numbers[1] : double.NaN),
            _ => throw new ScriptException(member.At, new($"Math.{member.Key} is not known here.", $"这里没有 Math.{member.Key}。")),
        };
    }

    private static object? Static(string owner, ScriptNode.Member member, object?[] arguments)
    {
        var first = At(arguments, 0);
        switch (owner, member.Key)
        {
            case ("JSON", "stringify"):
                return Json(first);
            case ("JSON", "parse"):
                try
                {
                    return Values.FromJson(JsonNode.Parse(Values.ToText(first)));
                }
                catch (JsonException)
                {
                    throw new ScriptException(
                        member.At,
                        new("JSON.parse was given text that is not JSON.", "JSON.parse 的内容不是合法 JSON。")
                    );
                }
            case ("Array", "isArray"):
                return first is JsonArray;
            case ("Object", "keys") when first is JsonObject map:
                return new JsonArray([.. map.Select(pair => (JsonNode?)JsonValue.Create(pair.Key))]);
            case ("Object", "values") when first is JsonObject map:
                return new JsonArray([.. map.Select(pair => pair.Value?.DeepClone())]);
            default:
                throw new ScriptException(member.At, new($"{owner}.{member.Key} is not known here.", $"这里没有 {owner}.{member.Key}。"));
        }
    }

    private static object? Method(ScriptNode.Member member, object? target, object?[] arguments) =>
        (target, member.Key) switch
        {
            (null or Undefined, _) => throw new ScriptException(
                member.At,
                new($"Cannot call {member.Key}() on {Values.ToText(target)}.", $"无法对 {Values.ToText(target)} 调用 {member.Key}()。")
            ),
            (_, "toString") => Values.ToText(target),
            (double number, "toFixed") => number.ToString(
                "F" + Math.Clamp(Whole(arguments, 0, 0), 0, 100).ToString(CultureInfo.InvariantCulture),
                CultureInfo.InvariantCulture
            ),
            (string text, _) => OfText(member, text, arguments),
            (JsonArray array, _) => OfArray(member, array, arguments),
            _ => throw NoMethod(member, target),
        };

    private static object? OfText(ScriptNode.Member member, string text, object?[] arguments) =>
        member.Key switch
        {
            "toUpperCase" => text.ToUpperInvariant(),
            "toLowerCase" => text.ToLowerInvariant(),
            "trim" => text.Trim(),
            "includes" => text.Contains(Text(arguments, 0), StringComparison.Ordinal),
            "startsWith" => text.StartsWith(Text(arguments, 0), StringComparison.Ordinal),
            "endsWith" => text.EndsWith(Text(arguments, 0), StringComparison.Ordinal),
            "indexOf" => (double)text.IndexOf(Text(arguments, 0), StringComparison.Ordinal),
            "replace" => ReplaceFirst(member.At, text, Text(arguments, 0), Text(arguments, 1)),
            "replaceAll" when Text(arguments, 0).Length > 0 => Bounded(member.At, text, Text(arguments, 0), Text(arguments, 1)),
            "split" => new JsonArray([
                .. (
                    Text(arguments, 0) is { Length: > 0 } by ? text.Split(by, StringSplitOptions.None) : [.. text.Select(c => c.ToString())]
                ).Select(part => (JsonNode?)JsonValue.Create(part)),
            ]),
            "slice" or "substring" => Slice(text.Length, arguments) is var (start, end) ? text[start..end] : "",
            "padStart" => text.PadLeft(
                Bound(member.At, Whole(arguments, 0, 0)),
                arguments.Length > 1 && Text(arguments, 1) is { Length: > 0 } pad ? pad[0] : ' '
            ),
            "padEnd" => text.PadRight(
                Bound(member.At, Whole(arguments, 0, 0)),
                arguments.Length > 1 && Text(arguments, 1) is { Length: > 0 } pad ? pad[0] : ' '
            ),
            "charAt" => Whole(arguments, 0, 0) is var i && i >= 0 && i < text.Length ? text[i].ToString() : "",
            "repeat" => (long)text.Length * Whole(arguments, 0, 0) is var size and <= ScriptEvaluator.LongestString and >= 0
                ? string.Concat(Enumerable.Repeat(text, (int)(text.Length == 0 ? 0 : size / text.Length)))
                : throw new ScriptException(member.At, new("repeat() makes the text too long.", "repeat() 会使文本过长。")),
            "concat" => ScriptEvaluator.Bounded(member.At, text + string.Concat(arguments.Select(Values.ToText))),
            _ => throw NoMethod(member, text),
        };

    private static object? OfArray(ScriptNode.Member member, JsonArray array, object?[] arguments) =>
        member.Key switch
        {
            "includes" => array.Any(item => Values.StrictlyEqual(Values.FromJson(item), At(arguments, 0))),
            "indexOf" => (double)array.ToList().FindIndex(item => Values.StrictlyEqual(Values.FromJson(item), At(arguments, 0))),
            "join" => ScriptEvaluator.Bounded(
                member.At,
                string.Join(
                    arguments.Length > 0 ? Text(arguments, 0) : ",",
                    array.Select(item => item is null ? "" : Values.ToText(Values.FromJson(item)))
                )
            ),
            "slice" => Slice(array.Count, arguments) is var (start, end)
                ? new JsonArray([.. array.Skip(start).Take(end - start).Select(item => item?.DeepClone())])
                : new JsonArray(),
            "concat" => new JsonArray([
                .. array.Select(item => item?.DeepClone()),
                .. arguments.SelectMany(more => more is JsonArray list ? list.Select(item => item?.DeepClone()) : [Values.ToJson(more)]),
            ]),
            "at" => Whole(arguments, 0, 0) is var i && (i < 0 ? i + array.Count : i) is var at && at >= 0 && at < array.Count
                ? Values.FromJson(array[at])
                : Undefined.Value,
            _ => throw NoMethod(member, array),
        };

    private static (int Start, int End) Slice(int length, object?[] arguments)
    {
        int Clip(int asked) => Math.Clamp(asked < 0 ? length + asked : asked, 0, length);
        var start = Clip(Whole(arguments, 0, 0));
        return (start, Math.Max(start, Clip(Whole(arguments, 1, length))));
    }

    private static string ReplaceFirst(int at, string text, string old, string with)
    {
        var found = text.IndexOf(old, StringComparison.Ordinal);
        return found < 0 ? text : ScriptEvaluator.Bounded(at, string.Concat(text.AsSpan(0, found), with, text.AsSpan(found + old.Length)));
    }

    // Counts first: the result must not be built before it is known to be small enough.
    private static string Bounded(int at, string text, string old, string with)
    {
        long size = text.Length + ((long)(text.Length / old.Length) * with.Length);
        return size <= ScriptEvaluator.LongestString
            ? text.Replace(old, with, StringComparison.Ordinal)
            : throw new ScriptException(at, new("replaceAll() makes the text too long.", "replaceAll() 会使文本过长。"));
    }

    private static int Bound(int at, int size) =>
        size <= ScriptEvaluator.LongestString
            ? Math.Max(0, size)
            : throw new ScriptException(at, new("The text becomes too long.", "文本过长。"));

    private static string Json(object? value) => Values.ToJson(value)?.ToJsonString() ?? "null";

    private static object? At(object?[] arguments, int i) => i < arguments.Length ? arguments[i] : Undefined.Value;

    private static string Text(object?[] arguments, int i) => Values.ToText(At(arguments, i));

    private static int Whole(object?[] arguments, int i, int otherwise)
    {
        if (At(arguments, i) is Undefined)
            return otherwise;
        var number = Values.ToNumber(arguments[i]);
        return double.IsNaN(number) ? 0 : (int)Math.Clamp(Math.Truncate(number), int.MinValue / 2, int.MaxValue / 2);
    }

    private static ScriptException NoMethod(ScriptNode.Member member, object? target)
    {
        var kind = target switch
        {
            string => "text",
            double => "a number",
            bool => "a boolean",
            JsonArray => "a list",
            _ => "an object",
        };
        var kindZh = target switch
        {
            string => "文本",
            double => "数字",
            bool => "布尔值",
            JsonArray => "列表",
            _ => "对象",
        };
        return new(member.At, new($"There is no {member.Key}() on {kind}.", $"{kindZh}没有 {member.Key}()。"));
    }
}
