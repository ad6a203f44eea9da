using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Expressions.Script;

internal sealed class Undefined
{
    private Undefined() { }

    internal static Undefined Value { get; } = new();
}

/// <summary>ECMAScript's conversions between undefined, null, bool, double, string, and JSON arrays and objects.</summary>
internal static class Values
{
    internal static object? FromJson(JsonNode? node)
    {
        // Not one conditional expression: text would be converted back to a JsonNode.
        if (node is null or JsonArray or JsonObject)
            return node;
        return node.GetValueKind() switch
        {
            JsonValueKind.String => node.AsValue().TryGetValue<string>(out var text) ? text : JsonText(node).Trim('"'),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number => Number(node),
            _ => null,
        };
    }

    /// <summary>Whole numbers come out without a decimal point; NaN and the infinities have no JSON and become null.</summary>
    internal static JsonNode? ToJson(object? value) =>
        value switch
        {
            null or Undefined => null,
            bool truth => JsonValue.Create(truth),
            string text => JsonValue.Create(text),
            double number when !double.IsFinite(number) => null,
            double number when Math.Floor(number) == number && Math.Abs(number) < 9.007199254740992e15 => JsonValue.Create((long)number),
            double number => JsonValue.Create(number),
            JsonNode node => node.DeepClone(),
            _ => null,
        };

    internal static bool Truth(object? value) =>
        value switch
        {
            null or Undefined => false,
            bool truth => truth,
            double number => number != 0 && !double.IsNaN(number),
            string text => text.Length > 0,
            _ => true,
        };

    internal static double ToNumber(object? value) =>
        value switch
        {
            null => 0,
            bool truth => truth ? 1 : 0,
            double number => number,
            string text => TextToNumber(text),
            JsonArray => TextToNumber(ToText(value)),
            _ => double.NaN,
        };

    internal static string ToText(object? value) =>
        value switch
        {
            null => "null",
            Undefined => "undefined",
            bool truth => truth ? "true" : "false",
            double number => NumberToText(number),
            string text => text,
            JsonArray array => string.Join(",", array.Select(item => item is null ? "" : ToText(FromJson(item)))),
            JsonObject => "[object Object]",
            _ => "",
        };

    internal static bool StrictlyEqual(object? a, object? b) =>
        (a, b) switch
        {
            (double x, double y) => x == y,
            (string x, string y) => string.Equals(x, y, StringComparison.Ordinal),
            (bool x, bool y) => x == y,
            (JsonNode x, JsonNode y) => ReferenceEquals(x, y),
            (null, null) or (Undefined, Undefined) => true,
            _ => false,
        };

    internal static bool LooselyEqual(object? a, object? b) =>
        (a, b) switch
        {
            (null or Undefined, null or Undefined) => true,
            (null or Undefined, _) or (_, null or Undefined) => false,
            (string, string) or (bool, bool) or (double, double) or (JsonNode, JsonNode) => StrictlyEqual(a, b),
            (JsonNode, string) or (string, JsonNode) => ToText(a) == ToText(b),
            _ => ToNumber(a) == ToNumber(b),
        };

    internal static double Number(JsonNode node)
    {
        var value = node.AsValue();
        return value.TryGetValue<double>(out var real) ? real
            : value.TryGetValue<long>(out var whole) ? whole
            : value.TryGetValue<int>(out var small) ? small
            : double.Parse(JsonText(node), CultureInfo.InvariantCulture);
    }

    private static string JsonText(JsonNode node) => node.ToJsonString();

    private static double TextToNumber(string text)
    {
        var trimmed = text.Trim();
        if (trimmed.Length == 0)
            return 0;
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return char.IsAsciiDigit(trimmed[^1]) || trimmed[^1] == '.'
            ? double.TryParse(trimmed, styles, CultureInfo.InvariantCulture, out var number)
                ? number
                : double.NaN
            : double.NaN;
    }

    // ECMAScript writes plain digits between 1e-6 and 1e21, .NET switches to exponents earlier.
    private static string NumberToText(double number)
    {
        if (double.IsNaN(number))
            return "NaN";
        if (double.IsInfinity(number))
            return number > 0 ? "Infinity" : "-Infinity";
        if (number == 0)
            return "0";
        var size = Math.Abs(number);
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        if (!text.Contains('E', StringComparison.Ordinal))
            return text;
        return size is >= 1e-6 and < 1e21
            ? Plain(text)
            : text.Replace("E", "e", StringComparison.Ordinal).Replace("e-0", "e-", StringComparison.Ordinal);
    }

    // 1.25E-05 → 0.0000125, 1.25E+20 → 125000000000000000000
    private static string Plain(string text)
    {
        var sign = text[0] == '-' ? "-" : "";
        var parts = text.TrimStart('-').Split('E');
        var digits = parts[0].Replace(".", "", StringComparison.Ordinal);
        var exponent = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return exponent < 0 ? sign + "0." + new string('0', -exponent - 1) + digits : sign + digits.PadRight(exponent + 1, '0');
    }
}
