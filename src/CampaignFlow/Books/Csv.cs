using System.Text;

namespace CampaignFlow.Books;

/// <summary>Comma-separated text (RFC 4180) that spreadsheets open as it is: UTF-8 with a mark at the front, CRLF.</summary>
internal static class Csv
{
    public static IResult File(string name, IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
            text.AppendJoin(',', row.Select(Cell)).Append("\r\n");
        return Results.File([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(text.ToString())], "text/csv; charset=utf-8", name);
    }

    /// <summary>A text that begins like a formula would be run as one by a spreadsheet; numbers may begin with a minus.</summary>
    private static string Cell(string text)
    {
        var isNumber = decimal.TryParse(
            text,
            System.Globalization.NumberStyles.Number,
            System.Globalization.CultureInfo.InvariantCulture,
            out _
        );
        if (!isNumber && text is ['=' or '+' or '-' or '@' or '\t', ..])
            text = "'" + text;
        return text.AsSpan().IndexOfAny(",\"\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
