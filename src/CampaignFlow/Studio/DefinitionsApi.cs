using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;

namespace CampaignFlow.Studio;

/// <summary>Definitions as the designer reads and saves them.</summary>
internal static class DefinitionsApi
{
    /// <summary>Bytes of one save; about 30,000 activities.</summary>
    private const long LargestSave = 5 * 1024 * 1024;

    public static void MapDefinitions(this IEndpointRouteBuilder api)
    {
        api.MapGet("/session", Session);
        var definitions = api.MapGroup("/workflow-definitions");
        definitions.MapGet("", List);
        definitions.MapGet("/by-definition-id/{id}", ByDefinition);
        definitions.MapGet("/by-id/{id}", ById);
        definitions.MapGet("/many-by-id", ManyById);
        definitions.MapGet("/subgraph/segments/{id}", Segments);
        definitions.MapGet("/query/count", Count);
        definitions.MapGet("/validation/is-name-unique", IsNameUnique);
        definitions.MapGet("/{id}/export", Export);
        definitions.MapPost("", Save).RequireAuthorization(Permissions.EditWorkflows).WithMetadata(new RequestSizeLimitAttribute(LargestSave));
        api.MapPost("/recovered/{id}", Recover)
            .RequireAuthorization(Permissions.EditWorkflows)
            .WithMetadata(new RequestSizeLimitAttribute(LargestSave));
    }

    /// <summary>Whoever has lost the session asks here whether it is back, and gets the token that belongs to it.</summary>
    private static IResult Session(IAntiforgery antiforgery, HttpContext http) =>
        TypedResults.Ok(new { antiforgery = antiforgery.GetAndStoreTokens(http).RequestToken });

    private static async Task<IResult> List(
        HttpContext http,
        DefinitionQueries definitions,
        string? versionOptions,
        string? searchTerm,
        int? page,
        int? pageSize,
        CancellationToken cancellationToken
    )
    {
        var ids = http.Request.Query["definitionIds"].OfType<string>().Where(id => id.Length > 0).ToList();
        var all = await definitions.AllAsync(ids, cancellationToken);
        var asked = all.Where(d =>
                versionOptions switch
                {
                    "Published" => d.IsPublished,
                    "Latest" => d.IsLatest,
                    _ => true,
                }
            )
            .Where(d => string.IsNullOrWhiteSpace(searchTerm) || d.Name.Contains(searchTerm, StringComparison.OrdinalIgnoreCase))
            .ToList();
        var size = Math.Clamp(pageSize ?? asked.Count, 1, 1000);
        var edit = http.User.May(Permissions.EditWorkflows);
        var items = asked
            .Skip(Math.Clamp(page ?? 0, 0, 1_000_000) * size)
            .Take(size)
            .Select(d => (JsonNode?)Summary(d, edit))
            .ToArray();
        return TypedResults.Ok(
            new JsonObject
            {
                ["items"] = new JsonArray(items),
                ["totalCount"] = asked.Count,
                ["links"] = new JsonArray(),
            }
        );
    }

    private static async Task<IResult> ByDefinition(
        string id,
        string? versionOptions,
        HttpContext http,
        DefinitionQueries definitions,
        CancellationToken cancellationToken
    ) => Shown(await definitions.FindAsync(id, versionOptions, cancellationToken), http);

    private static async Task<IResult> ById(string id, HttpContext http, DefinitionQueries definitions, CancellationToken cancellationToken) =>
        Shown(await definitions.FindVersionAsync(id, cancellationToken), http);

    private static async Task<IResult> ManyById(HttpContext http, DefinitionQueries definitions, CancellationToken cancellationToken)
    {
        var found = new JsonArray();
        foreach (var id in http.Request.Query["ids"].OfType<string>().Take(100))
            if (await definitions.FindVersionAsync(id, cancellationToken) is { } stored)
                found.Add(DefinitionModel.Present(stored, http.User.May(Permissions.EditWorkflows)));
        return DescriptorsApi.List(found);
    }

    // The way from the root to a container that the designer opens.
    private static async Task<IResult> Segments(
        string id,
        string? childNodeId,
        HttpContext http,
        DefinitionQueries definitions,
        CancellationToken cancellationToken
    )
    {
        if (await definitions.FindVersionAsync(id, cancellationToken) is not { } stored)
            return TypedResults.NotFound();
        var root = (JsonObject)DefinitionModel.Present(stored, http.User.May(Permissions.EditWorkflows))["root"]!;
        var child = DefinitionModel.Activities(root).FirstOrDefault(a => a["nodeId"]?.ToString() == childNodeId) ?? root;
        var parent = DefinitionModel.Activities(root).FirstOrDefault(a => child["nodeId"]!.ToString() == $"{a["nodeId"]}:{child["id"]}") ?? root;
        return TypedResults.Ok(
            new JsonObject
            {
                ["childNode"] = Node(child),
                ["container"] = Node(parent),
                ["pathSegments"] = new JsonArray(),
            }
        );
    }

