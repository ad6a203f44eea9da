using System.Globalization;
using System.Text;
using CampaignFlow.Campaigns;
using CampaignFlow.Shell;

namespace CampaignFlow.Administration;

/// <summary>The history as a file for a spreadsheet, with the filters of the page.</summary>
internal static class AuditCsv
{
    private const int MostRows = 50_000;

    public static async Task<IResult> AnswerAsync(
        HttpContext http,
        AdministrationQueries administration,
        CampaignList campaigns,
        Words words,
        CancellationToken cancellationToken
    )
    {
        var filter = await FilterAsync(http.Request.Query, campaigns, words, cancellationToken);
        var text = new StringBuilder("\uFEFF"); // Excel reads UTF-8 only with it
        text.AppendLine(
            Row(words.T("At (UTC)", "时间（UTC）"), words.T("Who", "谁"), words.T("Campaign", "活动"), words.T("What", "内容"))
        );
        foreach (var line in await administration.AuditAsync(filter, 0, MostRows, cancellationToken))
            text.AppendLine(
                Row(
                    line.Event.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                    line.Event.Who,
                    line.Campaign?.Code ?? "",
                    words.T(line.Event.Text)
                )
            );
        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "audit.csv");
    }

    public static async Task<AuditFilter> FilterAsync(
        IQueryCollection query,
        CampaignList campaigns,
        Words words,
        CancellationToken cancellationToken
    )
    {
        var code = query["campaign"].ToString();
        // An unknown campaign has no history; it must not show everybody's.
        Guid? campaign = code.Length == 0 ? null : (await campaigns.FindAsync(code, cancellationToken))?.Id ?? Guid.Empty;
        return new(
            campaign,
            query["who"],
            query["text"].ToString().Trim(),
            Start(query["from"], words.Zone, 0),
            Start(query["to"], words.Zone, 1)
        );
    }

    private static DateTimeOffset? Start(string? day, TimeZoneInfo zone, int later)
    {
        if (
            !DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            || date.Year is < 1990 or > 2200
        )
            return null;
        var local = date.AddDays(later).ToDateTime(TimeOnly.MinValue);
        if (zone.IsInvalidTime(local))
            local = local.AddHours(1); // summer time begins at midnight
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private static string Row(params IEnumerable<string> cells) => string.Join(',', cells.Select(Cell));

    /// <summary>A cell that begins like a formula would be run by a spreadsheet: it gets an apostrophe.</summary>
    private static string Cell(string text)
    {
        var safe = text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\n\r") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
