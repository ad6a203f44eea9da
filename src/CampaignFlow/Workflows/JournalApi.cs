using System.Globalization;
using System.Text;
using System.Text.Json;
using CampaignFlow.Shell;
using CsvHelper;
using CsvHelper.Configuration;

namespace CampaignFlow.Workflows;

/// <summary>A run's journal as a file, with the filters of its page; it is written while it is read.</summary>
internal static class JournalApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(
            "/runs/{id:guid}/journal.csv",
            (HttpContext http, Guid id) => WriteAsync(http, id, "text/csv; charset=utf-8", "csv", CsvAsync)
        );
        routes.MapGet(
            "/runs/{id:guid}/journal.json",
            (HttpContext http, Guid id) => WriteAsync(http, id, "application/json", "json", JsonAsync)
        );
    }

    public static JournalFilter FilterOf(IQueryCollection query) => new(Asked(query["step"]), Asked(query["what"]));

    private static string? Asked(string? value) => string.IsNullOrEmpty(value) ? null : value;

    private static async Task WriteAsync(
        HttpContext http,
        Guid id,
        string type,
        string extension,
        Func<HttpContext, IAsyncEnumerable<RunJournal>, Task> write
    )
    {
        if (await http.RequestServices.GetRequiredService<RunQueries>().WaitingAsync(id, http.RequestAborted) is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        http.Response.ContentType = type;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"run-{id:N}.{extension}\"";
        var journal = http.RequestServices.GetRequiredService<JournalQueries>();
        await write(http, journal.AllAsync(id, FilterOf(http.Request.Query), http.RequestAborted));
    }

    private static async Task CsvAsync(HttpContext http, IAsyncEnumerable<RunJournal> lines)
    {
        var words = http.RequestServices.GetRequiredService<Words>();
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
        foreach (
            var head in new[]
            {
                "#",
                words.T("At (UTC)", "时间（UTC）"),
                words.T("Event", "事件"),
                words.T("Step", "步骤"),
                words.T("Step id", "步骤标识"),
                words.T("Type", "类型"),
                words.T("Execution", "执行"),
                words.T("Detail", "详情"),
                words.T("Values", "数据"),
                words.T("Trace", "追踪"),
            }
        )
            csv.WriteField(head);
        await csv.NextRecordAsync();
        await foreach (var line in lines)
        {
            csv.WriteField(line.Seq);
            csv.WriteField(line.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture));
            foreach (
                var cell in new[]
                {
                    line.What,
                    line.ActivityName,
                    line.Activity,
                    line.Type,
                    line.Execution,
                    line.Text,
                    line.Data,
                    line.Trace,
                }
            )
                csv.WriteField(cell);
            await csv.NextRecordAsync();
        }
    }

    private static Task JsonAsync(HttpContext http, IAsyncEnumerable<RunJournal> lines) =>
        JsonSerializer.SerializeAsync(http.Response.Body, lines, JsonSerializerOptions.Web, http.RequestAborted);
}
