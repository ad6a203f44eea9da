using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules.Lab;
using CampaignFlow.Metrics;
using CampaignFlow.Shell;
using CampaignFlow.Workflows.Versions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace CampaignFlow.Rules.Lab;

/// <summary>What the lab's forms do. Analysts and managers write, a manager publishes.</summary>
public static class LabApi
{
    private const long LargestFile = 10 * 1024 * 1024;
    private const string File = "file";

    public static IEndpointRouteBuilder MapRuleLab(this IEndpointRouteBuilder routes)
    {
        var lab = routes.MapGroup("/rules/{id}/lab").RequireAuthorization(Permissions.WriteRules);
        lab.MapPost("/check", CheckAsync);
        lab.MapPost("/backtest", BacktestAsync);
        lab.MapPost("/ask", AskAsync);
        lab.MapPost(
            "/keep-mine",
            (string id, HttpContext http, SaveRuleDraft save) =>
                SavedAsync(
                    http,
                    id,
                    save.KeepMineAsync(id, By(http), http.RequestAborted),
                    new("Your draft replaces the file as it now is.", "草稿将替换当前文件。")
                )
        );
        lab.MapPost(
            "/discard",
            (string id, HttpContext http, SaveRuleDraft save) =>
                SavedAsync(http, id, save.DiscardAsync(id, By(http), http.RequestAborted), new("The draft is thrown away.", "草稿已丢弃。"))
        );
        lab.MapPost(
            "/take",
            ([FromForm] string? hash, string id, HttpContext http, SaveRuleDraft save) =>
                SavedAsync(
                    http,
                    id,
                    save.TakeAsync(id, hash ?? "", By(http), http.RequestAborted),
                    new("The earlier text is the draft now.", "已将旧版本文本设为草稿。")
                )
        );
        routes.MapPost("/rules/{id}/lab/publish", PublishAsync).RequireAuthorization(Permissions.PublishRules);
        routes.MapPost("/rules/{id}/lab/return", ReturnAsync).RequireAuthorization(Permissions.PublishRules);
        return routes;
    }

    /// <summary>While somebody types: the sentence, the errors under the text, the findings. Nothing is kept.</summary>
    private static async Task<IResult> CheckAsync(string id, HttpContext http, LabQueries lab)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return new RazorComponentResult<LabCheckView>(
            new Dictionary<string, object?> { ["Shown"] = lab.Read(id, LabFields.TextOf(form)), ["FromForm"] = LabFields.IsForm(form) }
        );
    }

    private static async Task<IResult> BacktestAsync(
        string id,
        [FromForm] string? campaign,
        [FromForm] string? known,
        [FromForm] string? currency,
        IFormFile? file,
        HttpContext http,
        LabQueries lab,
        ProveRule prove,
        HistoryOfCampaign histories
    )
    {
        var stop = http.RequestAborted;
        if (await lab.FindAsync(id, stop) is not { } view)
            return Results.NotFound();
        if (view.Shown.Reading.Rule is not { } rule)
            return Back(
                http,
                id,
                new("The text has errors: mend the marked places first.", "文本有错误：请先修正标出的位置。"),
                Tone.Blocks
            );
        var (history, refusal) =
            campaign == File ? OfFile(file, currency) : await histories.OfAsync(campaign ?? "", known == "next-morning", stop);
        if (history is null)
            return Back(http, id, refusal!.Value, Tone.Blocks);
        var source = campaign == File ? file!.FileName : history.Campaign;
        var (proof, no) = await prove.HandleAsync(rule, history, source[..Math.Min(source.Length, 200)], http.User.DisplayName, stop);
        return no is { } slow ? Back(http, id, slow, Tone.Blocks)
            : proof!.MayPublish
                ? Back(http, id, new("The backtest is done; nothing speaks against the rule.", "回测完成，未发现阻碍。"), Tone.Holds)
            : Back(
                http,
                id,
                new("The backtest is done and refuses the rule; see the findings.", "回测完成，规则未通过，请查看结果。"),
                Tone.Look
            );
    }

    private static (History? History, Phrase? Refusal) OfFile(IFormFile? file, string? currency)
    {
        if (file is null || file.Length == 0)
            return (null, new("Choose a file that is not empty.", "请选择一个非空文件。"));
        if (file.Length > LargestFile)
            return (null, new("The file is larger than 10 MB.", "文件超过 10 MB。"));
        var money = (currency ?? "").Trim().ToUpperInvariant();
        if (money.Length != 3 || !money.All(char.IsAsciiLetterUpper))
            return (null, new("Name the currency of the file, such as CNY.", "请填写文件的币种，例如 CNY。"));
        using var stream = file.OpenReadStream();
        return HistoryOfFile.Of(MetricsFile.Read(stream, file.FileName, new() { Currency = money }), money, new());
    }

    private static async Task<IResult> AskAsync(string id, [FromForm] int version, HttpContext http, PublishRule publish) =>
        After(http, id, await publish.AskAsync(id, version, By(http), http.RequestAborted));

    private static async Task<IResult> PublishAsync(string id, [FromForm] int version, HttpContext http, PublishRule publish, LiveFeed feed)
    {
        var publication = await publish.PublishAsync(id, version, By(http), http.RequestAborted);
        feed.Changed();
        return After(http, id, publication);
    }

    private static async Task<IResult> ReturnAsync(
        string id,
        [FromForm] int version,
        [FromForm] string? why,
        HttpContext http,
        PublishRule publish
    ) =>
        await publish.ReturnAsync(id, version, why ?? "", By(http), http.RequestAborted) is { } refusal
            ? Back(http, id, refusal, Tone.Blocks)
            : Back(http, id, new("The draft is sent back.", "草稿已退回。"), Tone.Holds);

    private static IResult After(HttpContext http, string id, Publication publication) =>
        publication switch
        {
            Publication.Done => Back(
                http,
                id,
                new("The rule is in force from the next check on.", "规则自下次检查起生效。"),
                Tone.Holds,
                $"/rules/{id}"
            ),
            Publication.Asked => Back(
                http,
                id,
                new("It waits for a second person, because the rule moves money.", "规则涉及资金，正等待第二人确认。"),
                Tone.YourTurn
            ),
            Publication.Refused refused => Back(http, id, refused.Why, Tone.Blocks),
            _ => throw new InvalidOperationException(publication.GetType().Name),
        };

    private static async Task<IResult> SavedAsync(HttpContext http, string id, Task<Phrase?> work, Phrase done)
    {
        var refusal = await work;
        var gone = refusal is null && http.Request.Path.Value!.EndsWith("/discard", StringComparison.Ordinal);
        return Back(http, id, refusal ?? done, refusal is null ? Tone.Holds : Tone.Blocks, gone ? "/rules" : null);
    }

    private static IResult Back(HttpContext http, string id, Phrase said, Tone tone, string? to = null)
    {
        Toast.After(http, said, tone);
        return Results.LocalRedirect(to ?? $"/rules/{Uri.EscapeDataString(id)}/lab");
    }

    internal static Author By(HttpContext http) => new(http.User.PersonId ?? Guid.Empty, http.User.DisplayName);
}
