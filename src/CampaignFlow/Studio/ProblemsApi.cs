using CampaignFlow.Shell;

namespace CampaignFlow.Studio;

/// <summary>What stands between the text as it was last saved and its publication: asked when the designer opens it.</summary>
internal static class ProblemsApi
{
    public static void MapProblems(this IEndpointRouteBuilder api) => api.MapGet("/workflow-definitions/{id}/problems", FindAsync);

    private static async Task<IResult> FindAsync(
        string id,
        DefinitionQueries definitions,
        DraftChecks checks,
        Words words,
        CancellationToken cancellationToken
    ) =>
        await definitions.FindAsync(id, "Latest", cancellationToken) is { } stored
            ? TypedResults.Ok(Answers.Listed(await checks.FindAsync(id, stored.Json, cancellationToken), words))
            : TypedResults.NotFound();
}
