using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Workflows;

namespace CampaignFlow.Commands;

/// <summary>Dry runs as the command line's JSON prints them.</summary>
internal static class DryRunJson
{
    public static object Of(DryRunResult result) =>
        new
        {
            status = result.Status.ToString(),
            started = result.Started,
            ended = result.Ended,
            took = result.Took.ToString("c"),
            steps = result.Steps.Select(Of),
            mails = result.Mails.Select(m => new
            {
                m.Mail.Kind,
                m.Mail.Roles,
                m.Times,
            }),
            tasks = result.Tasks.Select(s => new
            {
                activity = s.Activity.Id,
                title = s.Does.Task!.Title.En,
                title_zh = s.Does.Task.Title.Zh,
                s.Does.Task.Roles,
                due = s.Does.Task.DueAt,
                s.Does.Task.Decides,
            }),
            loops = result.Loops.Select(l => new
            {
                from = l.From.Id,
                to = l.To.Id,
                l.Times,
            }),
            stuck = result.Stuck.Select(s => new
            {
                activity = s.Activity.Id,
                why = s.Why.En,
                why_zh = s.Why.Zh,
            }),
            notes = result.Notes.Concat(result.Assumed).Select(n => n.En),
            output = result.Output,
        };

    public static object Of(PathCoverage coverage) =>
        new
        {
            coverage.Tried,
            coverage.Complete,
            coverage.Stuck,
            unreached = coverage.Unreached.Select(a => a.Id),
            outcomes = coverage.Outcomes.Select(o => new
            {
                activity = o.Activity.Id,
                o.Outcome,
                o.Reached,
            }),
            shortest = Of(coverage.Shortest),
            longest = Of(coverage.Longest),
        };

    private static object Of(DryStep step) =>
        new
        {
            step.Number,
            step.Within,
            activity = step.Activity.Id,
            name = ActivityNames.Of(step.Activity).En,
            step.Activity.Type,
            step.Visit,
            begins = step.StartedAt,
            ends = step.EndedAt,
            step.Outcome,
            step.Chosen,
            waits_for = step.WaitsFor?.En,
            step.Withdrawn,
            step.Error,
            notes = step.Does.Notes.Select(n => n.En),
        };

    private static object? Of(PathLength? path) =>
        path is null
            ? null
            : new
            {
                took = path.Took.ToString("c"),
                path.Steps,
                choices = path.Choices.Select(c => c.ToString()),
            };
}
