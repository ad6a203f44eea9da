using System.Globalization;
using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

public static class LifecycleApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/campaigns/{code}/gates/{gate:long}/override", OverrideAsync).RequireAuthorization(Permissions.OverrideGates);
        routes.MapPost("/campaigns/{code}/errands", StartErrandAsync).RequireAuthorization(Permissions.EditCampaigns);
        routes.MapPost("/campaigns/{code}/promotions", AddPromotionAsync).RequireAuthorization(Permissions.EditCampaigns);
        routes
            .MapPost("/campaigns/{code}/promotions/{window:guid}/remove", RemovePromotionAsync)
            .RequireAuthorization(Permissions.EditCampaigns);
    }

    private static async Task<IResult> StartErrandAsync(
        string code,
        [FromForm] string? workflow,
        [FromForm] string? once,
        HttpContext http,
        CampaignErrands errands,
        CampaignFlowDb db,
        CarryOn carryOn,
        TimeProvider clock
    )
    {
        var stop = http.RequestAborted;
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, stop) is not { } campaign)
            return Results.NotFound();
        var (run, refusal) = await errands.StartAsync(campaign, workflow ?? "", once ?? "", http.User.DisplayName, clock.GetUtcNow(), stop);
        if (refusal is { } no)
            Toast.After(http, no, Tone.Blocks);
        else
        {
            await carryOn.SoonAsync();
            Toast.After(
                http,
                new("It is on its way; its first steps are in the inboxes of those it asks.", "已启动，首批任务已进入相关人员的收件箱。")
            );
        }
        return Results.LocalRedirect(run is { } started ? $"/runs/{started}" : $"/campaigns/{Uri.EscapeDataString(code)}");
    }

    private static async Task<IResult> OverrideAsync(string code, long gate, HttpContext http, OverrideGate use, CampaignFlowDb db)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var campaigns = db.Campaigns.Where(c => c.Code == code);
        var stage = await db
            .GateChecks.Where(g => g.Id == gate && campaigns.Any(c => c.Id == g.CampaignId))
            .Select(g => g.Stage)
            .SingleOrDefaultAsync(http.RequestAborted);
        if (stage is null)
            return Results.NotFound();
        var id = http.User.PersonId;
        var person = await db.People.AsNoTracking().SingleAsync(p => p.Id == id, http.RequestAborted);
        if (await use.HandleAsync(gate, form["reason"].ToString(), person, http.RequestAborted) is { } no)
            Toast.After(http, no, Tone.Blocks);
        else
            Toast.After(
                http,
                new("The gate is overridden; the campaign goes on in a moment.", "关口已强制通过，活动即将继续。"),
                Tone.Look
            );
        return Results.LocalRedirect($"/campaigns/{Uri.EscapeDataString(code)}/stages/{stage}");
    }

    private static async Task<IResult> AddPromotionAsync(
        string code,
        [FromForm] string? name,
        [FromForm] string? first,
        [FromForm] string? last,
        HttpContext http,
        PlanPromotions use,
        CampaignFlowDb db
    )
    {
        var refusal =
            Day(first) is { } from && Day(last) is { } to
                ? await use.AddAsync(code, name ?? "", from, to, await PersonAsync(http, db), http.RequestAborted)
                : new("Give the first and the last day, such as 2026-11-11.", "请填写首日和末日，格式如 2026-11-11。");
        return Answered(http, code, refusal, new("The days stand in the calendar.", "已录入促销期。"));
    }

    private static async Task<IResult> RemovePromotionAsync(
        string code,
        Guid window,
        HttpContext http,
        PlanPromotions use,
        CampaignFlowDb db
    ) =>
        Answered(
            http,
            code,
            await use.RemoveAsync(code, window, await PersonAsync(http, db), http.RequestAborted),
            new("The days are taken out of the calendar.", "已删除促销期。")
        );

    private static RedirectHttpResult Answered(HttpContext http, string code, Phrase? refusal, Phrase done)
    {
        if (refusal is { } no)
            Toast.After(http, no, Tone.Blocks);
        else
            Toast.After(http, done);
        return TypedResults.LocalRedirect($"/campaigns/{Uri.EscapeDataString(code)}#promotions");
    }

    private static DateOnly? Day(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static Task<Person> PersonAsync(HttpContext http, CampaignFlowDb db)
    {
        var id = http.User.PersonId;
        return db.People.AsNoTracking().SingleAsync(p => p.Id == id, http.RequestAborted);
    }
}
