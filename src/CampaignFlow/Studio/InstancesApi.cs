using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Shell;
using CampaignFlow.Workflows;

namespace CampaignFlow.Studio;

/// <summary>Runs as the designer's viewer reads them: for a look inside one run, not for daily work.</summary>
internal static class InstancesApi
{
    private const int MostLines = 1000;

    public static void MapInstances(this IEndpointRouteBuilder api)
    {
        var runs = api.MapGroup("/workflow-instances");
        runs.MapPost("", List);
        runs.MapGet("/{id:guid}", One);
        runs.MapGet("/{id:guid}/execution-state", State);
        runs.MapGet("/{id:guid}/variables", Variables);
        runs.MapMethods("/{id:guid}/journal", [HttpMethods.Get, HttpMethods.Post], Journal);
        api.MapPost("/activity-executions/report", Report);
        api.MapGet("/activity-executions/list", Executions);
        api.MapGet("/activity-execution-summaries/list", Executions);
        api.MapGet("/activity-executions/by-id", Execution);
        api.MapGet(
            "/activity-executions/{id}/call-stack",
            (string id) =>
                TypedResults.Ok(
                    new
                    {
                        activityExecutionId = id,
                        items = Array.Empty<string>(),
                        totalCount = 0,
                    }
                )
        );
        api.MapPost("/cancel/workflow-instances/{id:guid}", Cancel).RequireAuthorization(Permissions.PublishWorkflows);
    }

    private static async Task<IResult> List(HttpContext http, InstanceQueries instances, Words words, CancellationToken cancellationToken)
    {
        var (filter, wrong) = await RequestBody.ReadAsync<InstanceFilter>(http.Request, cancellationToken);
        if (filter is null)
            return Answers.Refused(words, "filter", wrong ?? RequestBody.NoObject);
        var (items, total) = await instances.ListAsync(filter, cancellationToken);
        return TypedResults.Ok(new { items, totalCount = total });
    }

    private static async Task<IResult> One(Guid id, InstanceQueries instances, CancellationToken cancellationToken) =>
        await instances.FindAsync(id, cancellationToken) is { } found ? TypedResults.Ok(found.Full()) : TypedResults.NotFound();

    private static async Task<IResult> State(Guid id, InstanceQueries instances, CancellationToken cancellationToken) =>
        await instances.FindAsync(id, cancellationToken) is { } found
            ? TypedResults.Ok(
                new
                {
                    status = found.Status,
                    workflowSubStatus = found.SubStatus,
                    updatedAt = found.Run.UpdatedAt,
                }
            )
            : TypedResults.NotFound();

    private static async Task<IResult> Variables(Guid id, InstanceQueries instances, CancellationToken cancellationToken) =>
        await instances.FindAsync(id, cancellationToken) is { } found ? DescriptorsApi.List(found.Variables()) : TypedResults.NotFound();

    private static async Task<IResult> Journal(
        Guid id,
        int? skip,
        int? take,
        InstanceQueries instances,
        CancellationToken cancellationToken
    )
    {
        if (await instances.FindAsync(id, cancellationToken) is not { } found)
            return TypedResults.NotFound();
        var lines = found.Lines();
        return TypedResults.Ok(
            new JsonObject
            {
                ["items"] = new JsonArray([
                    .. lines.Skip(Math.Max(skip ?? 0, 0)).Take(Math.Clamp(take ?? 100, 1, MostLines)).Select(l => (JsonNode?)l),
                ]),
                ["totalCount"] = lines.Count,
            }
        );
    }

    private static async Task<IResult> Report(HttpContext http, InstanceQueries instances, Words words, CancellationToken cancellationToken)
    {
        var (asked, wrong) = await RequestBody.ReadAsync<ReportRequest>(http.Request, cancellationToken);
        if (asked is null)
            return Answers.Refused(words, "workflowInstanceId", wrong ?? RequestBody.NoObject);
        return await instances.FindAsync(asked.WorkflowInstanceId, cancellationToken) is { } found
            ? TypedResults.Ok(new JsonObject { ["stats"] = found.Stats() })
            : TypedResults.NotFound();
    }

    private static async Task<IResult> Executions(
        Guid workflowInstanceId,
        string activityNodeId,
        InstanceQueries instances,
        CancellationToken cancellationToken
    ) =>
        await instances.FindAsync(workflowInstanceId, cancellationToken) is { } found
            ? DescriptorsApi.List(found.Executions(activityNodeId))
            : TypedResults.NotFound();

    private static async Task<IResult> Execution(string id, InstanceQueries instances, CancellationToken cancellationToken) =>
        id.Split(':') is [var run, _]
        && Guid.TryParse(run, out var guid)
        && await instances.FindAsync(guid, cancellationToken) is { } found
        && found.Execution(id) is { } execution
            ? TypedResults.Ok(execution)
            : TypedResults.NotFound();

    private static async Task<IResult> Cancel(Guid id, HttpContext http, CancelRun cancel, CancellationToken cancellationToken) =>
        await cancel.HandleAsync(id, http.User.DisplayName, cancellationToken) is null ? TypedResults.Ok() : TypedResults.NotFound();

    private sealed record ReportRequest(Guid WorkflowInstanceId);
}

/// <summary>What the viewer's list asks for.</summary>
internal sealed record InstanceFilter
{
    public IReadOnlyList<string>? DefinitionIds { get; init; }
    public IReadOnlyList<string>? Statuses { get; init; }
    public IReadOnlyList<string>? SubStatuses { get; init; }
    public bool? HasIncidents { get; init; }
    public string? SearchTerm { get; init; }
    public int? Page { get; init; }
    public int? PageSize { get; init; }
}
