using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace CampaignFlow.Workflows.Hooks;

/// <summary>A request as a run gets it: plain JSON, bounded, without what identifies the caller.</summary>
public sealed record HookRequest(string Method, string Path, JsonObject Query, JsonObject Headers, JsonNode? Content, long Size)
{
    private const int DeepestContent = 32;

    /// <summary>Not kept: a run's state is read by more people than may know them.</summary>
    private static readonly HashSet<string> Secret = new(StringComparer.OrdinalIgnoreCase)
    {
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
        "X-Api-Key",
        "X-Antiforgery",
    }; // csharpier-ignore

    public JsonObject Payload(IReadOnlyDictionary<string, string> route) =>
        new()
        {
            ["method"] = Method,
            ["path"] = Path,
            ["route"] = new JsonObject(route.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)JsonValue.Create(p.Value)))),
            ["query"] = Query.DeepClone(),
            ["headers"] = Headers.DeepClone(),
            ["content"] = Content?.DeepClone(),
        };

    public static async Task<(HookRequest? Request, HookRefusal? Refusal)> ReadAsync(
        HttpRequest request,
        string path,
        int largest,
        CancellationToken cancellationToken
    )
    {
        var buffer = new byte[Math.Min(largest, request.ContentLength ?? largest) + 1];
        var size = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (size > largest || request.ContentLength > largest)
            return (null, new(413, new($"The content has more than {largest} bytes.", $"内容超过 {largest} 字节。")));
        var (content, refusal) = Parse(request, Encoding.UTF8.GetString(buffer, 0, size));
        return refusal is not null
            ? (null, refusal)
            : (
                new(
                    request.Method.ToUpperInvariant(),
                    path,
                    Map(request.Query.Select(q => KeyValuePair.Create(q.Key, q.Value))),
                    Map(request.Headers.Where(h => !Secret.Contains(h.Key))),
                    content,
                    size
                ),
                null
            );
    }

    private static (JsonNode? Content, HookRefusal? Refusal) Parse(HttpRequest request, string text)
    {
        if (text.Length == 0)
            return (null, null);
        if (request.HasJsonContentType())
        {
            try
            {
                return (JsonNode.Parse(text, documentOptions: new() { MaxDepth = DeepestContent }), null);
            }
            catch (JsonException e)
            {
                var place = $"{e.LineNumber + 1}:{e.BytePositionInLine + 1}";
                return (null, new(400, new($"The content is not valid JSON, see {place}.", $"内容不是合法的 JSON，见 {place}。")));
            }
        }
        var type = request.ContentType?.Split(';')[0].Trim() ?? "";
        if (type.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            return (Map(QueryHelpers.ParseQuery(text)), null);
        if (
            type.Length == 0
            || type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("xml", StringComparison.OrdinalIgnoreCase)
        )
            return (JsonValue.Create(text), null);
        return (
            null,
            new(
                415,
                new(
                    $"'{type}' is not taken; send JSON, a form without files, or text.",
                    $"不接受“{type}”；请发送 JSON、不含文件的表单或文本。"
                )
            )
        );
    }

    private static JsonObject Map(IEnumerable<KeyValuePair<string, StringValues>> values)
    {
        var map = new JsonObject();
        foreach (var (name, value) in values)
            map[name] =
                value.Count == 1 ? JsonValue.Create(value[0]) : new JsonArray([.. value.Select(v => (JsonNode?)JsonValue.Create(v))]);
        return map;
    }
}
