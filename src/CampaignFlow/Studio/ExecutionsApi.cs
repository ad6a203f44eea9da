using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>Starting a run from the designer: of the version in use, never of a draft, which is gone through dry instead.</summary>
internal static class ExecutionsApi
{
    /// <summary>The designer reads the run's id here.</summary>
    private const string RunHeader = "x-elsa-workflow-instance-id";

    private static readonly Phrase NoInputs = new(
        "“input” is an object with the names of the workflow's inputs and their values.",
        "“input”应为对象，由流程输入的名称和值组成。"
    );

    public static void MapExecutions(this IEndpointRouteBuilder api)
    {
        api.MapPost("/workflow-definitions/{id}/execute", ExecuteAsync).RequireAuthorization(Permissions.RunJobs);
        api.MapPost("/bulk-actions/cancel/workflow-instances", CancelAsync).RequireAuthorization(Permissions.PublishWorkflows);
        // Each of these is a decision on one workflow, with its own page; the designer's lists are not part of ours.
        foreach (var verb in new[] { "publish", "retract", "delete", "export" })
            api.MapPost("/bulk-actions/" + verb + "/{**rest}", OneByOne).RequireAuthorization(Permissions.EditWorkflows);
        api.MapDelete("/workflow-definition-versions/{id}", OneByOne).RequireAuthorization(Permissions.EditWorkflows);
        api.MapPost("/tests/activities", OneByOne).RequireAuthorization(Permissions.EditWorkflows);
    }

    private static async Task<IResult> ExecuteAsync(
        string id,
        HttpContext http,
        CampaignFlowDb db,
        DefinitionQueries definitions,
        DefinitionCache cache,
        WorkflowRuns runs,
        CarryOn carryOn,
        Words words,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var (asked, wrong) = await RequestBody.ReadAsync(http.Request, cancellationToken, mayBeEmpty: true);
        if (asked is null)
            return Answers.Refused(words, "input", wrong ?? RequestBody.NoObject);
        if (asked["input"] is not (null or JsonObject))
            return Answers.Refused(words, "input", NoInputs);
        var input = ((JsonObject?)asked["input"] ?? []).ToDictionary(i => i.Key, i => i.Value?.DeepClone(), StringComparer.Ordinal);
        try
        {
            var used = await definitions.FindAsync(id, "Published", cancellationToken);
            if (used is not null && await WrongAsync(db, cache, Guid.Parse(used.VersionId), input, cancellationToken) is { } why)
                return Answers.Refused(words, "input", why);
            var key = $"by-hand:{Guid.CreateVersion7(clock.GetUtcNow())}";
            var run = await runs.StartAsync(id, key, correlation: null, input, cancellationToken);
            db.Note(
                null,
                clock.GetUtcNow(),
                http.User.DisplayName,
                new($"Started a run of {id} by hand.", $"手动启动了 {id} 的一次运行。")
            );
            await db.SaveChangesAsync(cancellationToken);
            await carryOn.SoonAsync();
            http.Response.Headers[RunHeader] = run.ToString();
            return TypedResults.Ok(new { workflowState = new { id = run } });
        }
        catch (UnknownWorkflow)
        {
            return Answers.Refused(
                words,
                "publish",
                new(
                    "No version is in use: publish one first. A draft can be gone through dry.",
                    "没有使用中的版本，请先发布。草稿可以试走。"
                )
            );
        }
    }

    private static async Task<IResult> CancelAsync(
        HttpContext http,
        CancelRun cancel,
        CampaignFlowDb db,
        Words words,
        CancellationToken cancellationToken
    )
    {
        var (asked, wrong) = await RequestBody.ReadAsync(http.Request, cancellationToken);
        if (asked is null)
            return Answers.Refused(words, "ids", wrong ?? RequestBody.NoObject);
        var ids = (asked["ids"] as JsonArray ?? []).Select(i => Guid.TryParse(i?.ToString(), out var id) ? id : Guid.Empty).ToHashSet();
        var known = await db.Runs.Where(r => ids.Contains(r.Id)).Select(r => r.Id).ToListAsync(cancellationToken);
        var cancelled = 0;
        foreach (var run in known)
            if (await cancel.HandleAsync(run, http.User.DisplayName, cancellationToken) is null)
                cancelled++;
        return TypedResults.Ok(new { cancelledCount = cancelled });
    }

    private static IResult OneByOne(Words words) =>
        Answers.Refused(words, "action", new("Do this on the workflow's own page, one at a time.", "请在流程页面逐个操作。"));

    // A run would stop at it as an incident, which nobody wants who only mistyped.
    private static async Task<Phrase?> WrongAsync(
        CampaignFlowDb db,
        DefinitionCache cache,
        Guid version,
        Dictionary<string, JsonNode?> input,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var problems = GivenInputs.Problems(await cache.GetAsync(db, version, cancellationToken), input);
            return problems.Count == 0 ? null : Phrase.Join(problems, " ", "");
        }
        catch (InvalidOperationException unreadable)
        {
            return new(unreadable.Message, "程序已无法读取使用中的版本。");
        }
    }
}
