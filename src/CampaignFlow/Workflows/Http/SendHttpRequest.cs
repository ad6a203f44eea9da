using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Http;

/// <summary>A request that a run wants to have sent. Its key goes along as <c>Idempotency-Key</c>.</summary>
/// <param name="Sealed">The <see cref="RequestOrder"/>, closed by <see cref="RequestSeal"/>.</param>
public sealed record RequestWanted(string Key, string Sealed) : IEffect;

/// <summary>What came back: a status, or why there is none.</summary>
/// <param name="Problem">A sentence; with <paramref name="Refused"/> the request was not allowed to leave.</param>
public sealed record RequestAnswer(
    int? Status = null,
    JsonNode? Content = null,
    JsonObject? Headers = null,
    bool TimedOut = false,
    bool Refused = false,
    string? Problem = null
);

/// <summary>
/// Elsa's HTTP request: stored with the run, sent afterwards by <see cref="AnswerRequest"/>, and waited for on a bookmark. Which way the
/// run goes on is the engine's business.
/// </summary>
internal sealed class SendHttpRequest(string type, CampaignFlowDb db, Outbound outbound, RequestSeal seal) : IActivity
{
    public static IReadOnlyList<string> Types { get; } = ["Elsa.SendHttpRequest", "Elsa.FlowSendHttpRequest"];

    /// <summary>Kind of the bookmark and of the signal that resumes it.</summary>
    public const string Answer = "http-answer";

    private const int LargestContent = 512 * 1024;

    public ActivityType Type { get; } = BuiltInActivities.All.Single(t => t.Type == type);

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        if (call.Resumption is { } back)
            return Done(back.Payload.Deserialize<RequestAnswer>(RunJson.Options) ?? new());
        var first = "http:" + call.Key;
        RequestOrder order;
        try
        {
            outbound.Check(call.Required("Url"));
            order = OrderOf(call);
        }
        catch (OutboundRefusal refusal)
        {
            throw new ActivityFault(refusal.Message);
        }
        // A person's second try after a refusal is another message; a repeat after a crash is the same one.
        var earlier = await db
            .Outbox.Where(m => m.Key == first || m.Key.StartsWith(first + ":again"))
            .Select(m => new { Over = m.DoneAt != null || m.DeadAt != null })
            .ToListAsync(cancellationToken);
        if (earlier.TrueForAll(m => m.Over))
        {
            var key = earlier.Count == 0 ? first : $"{first}:again{earlier.Count.ToString(CultureInfo.InvariantCulture)}";
            db.Publish(key, new RequestWanted(key, seal.Close(order)), call.Now);
            return new ActivityResult.Wait(new Bookmark("", Answer, key));
        }
        return new ActivityResult.Wait(new Bookmark("", Answer, earlier.Count == 1 ? first : $"{first}:again{earlier.Count - 1}"));
    }

    /// <summary>Nobody waits for the answer any more: what has not left stays here.</summary>
    public Task WithdrawAsync(Bookmark bookmark, CancellationToken cancellationToken) =>
        db.Outbox.Where(m => m.Key == bookmark.Key && m.DoneAt == null && m.Attempts == 0).ExecuteDeleteAsync(cancellationToken);

    private static ActivityResult.Done Done(RequestAnswer answer)
    {
        if (answer.Refused)
            throw new ActivityFault(answer.Problem!);
        var outputs = new Dictionary<string, JsonNode?>(StringComparer.Ordinal)
        {
            ["Result"] = answer.Problem is { } problem
                ? new JsonObject { ["problem"] = problem }
                : new JsonObject { ["statusCode"] = answer.Status },
            ["StatusCode"] = answer.Status is { } status ? JsonValue.Create(status) : null,
            ["ParsedContent"] = answer.Content?.DeepClone(),
            ["ResponseHeaders"] = answer.Headers?.DeepClone(),
        };
        var outcome =
            answer.Status is not null ? "Done"
            : answer.TimedOut ? "Timeout"
            : "Failed to connect";
        return new(outcome) { Outputs = outputs };
    }

    private static RequestOrder OrderOf(ActivityCall call)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (call.Inputs.GetValueOrDefault("RequestHeaders") is JsonObject given)
            foreach (var (name, value) in given)
            foreach (var one in value is JsonArray many ? many.Select(v => v?.ToString()) : [value?.ToString()])
                headers.Add(new(name, one ?? ""));
        if (call.Text("Authorization") is { Length: > 0 } authorization)
            headers.Add(new("Authorization", authorization));
        using (var trial = new HttpRequestMessage())
            foreach (var (name, value) in headers)
                if (value.AsSpan().ContainsAny('\r', '\n') || !trial.Headers.TryAddWithoutValidation(name, value))
                    throw new ActivityFault($"'{name}' cannot be sent as a header; the content's type belongs into the input ContentType.");
        var content = call.Inputs.GetValueOrDefault("Content");
        var text = content is null ? null : call.Text("Content");
        if (text?.Length > LargestContent)
            throw new ActivityFault($"The content has {text.Length} characters; at most {LargestContent} are sent.");
        var type =
            call.Text("ContentType") is { Length: > 0 } set ? set
            : content is JsonObject or JsonArray ? "application/json"
            : "text/plain";
        if (!MediaTypeHeaderValue.TryParse(type, out _))
            throw new ActivityFault($"'{type}' is not a content type such as application/json.");
        return new(call.Required("Url"), call.Text("Method") ?? "GET", text, type, headers);
    }
}
