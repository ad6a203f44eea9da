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
        routes.MapPost("/workflows/{id}/versions/{version:int}/draft", DraftAsync).RequireAuthorization(Permissions.EditWorkflows);
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
        if (await save.RestoreAsync(id, revision, http.User.DisplayName, cancellationToken) is not { } outcome)
            return TypedResults.NotFound();
        if (outcome.Draft is { } draft)
            Toast.After(
                http,
                new Phrase($"Restored; the draft is now revision {draft.Revision}.", $"已恢复，当前草稿为修订 {draft.Revision}。")
            );
        else
            Toast.After(http, NotRestored(outcome.Refusal!.Value.Why), Tone.Blocks);
        return TypedResults.LocalRedirect($"/workflows/{Uri.EscapeDataString(id)}/revisions");
    }

    private static Phrase NotRestored(Phrase why) => new($"Not restored. {why.En}", $"未恢复。{why.Zh}");

    /// <summary>Goes on from a version, such as one that a changed file offers.</summary>
    private static async Task<IResult> DraftAsync(
        string id,
        int version,
        HttpContext http,
        DefinitionQueries definitions,
        SaveRevision save,
        CancellationToken cancellationToken
    )
    {
        var found = (await definitions.AllAsync([id], cancellationToken)).FirstOrDefault(d => d.Version == version && d.Revision is null);
        if (found is null)
            return TypedResults.NotFound();
        var outcome = await save.TakeUpAsync(found, http.User.DisplayName, cancellationToken);
        if (outcome.Refusal is not var (_, why))
            return TypedResults.LocalRedirect($"/workflows/{Uri.EscapeDataString(id)}/design");
        Toast.After(http, why, Tone.Blocks);
        return TypedResults.LocalRedirect($"/workflows/{Uri.EscapeDataString(id)}");
    }
}
