using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>Saving, publishing and taking back from within the designer.</summary>
internal static class EditsApi
{
    public static void MapEdits(this IEndpointRouteBuilder api)
    {
        var edits = api.MapGroup("").RequireAuthorization(Permissions.EditWorkflows);
        edits.MapPost("/workflow-definitions", SaveAsync);
        edits.MapPost("/workflow-definitions/import", ImportAsync);
        edits.MapPost("/workflow-definitions/{id}/publish", PublishAsync);
        edits.MapDelete("/workflow-definitions/{id}", DeleteAsync);
        edits.MapPost("/recovered/{id}", RecoverAsync);
        edits.MapPost("/workflow-definitions/{id}/revert/{version:int}", RevertAsync);
        api.MapPost("/workflow-definitions/{id}/retract", RetractAsync).RequireAuthorization(Permissions.PublishWorkflows);
    }

    private static async Task<IResult> SaveAsync(
        HttpContext http,
        SaveRevision save,
        PublishDraft publish,
        DraftChecks checks,
        DefinitionQueries definitions,
        Words words,
        CancellationToken cancellationToken
    )
    {
        var (request, wrong) = await RequestBody.ReadAsync(http.Request, cancellationToken, around: 1);
        if (request?["model"] is not JsonObject model)
            return Answers.Refused(words, "model", wrong ?? Answers.NoWorkflow);
        var outcome = await save.HandleAsync(model, http.User.DisplayName, cancellationToken);
        if (outcome.Draft is not { } draft)
            return Answers.Of(words, outcome, model);
        if (request["publish"]?.GetValueKind() == JsonValueKind.True)
            return await PublishedAsync(draft.DefinitionId, http, publish, definitions, words, cancellationToken);
        var found = await checks.FindAsync(draft.DefinitionId, draft.Json, cancellationToken);
        return Answers.Saved(await LatestAsync(definitions, draft.DefinitionId, cancellationToken), words, found);
    }

    private static async Task<IResult> PublishAsync(
        string id,
        HttpContext http,
        PublishDraft publish,
        DefinitionQueries definitions,
        Words words,
        CancellationToken cancellationToken
    ) =>
        await definitions.FindAsync(id, "Latest", cancellationToken) is null
            ? TypedResults.NotFound()
            : await PublishedAsync(id, http, publish, definitions, words, cancellationToken);

    private static async Task<IResult> PublishedAsync(
        string id,
        HttpContext http,
        PublishDraft publish,
        DefinitionQueries definitions,
        Words words,
        CancellationToken cancellationToken
    )
    {
        var (_, publication, problems) = await publish.HandleAsync(
            id,
            By(http),
            askOnly: !http.User.May(Permissions.PublishWorkflows),
            cancellationToken
        );
        var latest = await LatestAsync(definitions, id, cancellationToken);
        return publication switch
        {
            null => Answers.Broken(latest, words, problems),
            Publication.Refused refused => Answers.Refused(words, "publish", refused.Why, latest),
            _ => Answers.Saved(latest, words, [], asked: publication is Publication.Asked),
        };
    }

    private static async Task<IResult> ImportAsync(
        HttpContext http,
        SaveRevision save,
        DraftChecks checks,
        DefinitionQueries definitions,
        Words words,
        CancellationToken cancellationToken
    )
    {
        var (document, wrong) = await RequestBody.ReadAsync(http.Request, cancellationToken);
        if (document is null)
            return Answers.Refused(words, "file", wrong ?? Answers.NoWorkflow);
        var model = DefinitionModel.Unwrapped(document);
        if (model["definitionId"]?.ToString() is { Length: > 0 } id && !DefinitionName.IsValid(id))
            model.Remove("definitionId"); // Elsa's own ids are random letters: it gets one of ours
        var name = model["definitionId"]?.ToString() ?? "import";
        var unreadable = await checks.UnreadableAsync(name, model.ToJsonString(StoredJson.Options), cancellationToken);
        if (unreadable.Count > 0)
            return Answers.Refused(words, "file", Phrase.Join(unreadable.Select(p => p.Text), " ", ""));
        var outcome = await save.HandleAsync(model, http.User.DisplayName, cancellationToken, whatever: true);
        return outcome.Draft is { } draft
            ? TypedResults.Ok(
                DefinitionModel.Present((await LatestAsync(definitions, draft.DefinitionId, cancellationToken))!, mayEdit: true)
            )
            : Answers.Of(words, outcome, model);
    }

    private static async Task<IResult> RecoverAsync(
        string id,
        HttpContext http,
        SaveRevision save,
        Words words,
        CancellationToken cancellationToken
    )
    {
        var (request, wrong) = await RequestBody.ReadAsync(http.Request, cancellationToken, around: 1);
        if (request?["model"] is not JsonObject model || !DefinitionName.IsValid(id))
            return Answers.Refused(words, "model", wrong ?? Answers.NoWorkflow);
        return await save.RecoverAsync(id, model, http.User.DisplayName, cancellationToken) is var (field, why)
            ? Answers.Refused(words, field, why)
            : TypedResults.Ok(new { revisions = Answers.Revisions(id) });
    }

    private static async Task<IResult> RetractAsync(
        string id,
        HttpContext http,
        RetractVersion retract,
        DefinitionQueries definitions,
        Words words,
        CancellationToken cancellationToken
    )
    {
        if (await definitions.FindAsync(id, "Published", cancellationToken) is not { } used)
            return Answers.Refused(words, "version", new("No version is in use.", "没有使用中的版本。"));
        return await retract.HandleAsync(id, used.Version, By(http), cancellationToken) is { } refusal
            ? Answers.Refused(words, "version", refusal)
            : TypedResults.Ok(DefinitionModel.Present((await LatestAsync(definitions, id, cancellationToken))!, mayEdit: true));
    }

    // In the designer going back is a new draft with the old text; putting it into use is another step.
    private static async Task<IResult> RevertAsync(
        string id,
        int version,
        HttpContext http,
        SaveRevision save,
        DefinitionQueries definitions,
        Words words,
        CancellationToken cancellationToken
    )
    {
        if (
            await definitions.FindAsync(id, version.ToString(System.Globalization.CultureInfo.InvariantCulture), cancellationToken)
            is not { } old
        )
            return TypedResults.NotFound();
        var outcome = await save.TakeUpAsync(old, http.User.DisplayName, cancellationToken);
        return outcome.Draft is null
            ? Answers.Of(words, outcome, [])
            : TypedResults.Ok(DefinitionsApi.Summary((await LatestAsync(definitions, id, cancellationToken))!, mayEdit: true));
    }

    // Versions stay as long as there are runs of them; only what nobody has published can go, and its revisions stay even then.
    private static async Task<IResult> DeleteAsync(string id, CampaignFlowDb db, Words words, CancellationToken cancellationToken) =>
        await db.WorkflowDrafts.Where(d => d.DefinitionId == id).ExecuteDeleteAsync(cancellationToken) > 0
            ? TypedResults.NoContent()
            : Answers.Refused(
                words,
                "definitionId",
                new(
                    "Only drafts can be deleted. A version is retracted instead: its runs and their history need it.",
                    "只能删除草稿。版本请使用“撤回”：其运行和历史仍需要它。"
                )
            );

    private static Task<StoredDefinition?> LatestAsync(DefinitionQueries definitions, string id, CancellationToken cancellationToken) =>
        definitions.FindAsync(id, "Latest", cancellationToken);

    private static Author By(HttpContext http) => new(http.User.PersonId ?? Guid.Empty, http.User.DisplayName);
}
