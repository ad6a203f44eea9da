using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;
using CampaignFlow.Workflows;
using Microsoft.AspNetCore.Antiforgery;

namespace CampaignFlow.Studio;

/// <summary>Definitions as the designer reads and saves them.</summary>
internal static class DefinitionsApi
{
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
        definitions.MapGet("/{id}/consumers", Consumers);
        definitions.MapGet("/{id}/use", Use);
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
        var items = asked.Skip(Math.Clamp(page ?? 0, 0, 1_000_000) * size).Take(size).Select(d => (JsonNode?)Summary(d, edit)).ToArray();
        return TypedResults.Ok(
            new JsonObject
            {
                ["items"] = new JsonArray(items),
                ["totalCount"] = asked.Count,
                ["links"] = DefinitionModel.ListLinks(edit),
            }
        );
    }

    private static async Task<IResult> ByDefinition(
        string id,
        string? versionOptions,
        HttpContext http,
        DefinitionQueries definitions,
        Words words,
        CancellationToken cancellationToken
    ) => Shown(await definitions.FindAsync(id, versionOptions, cancellationToken), http, words);

    private static async Task<IResult> ById(
        string id,
        HttpContext http,
        DefinitionQueries definitions,
        Words words,
        CancellationToken cancellationToken
    ) => Shown(await definitions.FindVersionAsync(id, cancellationToken), http, words);

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
        Words words,
        DefinitionQueries definitions,
        CancellationToken cancellationToken
    )
    {
        if (await definitions.FindVersionAsync(id, cancellationToken) is not { } stored)
            return TypedResults.NotFound();
        if (DefinitionModel.Present(stored, http.User.May(Permissions.EditWorkflows))["root"] is not JsonObject root)
            return Answers.Refused(words, "root", Answers.Unreadable);
        var child = DefinitionModel.Activities(root).FirstOrDefault(a => a["nodeId"]?.ToString() == childNodeId) ?? root;
        var parent =
            DefinitionModel.Activities(root).FirstOrDefault(a => child["nodeId"]!.ToString() == $"{a["nodeId"]}:{child["id"]}") ?? root;
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

    /// <summary>Who uses it as an activity, in what is published or drafted.</summary>
    private static async Task<IResult> Consumers(string id, DefinitionQueries definitions, CancellationToken cancellationToken) =>
        TypedResults.Ok(
            new
            {
                consumingWorkflowDefinitionIds = (await definitions.AllAsync([], cancellationToken))
                    .Where(d => d.IsLatest || d.IsPublished)
                    .Where(d => WorkflowJson.Uses(d.Json).Any(use => use.DefinitionId == id))
                    .Select(d => d.DefinitionId)
                    .Distinct(StringComparer.Ordinal),
            }
        );

    /// <summary>Who runs it now, said before something of it is published.</summary>
    private static async Task<IResult> Use(string id, WorkflowQueries workflows, Words words, CancellationToken cancellationToken)
    {
        var versions = await workflows.VersionsAsync(id, cancellationToken);
        var used = versions.FirstOrDefault(v => v.Version.Published)?.Version.Version;
        var active = versions.Sum(v => v.RunsActive);
        return TypedResults.Ok(
            new
            {
                active,
                version = used,
                text = used is null
                    ? words.T("No version is in use yet: new runs will start with this one.", "尚无使用中的版本：新的运行将使用本版本。")
                    : words.T(
                        $"Version {used} is in use. {active} active runs keep their version; new runs start with this one. Running ones can be migrated afterwards, with a preview, on the workflow's page.",
                        $"第 {used} 版正在使用。{active} 个进行中的运行保持原版本，新的运行将使用本版本。之后可在流程页预览并迁移进行中的运行。"
                    ),
            }
        );
    }

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
        var model = DefinitionModel.Present(stored with { Revision = null }, mayEdit: false, asStored: true);
        model.Remove("links");
        var text =
            model["root"] is JsonObject
                ? JsonSerializer.SerializeToUtf8Bytes(model, StoredJson.Options)
                : Encoding.UTF8.GetBytes(stored.Json); // what cannot be read can be mended only as it is
        return TypedResults.File(text, "application/json", id + ".json");
    }

    private static IResult Shown(StoredDefinition? stored, HttpContext http, Words words)
    {
        if (stored is null)
            return TypedResults.NotFound();
        var model = DefinitionModel.Present(stored, http.User.May(Permissions.EditWorkflows));
        // Drawn as an empty canvas, the next save would drop what it was.
        return model["root"] is JsonObject ? TypedResults.Ok(model) : Answers.Refused(words, "root", Answers.Unreadable);
    }

    internal static JsonObject Summary(StoredDefinition stored, bool mayEdit)
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
