using System.Globalization;
using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using Microsoft.AspNetCore.Mvc;

namespace CampaignFlow.Metrics;

/// <summary>Upload, import, discard.</summary>
public static class MetricsApi
{
    private const int LargestFile = 20 * 1024 * 1024;

    public static IEndpointRouteBuilder MapMetrics(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/metrics/{code}/uploads").RequireAuthorization(Permissions.ImportMetrics);
        group.MapPost("", UploadAsync);
        group.MapPost("{key}/import", ImportAsync);
        group.MapPost("{key}/discard", DiscardAsync);
        return routes;
    }

    /// <summary>Reading options as the preview's address and the import's form carry them.</summary>
    public static MetricsFileOptions Options(Campaign campaign, string? channel, string? day, string? dates) =>
        new()
        {
            Currency = campaign.Currency,
            Channel = string.IsNullOrWhiteSpace(channel) ? null : channel.Trim(),
            Day = DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var set) ? set : null,
            DateOrder = Enum.TryParse<DateOrder>(dates, out var order) && Enum.IsDefined(order) ? order : null,
        };

    private static async Task<IResult> UploadAsync(
        string code,
        IFormFile? file,
        HttpContext http,
        CampaignList campaigns,
        UploadShelf shelf,
        CancellationToken cancellationToken
    )
    {
        if (await campaigns.FindAsync(code, cancellationToken) is not { } campaign || http.User.PersonId is not { } person)
            return Results.NotFound();
        if (file is null || file.Length == 0)
            return Back(http, code, new("Choose a file that is not empty.", "请选择一个非空文件。"));
        if (file.Length > LargestFile)
            return Back(
                http,
                code,
                new(
                    "The file is larger than 20 MB: export a shorter period and import the parts one after another.",
                    "文件超过 20 MB：请缩短导出的时间段，分几次导入。"
                )
            );
        using var bytes = new MemoryStream((int)file.Length);
        await file.CopyToAsync(bytes, cancellationToken);
        var upload = await shelf.PutAsync(campaign.Id, person, file.FileName, bytes.ToArray(), cancellationToken);
        return Results.LocalRedirect($"/metrics/{campaign.Code}/uploads/{upload.Key}");
    }

    private static async Task<IResult> ImportAsync(
        string code,
        string key,
        [FromForm] string? channel,
        [FromForm] string? day,
        [FromForm] string? dates,
        HttpContext http,
        CampaignList campaigns,
        UploadShelf shelf,
        ImportMetrics import,
        CancellationToken cancellationToken
    )
    {
        if (await campaigns.FindAsync(code, cancellationToken) is not { } campaign || http.User.PersonId is not { } person)
            return Results.NotFound();
        if (await shelf.FindAsync(campaign.Id, person, key, cancellationToken) is not { } upload)
            return Back(http, code, new("This upload has expired. Choose the file again.", "这次上传已过期，请重新选择文件。"));
        var report = await import.ImportAsync(
            campaign.Id,
            upload.FileName,
            upload.Bytes,
            http.User.DisplayName,
            options: Options(campaign, channel, day, dates),
            cancellationToken: cancellationToken
        );
        shelf.Remove(upload);
        Toast.After(
            http,
            report.Accepted
                ? new(
                    $"{report.FactsNew} new, {report.FactsRestated} restated, {report.FactsUnchanged} unchanged, {report.RowsRejected} rejected.",
                    $"新增 {report.FactsNew}，修订 {report.FactsRestated}，未变 {report.FactsUnchanged}，拒绝 {report.RowsRejected}。"
                )
                : new("Nothing was imported; see why.", "没有导入任何数据，请查看原因。"),
            report.Accepted && report.RowsRejected == 0 ? Tone.Holds : Tone.Look
        );
        return Results.LocalRedirect($"/metrics/{campaign.Code}/imports/{report.BatchId}");
    }

    private static async Task<IResult> DiscardAsync(
        string code,
        string key,
        HttpContext http,
        CampaignList campaigns,
        UploadShelf shelf,
        CancellationToken cancellationToken
    )
    {
        if (await campaigns.FindAsync(code, cancellationToken) is not { } campaign || http.User.PersonId is not { } person)
            return Results.NotFound();
        if (await shelf.FindAsync(campaign.Id, person, key, cancellationToken) is { } upload)
            shelf.Remove(upload);
        return Back(http, code, new("Discarded; nothing was imported.", "已放弃，没有导入任何数据。"), Tone.Quiet);
    }

    private static IResult Back(HttpContext http, string code, Phrase said, Tone tone = Tone.Blocks)
    {
        Toast.After(http, said, tone);
        return Results.LocalRedirect($"/metrics?campaign={Uri.EscapeDataString(code)}");
    }
}
