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

    /// <summary>A connection that was followed.</summary>
    private sealed record Way(string Source, string Port, string Target);

    private static async Task<IResult> WayAsync(
        string id,
        HttpContext http,
        DefinitionQueries definitions,
        WorkflowQueries workflows,
        DryRunQueries dryRuns,
        Words words,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (await definitions.FindAsync(id, "Latest", cancellationToken) is not { } stored)
            return TypedResults.NotFound();
        var parse = await workflows.ReadTextAsync(id, stored.Json, cancellationToken);
        if (parse.Definition is not { } definition)
            return TypedResults.Ok(
                new
                {
                    text = words.T(parse.Problems[0].Text),
                    steps = Array.Empty<Step>(),
                    ways = Array.Empty<Way>(),
                }
            );
        var form = DryRunForm.Read(definition, http.Request.Query, words.Zone, clock.GetUtcNow());
        if (form.Wrong is [var wrong, ..])
            return Answers.Refused(words, "start", wrong);
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
                ways = result.Taken.Select(c => new Way(c.Source, c.Port, c.Target)),
            }
        );
    }
}
