using System.Text.Json;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Workflows.Definition;

/// <summary>A JSON value that remembers where it stood: line and column from 1.</summary>
internal sealed class PlacedJson
{
    internal required JsonValueKind Kind { get; init; }
    internal required int Line { get; init; }
    internal required int Column { get; init; }

    /// <summary>Of an object, in document order; of a repeated name the last one counts.</summary>
    internal Dictionary<string, PlacedJson> Properties { get; } = new(StringComparer.Ordinal);

    internal List<PlacedJson> Items { get; } = [];

    /// <summary>Of a string, number or boolean.</summary>
    internal JsonNode? Scalar { get; private init; }

    internal string? Text => Kind == JsonValueKind.String ? Scalar!.GetValue<string>() : null;

    /// <summary>The property, written as here or with other capitals; null when it is missing or null.</summary>
    internal PlacedJson? this[string name]
    {
        get
        {
            if (!Properties.TryGetValue(name, out var found))
                found = Properties.FirstOrDefault(p => string.Equals(p.Key, name, StringComparison.OrdinalIgnoreCase)).Value;
            return found is null || found.Kind == JsonValueKind.Null ? null : found;
        }
    }

    internal JsonNode? ToNode() =>
        Kind switch
        {
            JsonValueKind.Object => new JsonObject(Properties.Select(p => KeyValuePair.Create(p.Key, p.Value.ToNode()))),
            JsonValueKind.Array => new JsonArray([.. Items.Select(i => i.ToNode())]),
            _ => Scalar?.DeepClone(),
        };

    /// <param name="bytes">What <see cref="JsonTroubles"/> has found nothing wrong with.</param>
    internal static PlacedJson Parse(byte[] bytes)
    {
        var reader = new Utf8JsonReader(
            bytes,
            new JsonReaderOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
                MaxDepth = DefinitionJson.DeepestStored,
            }
        );
        var place = new Place(bytes);
        reader.Read();
        var root = Read(ref reader, place);
        while (reader.Read()) { }
        return root;
    }

    private static PlacedJson Read(ref Utf8JsonReader reader, Place place)
    {
        var (line, column) = place.Of((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new PlacedJson
                {
                    Kind = JsonValueKind.Object,
                    Line = line,
                    Column = column,
                };
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var name = reader.GetString()!;
                    reader.Read();
                    map.Properties[name] = Read(ref reader, place);
                }
                return map;
            case JsonTokenType.StartArray:
                var list = new PlacedJson
                {
                    Kind = JsonValueKind.Array,
                    Line = line,
                    Column = column,
                };
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    list.Items.Add(Read(ref reader, place));
                return list;
            case JsonTokenType.String:
                return new PlacedJson
                {
                    Kind = JsonValueKind.String,
                    Line = line,
                    Column = column,
                    Scalar = JsonValue.Create(reader.GetString()),
                };
            case JsonTokenType.Number:
                JsonNode number = reader.TryGetInt64(out var whole) ? JsonValue.Create(whole) : JsonValue.Create(reader.GetDouble());
                return new PlacedJson
                {
                    Kind = JsonValueKind.Number,
                    Line = line,
                    Column = column,
                    Scalar = number,
                };
            case JsonTokenType.True or JsonTokenType.False:
                var truth = reader.TokenType == JsonTokenType.True;
                return new PlacedJson
                {
                    Kind = truth ? JsonValueKind.True : JsonValueKind.False,
                    Line = line,
                    Column = column,
                    Scalar = JsonValue.Create(truth),
                };
            default:
                return new PlacedJson
                {
                    Kind = JsonValueKind.Null,
                    Line = line,
                    Column = column,
                };
        }
    }

    // Tokens come in document order, so one pass over the bytes is enough.
    private sealed class Place(byte[] bytes)
    {
        private int _offset;
        private int _line = 1;
        private int _column = 1;

        internal (int Line, int Column) Of(int offset)
        {
            for (; _offset < offset; _offset++)
            {
                if (bytes[_offset] == '\n')
                {
                    _line++;
                    _column = 1;
                }
                else if ((bytes[_offset] & 0xC0) != 0x80) // bytes inside a character are not columns
                    _column++;
            }
            return (_line, _column);
        }
    }
}
