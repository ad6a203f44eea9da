using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>What a person may do to a run that stands still: try again, go on without the step, end it. Each is noted with its reason.</summary>
public static class RunsApi
{
    private const int LongestReason = 500;
    private const int PerPage = 100;

    public static IEndpointRouteBuilder MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/runs/{id:guid}/retry", RetryAsync).RequireAuthorization(Permissions.RunJobs);
        routes.MapPost("/runs/{id:guid}/skip", SkipAsync).RequireAuthorization(Permissions.PublishWorkflows);
        routes.MapPost("/runs/{id:guid}/cancel", CancelAsync).RequireAuthorization(Permissions.PublishWorkflows);
        routes.MapGet("/api/runs", ListAsync);
        routes.MapGet("/api/runs/{id:guid}", ReadAsync);
        JournalApi.Map(routes);
        return routes;
    }

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

    private static async Task<IResult> RetryAsync(Guid id, HttpContext http, RetryRun retry, CancellationToken cancellationToken) =>
        await AnswerAsync(
            http,
            id,
            await retry.HandleAsync(id, cancellationToken),
            new("Run tried again.", "重试了流程的失败步骤。"),
            cancellationToken
        );

    private static async Task<IResult> SkipAsync(
        Guid id,
        [FromForm] string execution,
        [FromForm] string? outcome,
        [FromForm] string? reason,
        HttpContext http,
        SkipActivity skip,
        CancellationToken cancellationToken
    ) =>
        Reason(reason) is not { } why
            ? Refused(http, id, NeedsReason)
            : await AnswerAsync(
                http,
                id,
                await skip.HandleAsync(id, execution, string.IsNullOrEmpty(outcome) ? null : outcome, cancellationToken),
                new($"Failed step skipped: {why}", $"跳过了失败的步骤：{why}"),
                cancellationToken
            );

    private static async Task<IResult> CancelAsync(
        Guid id,
        [FromForm] string? reason,
        HttpContext http,
        CancelRun cancel,
        CancellationToken cancellationToken
    ) =>
        Reason(reason) is not { } why
            ? Refused(http, id, NeedsReason)
            : await AnswerAsync(
                http,
                id,
                await cancel.HandleAsync(id, $"{http.User.DisplayName}: {why}", cancellationToken),
                new($"Run cancelled: {why}", $"取消了流程运行：{why}"),
                cancellationToken
            );

    private static readonly Phrase NeedsReason = new("Say why: it is kept with the run.", "请填写原因，会随该运行保留。");

    private static string? Reason(string? said) =>
        said?.Trim() is { Length: > 0 } reason ? reason[..Math.Min(reason.Length, LongestReason)] : null;

    private static async Task<IResult> AnswerAsync(
        HttpContext http,
        Guid id,
        Phrase? refusal,
        Phrase done,
        CancellationToken cancellationToken
    )
    {
        if (refusal is { } no)
            return Refused(http, id, no);
        var db = http.RequestServices.GetRequiredService<CampaignFlowDb>();
        var correlation = await db.Runs.Where(r => r.Id == id).Select(r => r.Correlation).SingleAsync(cancellationToken);
        Guid? campaign = Guid.TryParse(correlation, out var known) ? known : null;
        db.Note(campaign, http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow(), http.User.DisplayName, done);
        await db.SaveChangesAsync(cancellationToken);
        http.RequestServices.GetRequiredService<LiveFeed>().Changed(campaign);
        Toast.After(http, done);
        return Results.LocalRedirect($"/runs/{id}");
    }

    private static IResult Refused(HttpContext http, Guid id, Phrase why)
    {
        Toast.After(http, why, Tone.Blocks);
        return Results.LocalRedirect($"/runs/{id}");
    }
}
