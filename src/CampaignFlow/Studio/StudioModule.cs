using CampaignFlow.Accounts;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;
using CampaignFlow.Workflows;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CampaignFlow.Studio;

/// <summary>The visual designer: Elsa Studio's files, the part of Elsa's REST API that it calls, and the pages that hold it.</summary>
public static class StudioModule
{
    /// <summary>The OpenAPI document of the designer's API.</summary>
    public const string Document = "studio";

    /// <summary>The designer's boot script is the one that stands in a page; the rest is what WebAssembly and its editors need.</summary>
    private const string Policy =
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' 'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc='; "
        + "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

    public static IServiceCollection AddStudio(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options => options.SerializerOptions.MaxDepth = DefinitionJson.DeepestAnswer);
        services.AddSingleton<StudioFiles>();
        services.AddSingleton<UsedTypes>();
        services.AddScoped<PaletteQueries>();
        services.AddScoped<DefinitionQueries>();
        services.AddScoped<DraftChecks>();
        services.AddScoped<SaveRevision>();
        services.AddScoped<PublishDraft>();
        services.AddScoped<InstanceQueries>();
        services.AddSingleton<RunWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<RunWatch>());
        services.AddSignalR();
        return services;
    }

    public static IEndpointRouteBuilder MapStudio(this IEndpointRouteBuilder routes)
    {
        routes
            .MapMethods("/studio/{version}/{**path}", ["GET", "HEAD"], Serve)
            .AllowAnonymous()
            .WithMetadata(OpenFile.Mark)
            .ExcludeFromDescription();
        routes.MapGet(DesignerAhead.Path, () => TypedResults.Json(DesignerAhead.Rules, contentType: "application/speculationrules+json"));
        // The designer only runs on pages below its base, so ours are addresses that lead there.
        routes.MapGet("/workflows/{id}/design", (string id, StudioFiles files) => ToPage(files, "workflows", id));
        routes.MapGet("/runs/{id:guid}/viewer", (Guid id, StudioFiles files) => ToPage(files, "runs", id.ToString()));
        routes.MapGet("/studio/{version}/workflows/{id}", Designer);
        routes.MapGet("/studio/{version}/runs/{id:guid}", Viewer);
        // Where the designer goes by itself, as it names these places: below its base, or at the root.
        foreach (var root in new[] { "/studio/{version}", "" })
        {
            routes.MapGet(root + "/workflows/definitions", () => ToOurs("/workflows"));
            routes.MapGet(
                root + "/workflows/definitions/{id}/edit",
                (string id) => ToOurs($"/workflows/{Uri.EscapeDataString(id)}/design")
            );
            routes.MapGet(root + "/workflows/instances", () => ToOurs("/runs"));
            routes.MapGet(root + "/workflows/instances/{id}/view", (string id) => ToOurs($"/runs/{Uri.EscapeDataString(id)}"));
        }
        routes.MapPost("/workflows", New).RequireAuthorization(Permissions.EditWorkflows);
        routes.MapRevisions();
        var api = routes.MapGroup("/elsa/api").WithGroupName(Document);
        api.MapDescriptors();
        api.MapDefinitions();
        api.MapEdits();
        api.MapConditions();
        api.MapExecutions();
        api.MapInstances();
        api.MapDryWay();
        api.MapProblems();
        routes.MapHub<RunHub>("/elsa/hubs/workflow-instance");
        return routes;
    }

    private static IResult Serve(HttpContext http, string version, string? path, StudioFiles files) =>
        version != files.Version || path is null ? TypedResults.NotFound()
        : path == "appsettings.json" ? StudioFiles.Settings(http)
        : files.Serve(http, path);

    private static async Task<IResult> New(
        [FromForm] string? name,
        HttpContext http,
        SaveRevision save,
        CancellationToken cancellationToken
    )
    {
        var outcome = await save.HandleAsync(DefinitionModel.Empty(name ?? ""), http.User.DisplayName, cancellationToken);
        if (outcome.Draft is { } draft)
            return TypedResults.LocalRedirect($"/workflows/{draft.DefinitionId}/design");
        Toast.After(http, outcome.Refusal!.Value.Why, Tone.Blocks);
        return TypedResults.LocalRedirect("/workflows");
    }

    private static RedirectHttpResult ToOurs(string path) => TypedResults.LocalRedirect(path);

    private static RedirectHttpResult ToPage(StudioFiles files, string kind, string id) =>
        TypedResults.LocalRedirect($"{files.Base}{kind}/{Uri.EscapeDataString(id)}");

    private static IResult Designer(HttpContext http, string version, string id, StudioFiles files)
    {
        if (version != files.Version)
            return ToPage(files, "workflows", id);
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return new RazorComponentResult<DesignerPage>(new { Id = id });
    }

    private static IResult Viewer(HttpContext http, string version, Guid id, StudioFiles files)
    {
        if (version != files.Version)
            return ToPage(files, "runs", id.ToString());
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return new RazorComponentResult<ViewerPage>(new { Id = id });
    }
}
