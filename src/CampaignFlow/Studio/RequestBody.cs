using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Studio;

/// <summary>The JSON that the designer sends: read, or refused with a sentence that says where and why.</summary>
internal static class RequestBody
{
    /// <summary>Bytes of one save; about 30,000 activities.</summary>
    public const long Largest = 5 * 1024 * 1024;

    public static readonly Phrase NoObject = new("A JSON object was expected, beginning with {.", "应为以 { 开头的 JSON 对象。");

    /// <param name="around">Levels that the request puts around a definition.</param>
    /// <param name="mayBeEmpty">Whoever sends nothing at all asks for nothing special.</param>
    /// <returns>The object, or why it cannot be read; neither when it is JSON, but no object.</returns>
    public static async Task<(JsonObject? Read, Phrase? Wrong)> ReadAsync(
        HttpRequest request,
        CancellationToken cancellationToken,
        int around = 0,
        bool mayBeEmpty = false
    )
    {
        if (await BytesAsync(request, cancellationToken) is not { } bytes)
            return (null, Answers.TooLarge);
        if (mayBeEmpty && bytes.Length == 0)
            return ([], null);
        var (read, trouble) = DefinitionJson.Read(bytes, around);
        return (read as JsonObject, trouble?.Placed);
    }

    /// <summary>A question that has the shape of <typeparamref name="T"/>.</summary>
    public static async Task<(T? Read, Phrase? Wrong)> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        var (map, wrong) = await ReadAsync(request, cancellationToken);
        try
        {
            return (map?.Deserialize<T>(JsonSerializerOptions.Web), wrong);
        }
        catch (JsonException odd)
        {
            var field = odd.Path?.TrimStart('$', '.');
            return (
                null,
                string.IsNullOrEmpty(field)
                    ? NoObject
                    : new($"“{field}” holds something else than what is asked for there.", $"“{field}”的值不符合要求。")
            );
        }
    }

    // Counted here: the length may not be said beforehand, and the server's own limit is that of uploads.
    private static async Task<byte[]?> BytesAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > Largest)
            return null;
        using var read = new MemoryStream();
        var piece = new byte[64 * 1024];
        while (await request.Body.ReadAsync(piece, cancellationToken) is > 0 and var count)
        {
            if (read.Length + count > Largest)
                return null;
            await read.WriteAsync(piece.AsMemory(0, count), cancellationToken);
        }
        return read.ToArray();
    }
}
