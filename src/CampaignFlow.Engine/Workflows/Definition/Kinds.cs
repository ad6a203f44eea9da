using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Expressions.Script;

namespace CampaignFlow.Engine.Workflows.Definition;

/// <summary>
/// Converts values to the type an input or a variable asks for. Times are kept as text: TimeSpan <c>[d.]hh:mm:ss</c>, DateTime
/// ISO 8601.
/// </summary>
public static class Kinds
{
    /// <summary>Elsa's alias of a type name: <c>System.Int32, System.Private.CoreLib</c> is <c>Int32</c>.</summary>
    public static string Alias(string? typeName)
    {
        if (string.IsNullOrWhiteSpace(typeName))
            return "Object";
        var name = typeName.Split(',')[0].Trim();
        name = name.StartsWith("System.", StringComparison.Ordinal) && name.LastIndexOf('.') == 6 ? name[7..] : name;
        return name switch
        {
            "Any" or "object" => "Object",
            "string" => "String",
            "bool" => "Boolean",
            "int" => "Int32",
            "long" => "Int64",
            "double" => "Double",
            _ => name,
        };
    }

    /// <returns>True, or false with a sentence in <paramref name="why"/>. Null stays null: missing is not zero.</returns>
    public static bool TryConvert(JsonNode? value, string kind, out JsonNode? result, out Phrase why)
    {
        why = default;
        result = value;
        if (value is null)
            return true;
        result = kind switch
        {
            "String" => Text(value),
            "Boolean" => Truth(value),
            "Int16" => Whole(value, short.MinValue, short.MaxValue),
            "Int32" => Whole(value, int.MinValue, int.MaxValue),
            "Int64" => Whole(value, long.MinValue, long.MaxValue),
            "Double" or "Single" or "Decimal" => Real(value),
            "TimeSpan" => Span(value),
            "DateTime" or "DateTimeOffset" => Moment(value),
            "String[]" => List(value),
            _ => value,
        };
        if (result is not null || IsBlank(value, kind))
            return true;
        var shown = value.ToJsonString(Shown);
        shown = shown.Length > 60 ? shown[..60] + "…" : shown;
        var (en, zh) = Expected(kind);
        why = new($"{shown} is not {en}", $"{shown} 不是{zh}");
        return false;
    }

    private static readonly JsonSerializerOptions Shown = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // The designer stores an emptied field as "".
    private static bool IsBlank(JsonNode value, string kind) =>
        kind != "String"
        && value.GetValueKind() == JsonValueKind.String
        && string.IsNullOrWhiteSpace(Values.ToText(Values.FromJson(value)));

    private static (string En, string Zh) Expected(string kind) =>
        kind switch
        {
            "Boolean" => ("true or false", "布尔值（true 或 false）"),
            "Int16" or "Int32" or "Int64" => ("a whole number", "整数"),
            "Double" or "Single" or "Decimal" => ("a number", "数字"),
            "TimeSpan" => ("a duration such as 00:05:00 or 1.12:00:00", "时长（例如 00:05:00 或 1.12:00:00）"),
            "DateTime" or "DateTimeOffset" => (
                "a date and time such as 2026-11-09T10:00:00+08:00",
                "日期时间（例如 2026-11-09T10:00:00+08:00）"
            ),
            "String[]" => ("a list of texts", "文本列表"),
            _ => ($"a {kind}", kind),
        };

    private static JsonValue Text(JsonNode value) =>
        JsonValue.Create(value is JsonArray or JsonObject ? value.ToJsonString(Shown) : Values.ToText(Values.FromJson(value)));

    private static JsonValue? Truth(JsonNode value) =>
        Values.FromJson(value) switch
        {
            bool truth => JsonValue.Create(truth),
            double number => JsonValue.Create(number != 0),
            string text when bool.TryParse(text.Trim(), out var truth) => JsonValue.Create(truth),
            _ => null,
        };

    private static JsonValue? Whole(JsonNode value, long least, long most)
    {
        if (value is JsonValue exact && exact.TryGetValue<long>(out var whole))
            return whole >= least && whole <= most ? JsonValue.Create(whole) : null;
        return Values.FromJson(value) switch
        {
            double number when Math.Floor(number) == number && number >= least && number <= most => JsonValue.Create((long)number),
            string text
                when long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var parsed)
                    && parsed >= least
                    && parsed <= most => JsonValue.Create(parsed),
            _ => null,
        };
    }

    private static JsonNode? Real(JsonNode value) =>
        Values.FromJson(value) switch
        {
            double number => Values.ToJson(number),
            string text when double.TryParse(text.Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var parsed) =>
                Values.ToJson(parsed),
            _ => null,
        };

    private static JsonValue? Span(JsonNode value) =>
        Values.FromJson(value) is string text
        && TimeSpan.TryParse(text.Trim(), CultureInfo.InvariantCulture, out var span)
        && text.Contains(':', StringComparison.Ordinal)
            ? JsonValue.Create(span.ToString("c", CultureInfo.InvariantCulture))
            : null;

    private static JsonValue? Moment(JsonNode value) =>
        Values.FromJson(value) is string text
        && DateTimeOffset.TryParse(text.Trim(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? JsonValue.Create(moment.ToString("O", CultureInfo.InvariantCulture))
            : null;

    // The designer stores lists as JSON text: "[\"A\",\"B\"]".
    private static JsonNode? List(JsonNode value)
    {
        if (value is JsonArray array)
            return array.All(item => item is JsonValue) ? array : null;
        if (Values.FromJson(value) is not string text)
            return null;
        if (!text.TrimStart().StartsWith('['))
            return new JsonArray([
                .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(part => (JsonNode?)JsonValue.Create(part)),
            ]);
        try
        {
            return JsonNode.Parse(text) as JsonArray;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