    private static async Task<IResult> Count(DefinitionQueries definitions, CancellationToken cancellationToken) =>
        TypedResults.Ok(new { count = (await definitions.AllAsync([], cancellationToken)).Count(d => d.IsLatest) });

    private static async Task<IResult> IsNameUnique(
        string name,
        string? definitionId,
        DefinitionQueries definitions,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            new
            {
                isUnique = !(await definitions.AllAsync([], cancellationToken)).Any(d =>
                    d.DefinitionId != definitionId && string.Equals(d.Name, name, StringComparison.OrdinalIgnoreCase)
                ),
            }
        );

    private static async Task<IResult> Export(
        string id,
        string? versionOptions,
        HttpContext http,
        DefinitionQueries definitions,
        CancellationToken cancellationToken
    )
    {
        if (await definitions.FindAsync(id, versionOptions, cancellationToken) is not { } stored)
            return TypedResults.NotFound();
        var model = DefinitionModel.Present(stored with { Revision = null }, mayEdit: false);
        model.Remove("links");
        return TypedResults.File(JsonSerializer.SerializeToUtf8Bytes(model, StoredJson.Options), "application/json", id + ".json");
    }

    private static async Task<IResult> Save(
        HttpContext http,
        SaveDraft save,
        DefinitionQueries definitions,
        Words words,
        CancellationToken cancellationToken
    )
    {
        if (await ReadAsync(http, cancellationToken) is not { } request || request["model"] is not JsonObject model)
            return Refused(words, "model", new("This is not a workflow: JSON with a \"model\" was expected.", "这不是流程：应为带有 \"model\" 的 JSON。"));
        var outcome = await save.HandleAsync(model, http.User.DisplayName, cancellationToken);
        if (outcome.Draft is not { } draft)
            return Refused(
                words,
                outcome.Refusal!.Value.Field,
                outcome.Refusal.Value.Why,
                outcome.Kept ? $"/workflows/{model["definitionId"]}/revisions" : null
            );
        var stored = (await definitions.FindAsync(draft.DefinitionId, "Draft", cancellationToken))!;
        return TypedResults.Ok(
            new JsonObject
            {
                ["workflowDefinition"] = DefinitionModel.Present(stored, mayEdit: true),
                ["alreadyPublished"] = false,
                ["consumingWorkflowCount"] = 0,
            }
        );
    }

    private static async Task<IResult> Recover(
        string id,
        HttpContext http,
        SaveDraft save,
        Words words,
        CancellationToken cancellationToken
    )
    {
        if (await ReadAsync(http, cancellationToken) is not { } request || request["model"] is not JsonObject model || !DefinitionName.IsValid(id))
            return Refused(words, "model", new("What the browser kept is not a workflow.", "浏览器保留的内容不是流程。"));
        await save.RecoverAsync(id, model, http.User.DisplayName, cancellationToken);
        return TypedResults.Ok(new { revisions = $"/workflows/{id}/revisions" });
    }

    private static IResult Shown(StoredDefinition? stored, HttpContext http) =>
        stored is null ? TypedResults.NotFound() : TypedResults.Ok(DefinitionModel.Present(stored, http.User.May(Permissions.EditWorkflows)));

    private static async Task<JsonObject?> ReadAsync(HttpContext http, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonNode.ParseAsync(http.Request.Body, cancellationToken: cancellationToken) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static IResult Refused(Words words, string field, Phrase why, string? conflict = null) =>
        TypedResults.BadRequest(
            new
            {
                statusCode = StatusCodes.Status400BadRequest,
                message = words.T(why),
                errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [words.T(why)] },
                conflict,
            }
        );

    private static JsonObject Summary(StoredDefinition stored, bool mayEdit)
    {
        var model = DefinitionModel.Present(stored, mayEdit);
        foreach (var part in new[] { "root", "variables", "inputs", "outputs", "outcomes" })
            model.Remove(part);
        model["isMaterializerAvailable"] = true;
        return model;
    }

    private static JsonObject Node(JsonObject activity) =>
        new()
        {
            ["activity"] = activity.DeepClone(),
            ["nodeId"] = activity["nodeId"]!.DeepClone(),
            ["port"] = null,
            ["parents"] = new JsonArray(),
            ["children"] = new JsonArray(),
        };
}
