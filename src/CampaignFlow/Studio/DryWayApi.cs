using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Shell;
using CampaignFlow.Workflows;

namespace CampaignFlow.Studio;

/// <summary>The way a dry run takes, for the designer's own canvas: which steps, in which order, and where it ends.</summary>
internal static class DryWayApi
{
    public static void MapDryWay(this IEndpointRouteBuilder api) => api.MapGet("/workflow-definitions/{id}/dry-run", WayAsync);

    /// <param name="Number">When it comes up for the first time, from 1.</param>
    /// <param name="State">Done, Waiting or Failed.</param>
    private sealed record Step(string Activity, int Number, int Visits, string State);

    private static async Task<IResult> WayAsync(
        string id,
        HttpContext http,
        WorkflowQueries workflows,
        DryRunQueries dryRuns,
        Words words,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var (definition, problem) = await FindAsync(id, workflows, words, cancellationToken);
        if (definition is null)
            return problem is null ? TypedResults.NotFound() : TypedResults.Ok(new { text = problem, steps = Array.Empty<Step>() });
        var form = DryRunForm.Read(definition, http.Request.Query, words.Zone, clock.GetUtcNow());
        var result = DryRun.Run(definition, await dryRuns.RequestAsync(definition, form, words.Zone, cancellationToken));
        var states = DryRunQueries.States(result);
        return TypedResults.Ok(
            new
            {
                text = words.T(DryRunWords.Summary(result)),
                steps = result
                    .Steps.Where(s => s.Within is null && states.ContainsKey(s.Activity.Id))
                    .GroupBy(s => s.Activity.Id, StringComparer.Ordinal)
                    .Select((g, n) => new Step(g.Key, n + 1, g.Count(), states[g.Key].ToString())),
            }
        );
    }

    private static async Task<(WorkflowDefinition?, string?)> FindAsync(
        string id,
        WorkflowQueries workflows,
        Words words,
        CancellationToken cancellationToken
    )
    {
        if (await workflows.ReadDraftAsync(id, cancellationToken) is { } draft)
            return (draft.Definition, draft.Definition is null ? words.T(draft.Problems[0].Text) : null);
        var versions = await workflows.VersionsAsync(id, cancellationToken);
        var shown = versions.FirstOrDefault(v => v.Version.Published) ?? (versions.Count > 0 ? versions[0] : null);
        return (shown is null ? null : await workflows.ReadAsync(shown.Version.Id, cancellationToken), null);
    }
}
