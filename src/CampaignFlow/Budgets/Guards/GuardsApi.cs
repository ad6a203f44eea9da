using System.Globalization;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets.Guards;

/// <summary>What people do with switches, breakers, locks and guards; each answers with where it was asked.</summary>
public static class GuardsApi
{
    public static IEndpointRouteBuilder MapGuards(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/money/stop", StopAsync).RequireAuthorization(Permissions.HoldBudgets);
        routes.MapPost("/money/release", ReleaseAsync).RequireAuthorization(Permissions.HoldBudgets);
        routes.MapPost("/money/breaker", BreakerAsync).RequireAuthorization(Permissions.ApproveShifts);
        routes.MapPost("/money/lock", LockAsync).RequireAuthorization(Permissions.HoldBudgets);
        routes.MapPost("/money/guard", SetAsync).RequireAuthorization(Permissions.SetGuards);
        return routes;
    }

    private static Task<IResult> StopAsync(HttpContext http, StopMoney use, CampaignFlowDb db) =>
        AnswerAsync(
            http,
            db,
            (form, person) => use.ThrowAsync(Text(form, "scope"), Text(form, "why"), person, http.RequestAborted),
            new("Stopped: no money moves until somebody releases it.", "已停止：解除之前不会有任何预算调整。")
        );

    private static Task<IResult> ReleaseAsync(HttpContext http, StopMoney use, CampaignFlowDb db) =>
        AnswerAsync(
            http,
            db,
            (form, person) => use.ReleaseAsync(Text(form, "scope"), person, http.RequestAborted),
            new("Released: money may move again.", "已解除：可以重新调整预算。")
        );

    private static Task<IResult> BreakerAsync(HttpContext http, CloseBreaker use, CampaignFlowDb db) =>
        AnswerAsync(
            http,
            db,
            (form, person) =>
                Guid.TryParse(Text(form, "campaign"), out var campaign)
                    ? use.HandleAsync(campaign, Text(form, "why"), person, http.RequestAborted)
                    : Nothing,
            new("The circuit breaker is closed for what was found.", "已针对当前发现解除熔断。")
        );

    private static Task<IResult> LockAsync(HttpContext http, LockChannel use, CampaignFlowDb db) =>
        AnswerAsync(
            http,
            db,
            (form, person) =>
                !Guid.TryParse(Text(form, "campaign"), out var campaign) ? Nothing
                : Until(Text(form, "until"), out var until) is { } wrong ? Task.FromResult<Phrase?>(wrong)
                : use.HandleAsync(campaign, Text(form, "channel"), until, Text(form, "why"), person, http.RequestAborted),
            new("The lock is as you asked.", "锁定已更新。")
        );

    /// <summary>Empty opens the lock; a day that cannot be read must not.</summary>
    private static Phrase? Until(string text, out DateOnly? until)
    {
        until = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
        return until is null && text.Length > 0
            ? new($"“{Shorten(text)}” is not a day such as 2026-11-30.", $"“{Shorten(text)}”不是日期，格式应如 2026-11-30。")
            : null;
    }

    private static string Shorten(string text) => text.Length <= 20 ? text : text[..20] + "…";

    private static Task<IResult> SetAsync(HttpContext http, SetGuard use, CampaignFlowDb db) =>
        AnswerAsync(
            http,
            db,
            (form, person) =>
                use.HandleAsync(
                    Text(form, "scope"),
                    Text(form, "guard"),
                    Text(form, "value"),
                    Text(form, "why"),
                    person,
                    http.RequestAborted
                ),
            new("The guard is set; the strictest one holds.", "护栏已设定，以最严格者为准。")
        );

    private static Task<Phrase?> Nothing => Task.FromResult<Phrase?>(new("There is no such campaign.", "没有这个活动。"));

    private static async Task<IResult> AnswerAsync(
        HttpContext http,
        CampaignFlowDb db,
        Func<IFormCollection, Person, Task<Phrase?>> work,
        Phrase done
    )
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var id = http.User.PersonId;
        var person = await db.People.AsNoTracking().SingleAsync(p => p.Id == id, http.RequestAborted);
        if (await work(form, person) is { } refusal)
            Toast.After(http, refusal, Tone.Blocks);
        else
            Toast.After(http, done);
        var back = Text(form, "back");
        return Results.LocalRedirect(
            back.StartsWith('/') && !back.StartsWith("//", StringComparison.Ordinal) && !back.Contains('\\', StringComparison.Ordinal)
                ? back
                : "/guards"
        );
    }

    private static string Text(IFormCollection form, string name) => form[name].ToString();
}
