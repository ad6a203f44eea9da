using System.Text.Json;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Workflows;

/// <summary>What keeps a text from being read as JSON, in a sentence.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">In characters, from 1.</param>
public sealed record JsonTrouble(int Line, int Column, Phrase Text)
{
    /// <summary>The sentence with its place, for where no list of problems shows it.</summary>
    public Phrase Placed => new($"Line {Line}, column {Column}: {Text.En}", $"第 {Line} 行第 {Column} 列：{Text.Zh}");
}

/// <summary>
/// How definitions are read as JSON, wherever they come from: comments and trailing commas do no harm, and what cannot be read is said
/// in our own words with its place.
/// </summary>
public static class DefinitionJson
{
    /// <summary>
    /// Levels of objects and lists in a definition that is taken in: the designer in the browser reads 64, and an answer puts some
    /// around it.
    /// </summary>
    public const int Deepest = 60;

    /// <summary>Levels in what is stored already: it is shown and run, but can only be changed to what is less deep.</summary>
    public const int DeepestStored = 128;

    /// <summary>Levels that an answer may have: what is stored, filled in, with what an answer puts around it.</summary>
    public const int DeepestAnswer = DeepestStored + 8;

    /// <summary>Reads what somebody sends; of a repeated name nobody knows which one was meant.</summary>
    /// <param name="around">Levels that the request puts around the definition.</param>
    public static (JsonNode? Read, JsonTrouble? Trouble) Read(byte[] utf8, int around = 0)
    {
        if (JsonTroubles.Find(utf8, Deepest + around, refuseRepeated: true) is { } trouble)
            return (null, trouble);
        return (JsonNode.Parse(WithoutMark(utf8), documentOptions: Options(Deepest + around)), null);
    }

    /// <summary>Reads what is stored; of a repeated name the last one counts, as in a run.</summary>
    /// <returns>Null also when it cannot be read.</returns>
    public static JsonNode? ReadStored(string json)
    {
        try
        {
            return Node(JsonElement.Parse(json.TrimStart('\uFEFF'), Options(DeepestStored)));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    internal static ReadOnlySpan<byte> WithoutMark(byte[] utf8) => utf8 is [0xEF, 0xBB, 0xBF, ..] ? utf8.AsSpan(3) : utf8;

    private static JsonDocumentOptions Options(int deepest) =>
        new()
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = deepest,
        };

    private static JsonNode? Node(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (var property in element.EnumerateObject())
                    map[property.Name] = Node(property.Value);
                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(Node)]);
            default:
                return JsonValue.Create(element);
        }
    }
}
