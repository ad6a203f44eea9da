using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Workflows.Stepping;

/// <summary>Values as a journal line keeps them: enough to see what went in and came out, never more than a screen or two, no secrets.</summary>
internal static class JournalData
{
    private const int LongestValue = 2_000;
    private const int LongestLine = 8_000;

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>Null when there is nothing to keep.</returns>
    internal static string? Of(IReadOnlyDictionary<string, JsonNode?>? values)
    {
        if (values is not { Count: > 0 })
            return null;
        var kept = new JsonObject();
        var length = 0;
        foreach (var (name, given) in values)
        {
            var value = Secrets.Masked(name, given);
            var text = value?.ToJsonString(Plain) ?? "null";
            var room = Math.Min(LongestValue, LongestLine - length);
            kept[name] = text.Length <= room ? value : Cut(value!, text, room);
            length += Math.Min(text.Length, Math.Max(room, 0)) + name.Length;
        }
        return kept.ToJsonString(Plain);
    }

    internal static string? Of(JsonNode? payload) =>
        payload is null ? null : Of(new Dictionary<string, JsonNode?>(StringComparer.Ordinal) { ["Payload"] = payload });

    private static JsonValue Cut(JsonNode value, string text, int room)
    {
        var whole = value is JsonValue v && v.TryGetValue<string>(out var plain) ? plain : text;
        var end = Math.Min(Math.Max(room, 0), whole.Length);
        // Half a surrogate pair is no text.
        if (end > 0 && char.IsHighSurrogate(whole[end - 1]))
            end--;
        return JsonValue.Create(whole[..end] + "…");
    }
}
