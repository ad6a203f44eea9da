using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using Microsoft.AspNetCore.Mvc;

namespace CampaignFlow.Desk;

/// <summary>The button behind a link in a mail. Looking at a link changes nothing: mail scanners do that too.</summary>
internal static class LinkApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        // Whoever holds the signed token is the person it was mailed to: that is the proof, and there is no session to forge.
        routes.MapPost("/decide", DecideByLinkAsync).AllowAnonymous().DisableAntiforgery();

    private static async Task<IResult> DecideByLinkAsync(
        [FromForm] string? token,
        [FromForm] string? comment,
        HttpContext http,
        CampaignFlowDb db,
        ActionLinks links,
        DecideApproval decide,
        CarryOn carryOn,
        TimeProvider clock
    )
    {
        var page = "/decide/" + Uri.EscapeDataString(token ?? "-");
        if (links.Read(token ?? "", clock.GetUtcNow()) is not LinkReading.Good { Link: var link })
            return Results.LocalRedirect(page);
        if (AnswerOf(link) is not { } answer || await DeskApi.PersonAsync(db, link.PersonId, http.RequestAborted) is not { } person)
            return Results.LocalRedirect(page);
        // A role taken away since the mail was written takes the link with it; what may be said is decided in the use case.
        if (await decide.HandleAsync(new(link.ApprovalId, answer, DeskApi.Short(comment)), person, http.RequestAborted) is null)
            await carryOn.SoonAsync();
        return Results.LocalRedirect(page + "?done=1");
    }

    internal static ApprovalState? AnswerOf(ActionLink link) =>
        link.Decision switch
        {
            "approve" => ApprovalState.Approved,
            "return" => ApprovalState.Returned,
            "reject" => ApprovalState.Rejected,
            _ => null,
        };
}
