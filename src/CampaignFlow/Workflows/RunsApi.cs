using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>What a person may do to a run that stands still: try again, go on without the step, end it. Each is noted with its reason.</summary>
public static class RunsApi
{
    private const int LongestReason = 500;

    public static IEndpointRouteBuilder MapRuns(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/runs/{id:guid}/retry", RetryAsync).RequireAuthorization(Permissions.RunJobs);
        routes.MapPost("/runs/{id:guid}/skip", SkipAsync).RequireAuthorization(Permissions.PublishWorkflows);
        routes.MapPost("/runs/{id:guid}/cancel", CancelAsync).RequireAuthorization(Permissions.PublishWorkflows);
        return routes;
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
