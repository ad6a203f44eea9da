using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace CampaignFlow.Scheduling;

/// <summary>Run a check now, deliver a message again.</summary>
public static class JobsApi
{
    public static IEndpointRouteBuilder MapJobs(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/jobs/checks/{check}/run", RunAsync).RequireAuthorization(Permissions.RunJobs);
        routes.MapPost("/jobs/messages/{id:long}/again", AgainAsync).RequireAuthorization(Permissions.RunJobs);
        routes.MapPost("/jobs/sweep", SweepAsync).RequireAuthorization(Permissions.PublishWorkflows);
        return routes;
    }

    private static async Task<IResult> RunAsync(
        string check,
        [FromForm] Guid campaign,
        HttpContext http,
        DueChecks checks,
        CancellationToken cancellationToken
    )
    {
        if (Check.All.FirstOrDefault(c => c.Code == check) is not { } known)
            return Results.NotFound();
        var refusal = await checks.RunNowAsync(known, campaign, http.User.DisplayName, cancellationToken);
        return Back(
            http,
            refusal ?? new($"{known.Name.En} runs now.", $"已开始执行“{known.Name.Zh}”。"),
            refusal is null ? Tone.Holds : Tone.Blocks
        );
    }

    /// <summary>Through the scheduler, so that it is one node's work and goes on when the page is left.</summary>
    private static async Task<IResult> SweepAsync(
        HttpContext http,
        ISchedulerFactory schedulers,
        CampaignFlowDb db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.TriggerJob(SweepJob.Key, cancellationToken);
        db.Note(null, clock.GetUtcNow(), http.User.DisplayName, new("Clearing out asked for by hand.", "手动执行了数据清理。"));
        await db.SaveChangesAsync(cancellationToken);
        return Back(http, new("Clearing out has begun.", "清理已开始。"), Tone.Holds);
    }

    private static async Task<IResult> AgainAsync(
        long id,
        HttpContext http,
        DeliverAgain again,
        CampaignFlowDb db,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await again.HandleAsync(id, cancellationToken) is { } refusal)
            return Back(http, refusal, Tone.Blocks);
        var key = await db.Outbox.Where(m => m.Id == id).Select(m => m.Key).SingleAsync(cancellationToken);
        db.Note(null, clock.GetUtcNow(), http.User.DisplayName, new($"Message {key} delivered again.", $"重新投递了消息 {key}。"));
        await db.SaveChangesAsync(cancellationToken);
        return Back(http, new("It is being delivered again.", "正在重新投递。"), Tone.Holds);
    }

    private static IResult Back(HttpContext http, Phrase said, Tone tone)
    {
        Toast.After(http, said, tone);
        return Results.LocalRedirect("/jobs");
    }
}
