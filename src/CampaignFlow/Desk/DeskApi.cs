using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Desk;

/// <summary>What is posted from the inbox, from an approval's page and from the budget page.</summary>
internal static class DeskApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/approvals/{id:guid}/decide", DecideAsync);
    }

    private static async Task<IResult> DecideAsync(
        Guid id,
        [FromForm] string? said,
        [FromForm] string? comment,
        [FromForm] string? back,
        HttpContext http,
        CampaignFlowDb db,
        DecideApproval decide,
        CarryOn carryOn
    )
    {
        if (ParseAnswer(said) is not { } answer)
            return Results.BadRequest();
        if (await PersonAsync(db, http.User.PersonId, http.RequestAborted) is not { } person)
            return Results.Unauthorized();
        if (answer != ApprovalState.Approved && string.IsNullOrWhiteSpace(comment))
            Toast.After(http, SayWhy, Tone.Blocks);
        else if (await decide.HandleAsync(new(id, answer, Short(comment)), person, http.RequestAborted) is { } refusal)
            Toast.After(http, refusal, Tone.Blocks);
        else
        {
            await carryOn.SoonAsync();
            await SayAsync(http, db, id, answer);
        }
        return Results.LocalRedirect(PathOf(back, $"/approvals/{id}"));
    }

    private static readonly Phrase SayWhy = new(
        "Say why: the people who have to mend it will read it. Nothing was decided yet.",
        "请说明理由，需要修改的人会看到。尚未作出决定。"
    );

    /// <summary>The toast tells the whole effect: the ledger has the last word, and another role may still be waited for.</summary>
    private static async Task SayAsync(HttpContext http, CampaignFlowDb db, Guid id, ApprovalState answer)
    {
        var approval = await db.Approvals.AsNoTracking().SingleAsync(a => a.Id == id, http.RequestAborted);
        var shift = approval.ShiftId is { } shiftId
            ? await db.BudgetShifts.AsNoTracking().SingleAsync(s => s.Id == shiftId, http.RequestAborted)
            : null;
        var (text, tone) = (answer, approval.State, shift?.State) switch
        {
            (ApprovalState.Approved, ApprovalState.Open, _) => (
                new Phrase("Your yes is noted. It still needs another role.", "已记录您的同意，还需其他角色批准。"),
                Tone.YourTurn
            ),
            (ApprovalState.Approved, _, ShiftState.Applied) => (
                new($"{shift!.Title} is applied; the money has moved.", $"{shift.Title} 已生效，预算已调整。"),
                Tone.Holds
            ),
            (ApprovalState.Approved, _, ShiftState.Refused) => (
                new($"Approved, but the ledger refused {shift!.Title}; nothing moved.", $"已批准，但账本拒绝了 {shift.Title}，预算未变。"),
                Tone.Blocks
            ),
            (ApprovalState.Approved, _, _) => (new("Approved; the process goes on.", "已批准，流程继续。"), Tone.Holds),
            (ApprovalState.Returned, _, null) => (new("Sent back with your reason.", "已退回，并附上理由。"), Tone.Holds),
            (_, _, not null) => (new("Rejected; no money moves.", "已拒绝，预算不变。"), Tone.Holds),
            _ => (new("Rejected with your reason.", "已拒绝，并附上理由。"), Tone.Holds),
        };
        Toast.After(http, text, tone);
    }

    private static ApprovalState? ParseAnswer(string? said) =>
        said switch
        {
            nameof(ApprovalState.Approved) => ApprovalState.Approved,
            nameof(ApprovalState.Returned) => ApprovalState.Returned,
            nameof(ApprovalState.Rejected) => ApprovalState.Rejected,
            _ => null,
        };

    internal static Task<Person?> PersonAsync(CampaignFlowDb db, Guid? id, CancellationToken cancellationToken) =>
        db.People.SingleOrDefaultAsync(p => p.Id == id, cancellationToken);

    internal static string? Short(string? comment) =>
        string.IsNullOrWhiteSpace(comment) ? null
        : comment.Trim() is { Length: > 2000 } text ? text[..2000]
        : comment.Trim();

    private static string PathOf(string? back, string otherwise) => back is { Length: > 0 } ? LanguageChoice.SafePath(back) : otherwise;
}
