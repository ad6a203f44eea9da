using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;
using Microsoft.AspNetCore.Mvc;

namespace CampaignFlow.Workflows.Hooks;

/// <summary>
/// What other systems call: <c>/hooks/PATH</c> for HTTP endpoints of workflows, <c>/api/events/NAME</c> to publish an event and
/// <c>/api/runs/ID/tasks/NAME</c> to report a task done. Every answer is JSON; 202 says that it is stored, not that it has happened.
/// </summary>
public static class HooksApi
{
    private const int LongestKey = 200;

    public static IServiceCollection AddHooks(this IServiceCollection services)
    {
        services.AddSingleton(provider => HookOptions.From(provider.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build()));
        services.AddSingleton<HookKeys>();
        services.AddSingleton<HookCallers>();
        services.AddScoped<AnswerHook>();
        services.AddScoped<TellRuns>();
        return services;
    }

    public static IEndpointRouteBuilder MapHooks(this IEndpointRouteBuilder routes)
    {
        // Callers are known by their keys, not by a cookie and a token; HookCallers asks for both where a person calls.
        routes.MapMethods("/hooks/{**path}", HttpPath.Methods, HookAsync).AllowAnonymous().DisableAntiforgery();
        routes.MapPost("/api/events/{name}", EventAsync).AllowAnonymous().DisableAntiforgery();
        routes.MapPost("/api/runs/{id:guid}/tasks/{name}", TaskAsync).AllowAnonymous().DisableAntiforgery();
        return routes;
    }

    private static async Task<IResult> HookAsync(
        string? path,
        HttpContext http,
        HookCallers callers,
        HookOptions options,
        AnswerHook answer,
        [FromQuery] string? workflowInstanceId,
        [FromQuery] string? correlationId,
        CancellationToken cancellationToken
    )
    {
        var (caller, refusal) = await callers.KnowAsync(http);
        if (refusal is not null)
            return Refused(http, refusal);
        if (AddressOf(http, workflowInstanceId, correlationId, out var address) is { } wrong)
            return Refused(http, wrong);
        var (request, unreadable) = await HookRequest.ReadAsync(http.Request, path ?? "", options.LargestContent, cancellationToken);
        if (unreadable is not null)
            return Refused(http, unreadable);
        var (run, nobody) = await answer.HandleAsync(
            request!,
            caller!,
            address!,
            permission =>
                caller!.Name?.StartsWith("key ", StringComparison.Ordinal) == true
                || (Permissions.All.Contains(permission) && http.User.May(permission)),
            cancellationToken
        );
        return nobody is not null ? Refused(http, nobody) : Results.Json(new { runId = run }, statusCode: StatusCodes.Status202Accepted);
    }

    private static Task<IResult> EventAsync(
        string name,
        HttpContext http,
        HookCallers callers,
        HookOptions options,
        TellRuns tell,
        CancellationToken cancellationToken
    ) =>
        TellAsync(
            http,
            callers,
            options,
            (body, address) => tell.EventAsync(name, body?["input"], address, cancellationToken),
            cancellationToken
        );

    private static Task<IResult> TaskAsync(
        Guid id,
        string name,
        HttpContext http,
        HookCallers callers,
        HookOptions options,
        TellRuns tell,
        CancellationToken cancellationToken
    ) =>
        TellAsync(
            http,
            callers,
            options,
            (body, address) => tell.TaskDoneAsync(name, body?["result"], address with { Run = id }, cancellationToken),
            cancellationToken
        );

    private static async Task<IResult> TellAsync(
        HttpContext http,
        HookCallers callers,
        HookOptions options,
        Func<JsonObject?, HookAddress, Task<(Phrase Said, HookRefusal? Refusal)>> tell,
        CancellationToken cancellationToken
    )
    {
        var (caller, refusal) = await callers.KnowAsync(http);
        if (refusal is null && caller!.Name is null)
            refusal = HookCallers.Unknown;
        if (refusal is not null)
            return Refused(http, refusal);
        var (request, unreadable) = await HookRequest.ReadAsync(http.Request, "", options.LargestContent, cancellationToken);
        if (unreadable is not null)
            return Refused(http, unreadable);
        var body = request!.Content as JsonObject;
        if (request.Content is not null && body is null)
            return Refused(http, new(400, new("An object in JSON was expected.", "此处应为 JSON 对象。")));
        var wrong = AddressOf(http, body?["workflowInstanceId"]?.ToString(), body?["correlationId"]?.ToString(), out var address);
        if (wrong is not null)
            return Refused(http, wrong);
        var once = address!.IdempotencyKey is { } key ? address with { IdempotencyKey = $"{caller!.Name}:{key}" } : address;
        var (said, nobody) = await tell(body, once);
        return nobody is not null
            ? Refused(http, nobody)
            : Results.Json(new { message = Say(http, said) }, statusCode: StatusCodes.Status202Accepted);
    }

    private static HookRefusal? AddressOf(HttpContext http, string? run, string? correlation, out HookAddress? address)
    {
        address = null;
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        if (key.Length > LongestKey || correlation?.Length > LongestKey)
            return new(
                400,
                new(
                    string.Create(CultureInfo.InvariantCulture, $"Idempotency-Key and correlation have at most {LongestKey} characters."),
                    string.Create(CultureInfo.InvariantCulture, $"Idempotency-Key 和关联标识最多 {LongestKey} 个字符。")
                )
            );
        Guid? id = null;
        if (!string.IsNullOrEmpty(run))
        {
            if (!Guid.TryParse(run, out var parsed))
                return new(404, PersonsVerb.Unknown);
            id = parsed;
        }
        address = new(id, string.IsNullOrEmpty(correlation) ? null : correlation, key.Length == 0 ? null : key);
        return null;
    }

    private static IResult Refused(HttpContext http, HookRefusal refusal) =>
        Results.Json(new { error = Say(http, refusal.Text) }, statusCode: refusal.Status);

    private static string Say(HttpContext http, Phrase text) => http.RequestServices.GetRequiredService<Words>().T(text);
}
