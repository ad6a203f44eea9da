using System.Text.Json;
using CampaignFlow.Accounts;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;
using CampaignFlow.Workflows.Incidents;
using Microsoft.AspNetCore.Mvc;

namespace CampaignFlow.Workflows;

/// <summary>
/// What a person may do to a run that stands still: try again, as it is or mended, go on without the step, end it. The forms of the
/// pages and <c>/api/runs/ID/…</c> do the same; each act is noted with who and why.
/// </summary>
public static class RunsApi
{
    private const int PerPage = 100;

    /// <summary>An act as a machine asks for it.</summary>
    /// <param name="Execution">The failed step; missing: all that failed.</param>
    /// <param name="Outcome">Port by which a skipped step is left.</param>
    /// <param name="Inputs">Other values by input name: JSON as it is, or text as it would be typed.</param>
    /// <param name="Undo">Cancel only after what was done is undone.</param>
    private sealed record Act(
        string? Execution,
        string? Outcome,
        string? Reason,
        bool Undo,
        Dictionary<string, JsonElement>? Inputs,
        Dictionary<string, JsonElement>? Variables
    );

    public static IEndpointRouteBuilder MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/runs/{id:guid}/retry", RetryAsync).RequireAuthorization(Permissions.RunJobs);
        routes.MapPost("/runs/{id:guid}/skip", SkipAsync).RequireAuthorization(Permissions.PublishWorkflows);
        routes.MapPost("/runs/{id:guid}/cancel", CancelAsync).RequireAuthorization(Permissions.PublishWorkflows);
        routes.MapGet("/api/runs", ListAsync);
        routes.MapGet("/api/runs/{id:guid}", ReadAsync);
        MapActs(routes);
        JournalApi.Map(routes);
        IncidentsApi.Map(routes);
        return routes;
    }

    private static void MapActs(IEndpointRouteBuilder routes)
    {
        MapAct("retry", Permissions.RunJobs, (tend, id, act, who, stop) => tend.RetryAsync(id, act.Execution, who, act.Reason, stop));
        MapAct(
            "mend",
            Permissions.PublishWorkflows,
            (tend, id, act, who, stop) =>
                tend.MendAsync(id, act.Execution ?? "", Texts(act.Inputs), Texts(act.Variables), seen: null, who, act.Reason, stop)
        );
        MapAct(
            "skip",
            Permissions.PublishWorkflows,
            (tend, id, act, who, stop) => tend.SkipAsync(id, act.Execution ?? "", act.Outcome, who, act.Reason, stop)
        );
        MapAct("cancel", Permissions.PublishWorkflows, (tend, id, act, who, stop) => tend.CancelAsync(id, act.Undo, who, act.Reason, stop));

        void MapAct(string verb, string permission, Func<TendRun, Guid, Act, string, CancellationToken, Task<Tended>> act) =>
            routes
                .MapPost(
                    $"/api/runs/{{id:guid}}/{verb}",
                    async (Guid id, Act asked, HttpContext http, TendRun tend, Words words) =>
                        Answer(await act(tend, id, asked, http.User.DisplayName, http.RequestAborted), words)
                )
                .RequireAuthorization(permission);
    }

    private static IResult Answer(Tended tended, Words words) =>
        tended.Done
            ? Results.Json(new { message = words.T(tended.Says) }, statusCode: tended.Status)
            : Results.Json(new { error = words.T(tended.Says), problems = tended.Problems.Select(words.T) }, statusCode: tended.Status);

    private static Dictionary<string, string> Texts(Dictionary<string, JsonElement>? values) =>
        (values ?? []).ToDictionary(
            v => v.Key,
            v =>
                v.Value.ValueKind switch
                {
                    JsonValueKind.String => v.Value.GetString()!,
                    JsonValueKind.Null => "",
                    _ => v.Value.GetRawText(),
                },
            StringComparer.Ordinal
        );

    /// <param name="waiting">Only runs that are not over.</param>
    private static async Task<IResult> ListAsync(
        RunStatus? status,
        string? workflow,
        bool? waiting,
        int? page,
        WorkflowQueries workflows,
        CancellationToken cancellationToken
    )
    {
        var skip = (Math.Clamp(page ?? 1, 1, 10_000) - 1) * PerPage;
        var lines = await workflows.RunsAsync(status, workflow, waiting == true ? false : null, skip, PerPage, cancellationToken);
        return Results.Ok(lines.Select(RunReport.Of));
    }

    private static async Task<IResult> ReadAsync(Guid id, WorkflowQueries workflows, CampaignFlowDb db, CancellationToken cancellationToken)
    {
        if (await workflows.RunAsync(id, cancellationToken) is { } run)
            return Results.Ok(RunReport.Of(run.Line));
        return await db.ArchivedRuns.FindAsync([id], cancellationToken) is { } archived
            ? Results.Json(
                new
                {
                    archived.Id,
                    archived.Key,
                    workflow = archived.DefinitionId,
                    status = archived.Status.ToString(),
                    archived.Says,
                    archived.FinishedAt,
                    archived.ArchivedAt,
                    archived.File,
                },
                statusCode: StatusCodes.Status410Gone
            )
            : Results.Problem("There is no such run.", statusCode: StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> RetryAsync(
        Guid id,
        [FromForm] string? execution,
        [FromForm] string? reason,
        HttpContext http,
        TendRun tend,
        CancellationToken cancellationToken
    ) =>
        Back(
            http,
            id,
            await tend.RetryAsync(id, string.IsNullOrEmpty(execution) ? null : execution, http.User.DisplayName, reason, cancellationToken)
        );

    private static async Task<IResult> SkipAsync(
        Guid id,
        [FromForm] string execution,
        [FromForm] string? outcome,
        [FromForm] string? reason,
        HttpContext http,
        TendRun tend,
        CancellationToken cancellationToken
    ) => Back(http, id, await tend.SkipAsync(id, execution, outcome, http.User.DisplayName, reason, cancellationToken));

    private static async Task<IResult> CancelAsync(
        Guid id,
        [FromForm] string? undo,
        [FromForm] string? reason,
        HttpContext http,
        TendRun tend,
        CancellationToken cancellationToken
    ) => Back(http, id, await tend.CancelAsync(id, undo == "1", http.User.DisplayName, reason, cancellationToken));

    private static IResult Back(HttpContext http, Guid id, Tended tended)
    {
        Toast.After(http, tended.Says, tended.Done ? Tone.Holds : Tone.Blocks);
        return Results.LocalRedirect($"/runs/{id}");
    }
}
