using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using Microsoft.AspNetCore.Mvc;

namespace CampaignFlow.Workflows.Versions;

/// <summary>Publish, retract and revert versions; migrate runs, go on with it, and take them back.</summary>
public static class VersionsApi
{
    public static IEndpointRouteBuilder MapVersions(this IEndpointRouteBuilder routes)
    {
        var versions = routes.MapGroup("/workflows/{id}/versions/{version:int}").RequireAuthorization(Permissions.PublishWorkflows);
        versions.MapPost("/publish", PublishAsync);
        versions.MapPost("/retract", RetractAsync);
        versions.MapPost("/revert", RevertAsync);
        routes.MapPost("/workflows/{id}/file", WriteToFileAsync).RequireAuthorization(Permissions.PublishWorkflows);
        routes.MapPost("/workflows/{id}/migrations", MigrateAsync).RequireAuthorization(Permissions.PublishWorkflows);
        var migrations = routes.MapGroup("/migrations/{id:guid}").RequireAuthorization(Permissions.PublishWorkflows);
        migrations.MapPost("/continue", ContinueAsync);
        migrations.MapPost("/roll-back", RollBackAsync);
        return routes;
    }

    private static async Task<IResult> PublishAsync(
        string id,
        int version,
        HttpContext http,
        PublishVersion publish,
        CancellationToken cancellationToken
    ) => After(http, id, version, await publish.HandleAsync(id, version, By(http), cancellationToken));

    private static async Task<IResult> RetractAsync(
        string id,
        int version,
        HttpContext http,
        RetractVersion retract,
        CancellationToken cancellationToken
    )
    {
        var refusal = await retract.HandleAsync(id, version, By(http), cancellationToken);
        Toast.After(
            http,
            refusal ?? new($"Version {version} is retracted.", $"第 {version} 版已撤回。"),
            refusal is null ? Tone.Holds : Tone.Blocks
        );
        return Back(id, version);
    }

    private static async Task<IResult> RevertAsync(
        string id,
        int version,
        HttpContext http,
        RevertTo revert,
        CancellationToken cancellationToken
    )
    {
        var (made, publication) = await revert.HandleAsync(id, version, By(http), cancellationToken);
        return After(http, id, made ?? version, publication);
    }

    private static async Task<IResult> WriteToFileAsync(
        string id,
        [FromForm] string? seen,
        HttpContext http,
        WriteToFile write,
        CancellationToken cancellationToken
    )
    {
        var refusal = await write.HandleAsync(id, seen ?? "", By(http), cancellationToken);
        Toast.After(
            http,
            refusal ?? new($"{id}.json now says what is in use.", $"{id}.json 已与使用中的版本一致。"),
            refusal is null ? Tone.Holds : Tone.Blocks
        );
        return Results.LocalRedirect($"/workflows/{Uri.EscapeDataString(id)}");
    }

    private static IResult After(HttpContext http, string id, int version, Publication publication)
    {
        var (text, tone) = publication switch
        {
            Publication.Done => (new Phrase($"Version {version} is in use.", $"第 {version} 版已投入使用。"), Tone.Holds),
            Publication.Asked => (
                new Phrase(
                    $"Version {version} waits for a second person, because the workflow moves money or decides on it.",
                    $"第 {version} 版正等待第二人确认，因为该流程涉及资金。"
                ),
                Tone.YourTurn
            ),
            Publication.Refused refused => (refused.Why, Tone.Blocks),
            _ => throw new InvalidOperationException(publication.GetType().Name),
        };
        Toast.After(http, text, tone);
        return Back(id, version);
    }

    private static async Task<IResult> MigrateAsync(
        string id,
        [FromForm] Guid migration,
        [FromForm] int from,
        [FromForm] int to,
        HttpContext http,
        MigrateRuns migrate,
        MigrationWork work,
        CancellationToken cancellationToken
    )
    {
        var form = await http.Request.ReadFormAsync(cancellationToken);
        var mapping = MappingFields.Read(form["map"]);
        var runs = form["all"].Count > 0 ? null : form["run"].Select(r => Guid.TryParse(r, out var run) ? run : Guid.Empty).ToHashSet();
        var refusal = runs is { Count: 0 }
            ? new Phrase("Choose at least one run.", "请至少选择一个运行。")
            : await migrate.PrepareAsync(new(migration, id, from, to, mapping, runs, http.User.DisplayName), cancellationToken);
        if (refusal is { } no)
        {
            Toast.After(http, no, Tone.Blocks);
            return Results.LocalRedirect(
                $"/workflows/{Uri.EscapeDataString(id)}/migrate?preview=1&{MappingFields.Write(from, to, mapping)}"
            );
        }
        await work.SoonAsync(migration);
        return Results.LocalRedirect($"/migrations/{migration}");
    }

    private static async Task<IResult> ContinueAsync(
        Guid id,
        MigrationQueries migrations,
        MigrationWork work,
        CancellationToken cancellationToken
    )
    {
        if (await migrations.ReportAsync(id, 0, cancellationToken) is null)
            return Results.NotFound();
        await work.SoonAsync(id);
        return Results.LocalRedirect($"/migrations/{id}");
    }

    private static async Task<IResult> RollBackAsync(
        Guid id,
        [FromForm] Guid? run,
        HttpContext http,
        MigrationQueries migrations,
        RollBackMigration rollBack,
        LiveFeed feed,
        CancellationToken cancellationToken
    )
    {
        if (await migrations.ReportAsync(id, 0, cancellationToken) is null)
            return Results.NotFound();
        var (back, refused) = await rollBack.HandleAsync(id, run, By(http), cancellationToken);
        feed.Changed();
        Toast.After(
            http,
            refused == 0
                ? new($"{back} runs went back.", $"已退回 {back} 个运行。")
                : new(
                    $"{back} runs went back, {refused} have moved on since and stay.",
                    $"已退回 {back} 个运行，{refused} 个此后已继续执行，保持不变。"
                ),
            refused == 0 ? Tone.Holds : Tone.Look
        );
        return Results.LocalRedirect($"/migrations/{id}");
    }

    private static Author By(HttpContext http) => new(http.User.PersonId ?? Guid.Empty, http.User.DisplayName);

    private static IResult Back(string id, int version) =>
        Results.LocalRedirect($"/workflows/{Uri.EscapeDataString(id)}?version={version}");
}
