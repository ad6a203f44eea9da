using System.Text;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>Every save of a draft, to take away or to take up again.</summary>
internal static class RevisionsApi
{
    public static void MapRevisions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/workflows/{id}/revisions/{revision:long}", DownloadAsync);
        routes.MapPost("/workflows/{id}/revisions/{revision:long}/restore", RestoreAsync).RequireAuthorization(Permissions.EditWorkflows);
    }

    private static async Task<IResult> DownloadAsync(string id, long revision, CampaignFlowDb db, CancellationToken cancellationToken)
    {
        var found = await db
            .DraftRevisions.Where(r => r.Id == revision && r.DefinitionId == id)
            .Select(r => new { r.Json, r.Revision })
            .SingleOrDefaultAsync(cancellationToken);
        return found is null
            ? TypedResults.NotFound()
            : TypedResults.File(Encoding.UTF8.GetBytes(found.Json), "application/json", $"{id}-revision-{found.Revision}.json");
    }

    private static async Task<IResult> RestoreAsync(
        string id,
        long revision,
        HttpContext http,
        SaveRevision save,
        CancellationToken cancellationToken
    )
    {
        if (await save.RestoreAsync(id, revision, http.User.DisplayName, cancellationToken) is not { } draft)
            return TypedResults.NotFound();
        Toast.After(
            http,
            new Phrase($"Restored; the draft is now revision {draft.Revision}.", $"已恢复，当前草稿为修订 {draft.Revision}。")
        );
        return TypedResults.LocalRedirect($"/workflows/{Uri.EscapeDataString(id)}/revisions");
    }
}
