using System.Globalization;
using System.Text;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CsvHelper;
using CsvHelper.Configuration;

namespace CampaignFlow.Workflows.Incidents;

/// <summary>The incidents of all runs for machines and spreadsheets, and trying many again at once.</summary>
internal static class IncidentsApi
{
    /// <summary>Of one request: a person who has more should mend the cause first.</summary>
    public const int MostAtOnce = 1000;

    private const int MostRows = 50_000;
    private const int PerPage = 100;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/incidents", ListAsync);
        routes.MapGet("/incidents.csv", CsvAsync);
        routes.MapPost("/incidents/retry", RetryAsync).RequireAuthorization(Permissions.RunJobs);
    }

    private static async Task<IResult> ListAsync(
        HttpContext http,
        int? page,
        IncidentQueries incidents,
        CancellationToken cancellationToken
    )
    {
        var filter = IncidentFilter.Of(http.Request.Query);
        var skip = (Math.Clamp(page ?? 1, 1, 10_000) - 1) * PerPage;
        var lines = await incidents.ListAsync(filter, skip, PerPage, cancellationToken);
        return Results.Ok(
            new
            {
                count = await incidents.CountAsync(filter, cancellationToken),
                incidents = lines.Select(i => new
                {
                    i.Run,
                    i.Execution,
                    i.Step,
                    i.Kind,
                    i.Error,
                    i.Attempts,
                    i.At,
                    workflow = i.DefinitionId,
                    i.Version,
                    campaign = i.Campaign?.Code,
                }),
            }
        );
    }

    private static async Task CsvAsync(HttpContext http, IncidentQueries incidents, Words words)
    {
        http.Response.ContentType = "text/csv; charset=utf-8";
        http.Response.Headers.ContentDisposition = "attachment; filename=\"incidents.csv\"";
        // Excel reads UTF-8 only with a mark; what begins like a formula gets an apostrophe.
        await using var text = new StreamWriter(http.Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        await using var csv = new CsvWriter(
            text,
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                InjectionOptions = InjectionOptions.Escape,
                InjectionEscapeCharacter = '\'',
            }
        );
        await WriteAsync(
            csv,
            words.T("At (UTC)", "时间（UTC）"),
            words.T("Workflow", "流程"),
            words.T("Version", "版本"),
            words.T("Campaign", "活动"),
            words.T("Step", "步骤"),
            words.T("Kind", "类型"),
            words.T("Attempts", "已尝试次数"),
            words.T("Error", "错误"),
            words.T("Run", "运行"),
            words.T("Execution", "执行")
        );
        var lines = await incidents.ListAsync(IncidentFilter.Of(http.Request.Query), 0, MostRows, http.RequestAborted);
        foreach (var line in lines)
            await WriteAsync(
                csv,
                line.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
                line.Workflow,
                line.Version.ToString(CultureInfo.InvariantCulture),
                line.Campaign?.Name,
                words.T(line.Step),
                words.T(line.Kind),
                line.Attempts.ToString(CultureInfo.InvariantCulture),
                line.Error,
                line.Run.ToString(),
                line.Execution
            );
    }

    private static Task WriteAsync(CsvWriter csv, params string?[] cells)
    {
        foreach (var cell in cells)
            csv.WriteField(cell);
        return csv.NextRecordAsync();
    }

    /// <param name="form"><c>incident</c>: the chosen ones, as RUN/EXECUTION; with <c>all</c> those that the filter shows.</param>
    private static async Task<IResult> RetryAsync(
        IFormCollection form,
        HttpContext http,
        IncidentQueries incidents,
        TendRun tend,
        CancellationToken cancellationToken
    )
    {
        var filter = IncidentFilter.Of(form["workflow"], form["kind"], form["age"], form["text"]);
        var chosen =
            form["all"] == "1"
                ? [.. (await incidents.ListAsync(filter, 0, MostAtOnce, cancellationToken)).Select(i => i.Key)]
                : form["incident"].OfType<string>().Distinct(StringComparer.Ordinal).Take(MostAtOnce).ToList();
        var refusals = new List<Phrase>();
        var done = 0;
        foreach (var (run, execution) in chosen.Select(Read).OfType<(Guid, string?)>())
        {
            var tended = await tend.RetryAsync(run, execution, http.User.DisplayName, form["reason"], cancellationToken);
            if (tended.Done)
                done++;
            else
                refusals.Add(tended.Says);
        }
        Toast.After(http, Said(done, refusals), refusals.Count > 0 || done == 0 ? Tone.Blocks : Tone.Holds);
        return Results.LocalRedirect("/incidents" + QueryString.Create(filter.Fields));
    }

    private static (Guid Run, string? Execution)? Read(string key) =>
        key.Split('/', 2) is [var run, var execution] && Guid.TryParse(run, out var id)
            ? (id, execution.Length == 0 ? null : execution)
            : null;

    private static Phrase Said(int done, List<Phrase> refusals)
    {
        if (done == 0 && refusals.Count == 0)
            return new("Tick at least one incident.", "请至少勾选一项异常。");
        var tried = new Phrase($"{done} tried again.", $"已重试 {done} 项。");
        return refusals.Count == 0
            ? tried
            : new(
                $"{tried.En} {refusals.Count} could not be: {refusals[0].En}",
                $"{tried.Zh}{refusals.Count} 项未能重试：{refusals[0].Zh}"
            );
    }
}
