using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Http;

/// <summary>
/// Sends a wanted request and hands the answer to the run. A server that could not be reached is tried again by the outbox; so is a
/// request that may be repeated, when it timed out or the server says that it is overloaded. After a crash between sending and
/// storing the same request goes out again, with the same <c>Idempotency-Key</c>.
/// </summary>
public sealed class AnswerRequest(
    CampaignFlowDb db,
    Outbound outbound,
    OutboundOptions options,
    RequestSeal seal,
    NamedSecrets secrets,
    TimeProvider clock,
    WakeUp wakeUp
) : IFactHandler<RequestWanted>
{
    private static readonly RequestAnswer Unreadable = new(
        Refused: true,
        Problem: "The stored request cannot be read any more: the keys of this server (folder keys of the data folder) were replaced. Try again: it is made anew."
    );

    private static readonly HashSet<string> MayRepeat = new(StringComparer.Ordinal) { "GET", "HEAD", "OPTIONS", "PUT", "DELETE" };

    public async Task Handle(RequestWanted fact, CancellationToken cancellationToken)
    {
        if (!await IsAwaitedAsync(fact, cancellationToken))
            return;
        var earlier = await db.Outbox.Where(m => m.Key == fact.Key).Select(m => m.Attempts).SingleOrDefaultAsync(cancellationToken);
        var (answer, again) = seal.Open(fact.Sealed) is { } order
            ? await SendAsync(fact.Key, order, cancellationToken)
            : (Unreadable, false);
        if (again && earlier + 1 < options.Attempts)
            throw new HttpRequestException(answer.Problem ?? $"The server answered {answer.Status}.");
        // Meanwhile the run may have been cancelled: then the answer is nobody's.
        if (!await IsAwaitedAsync(fact, cancellationToken))
            return;
        await db.SignalAsync(
            SendHttpRequest.Answer,
            fact.Key,
            correlation: null,
            JsonSerializer.SerializeToNode(answer, RunJson.Options),
            fact.Key,
            clock.GetUtcNow(),
            cancellationToken
        );
        // Stored before the receipt: the run goes on at once, and after a crash in between the request is not sent again.
        await db.SaveChangesAsync(cancellationToken);
        wakeUp.Ring();
    }

    private async Task<bool> IsAwaitedAsync(RequestWanted fact, CancellationToken cancellationToken) =>
        await db.RunBookmarks.AnyAsync(b => b.Kind == SendHttpRequest.Answer && b.Key == fact.Key, cancellationToken)
        && !await db.InboxSignals.AnyAsync(s => s.DedupKey == fact.Key, cancellationToken);

    private async Task<(RequestAnswer Answer, bool Again)> SendAsync(string key, RequestOrder order, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.Timeout);
        var repeatable = MayRepeat.Contains(order.Method);
        try
        {
            var address = outbound.Check(order.Url);
            using var response = await outbound.SendAsync(address, (at, asGet) => Message(key, order, at, asGet), patience.Token);
            var busy =
                response.StatusCode
                is HttpStatusCode.TooManyRequests
                    or HttpStatusCode.BadGateway
                    or HttpStatusCode.ServiceUnavailable
                    or HttpStatusCode.GatewayTimeout;
            return (await ReadAsync(response, patience.Token), busy && repeatable);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (new(TimedOut: true, Problem: $"No answer within {options.Timeout.TotalSeconds:0} s."), repeatable);
        }
        catch (Exception e) when (Refusal(e) is { } refusal)
        {
            return (new(Refused: true, Problem: refusal.Message), false);
        }
        catch (HttpRequestException e)
        {
            // Before the connection stands nothing has been sent, so even an order may be sent again.
            var unsent = e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError;
            return (new(Problem: (e.InnerException ?? e).Message), unsent || repeatable);
        }
        catch (IOException e)
        {
            return (new(Problem: e.Message), repeatable);
        }
    }

    private static OutboundRefusal? Refusal(Exception? e)
    {
        while (e is not null and not OutboundRefusal)
            e = e.InnerException;
        return (OutboundRefusal?)e;
    }

    private HttpRequestMessage Message(string key, RequestOrder order, Uri address, bool asGet)
    {
        var message = new HttpRequestMessage(asGet ? HttpMethod.Get : new HttpMethod(order.Method), address);
        foreach (var (name, value) in order.Headers)
            message.Headers.TryAddWithoutValidation(name, secrets.Fill(value));
        message.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        if (order.Content is { } content && !asGet)
        {
            message.Content = new StringContent(content, Encoding.UTF8);
            var type = MediaTypeHeaderValue.Parse(order.ContentType!);
            type.CharSet ??= "utf-8";
            message.Content.Headers.ContentType = type;
        }
        return message;
    }

    private async Task<RequestAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[options.LargestAnswer + 1];
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (read > options.LargestAnswer)
            return new(Problem: $"The answer is larger than {options.LargestAnswer} bytes; nothing of it was kept.");
        var headers = new JsonObject();
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers))
            headers[name] = string.Join(", ", values);
        var text = read == 0 ? null : Encoding.UTF8.GetString(buffer, 0, read);
        return new((int)response.StatusCode, Parsed(text, response.Content.Headers.ContentType?.MediaType), headers);
    }

    private static JsonNode? Parsed(string? text, string? type)
    {
        if (text is not null && (type?.EndsWith("json", StringComparison.OrdinalIgnoreCase) ?? false))
        {
            try
            {
                return JsonNode.Parse(text);
            }
            catch (JsonException) { } // said to be JSON and is not: kept as it came
        }
        return text is null ? null : JsonValue.Create(text);
    }
}
