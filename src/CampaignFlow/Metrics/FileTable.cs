using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace CampaignFlow.Metrics;

/// <summary>The cells of a text file under one delimiter, with the lines on which rows begin.</summary>
internal sealed class FileTable
{
    private const int LongestCell = 20_000;

    private FileTable(char delimiter) => Delimiter = delimiter;

    public char Delimiter { get; }
    public List<Row> Rows { get; } = [];

    /// <summary>The line at which reading had to stop: a quote that never closes, or too many rows.</summary>
    public int? BrokenAt { get; private set; }

    public bool TooMany { get; private set; }

    public static FileTable Read(string text, char delimiter, int mostRows)
    {
        var table = new FileTable(delimiter);
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter.ToString(),
            BadDataFound = null,
            IgnoreBlankLines = false,
            TrimOptions = TrimOptions.Trim,
            MaxFieldSize = LongestCell,
        };
        using var parser = new CsvParser(new StringReader(text), configuration);
        var line = 1;
        try
        {
            while (parser.Read())
            {
                if (table.Rows.Count >= mostRows)
                {
                    table.TooMany = true;
                    return table;
                }
                table.Rows.Add(new(line, [.. (parser.Record ?? []).Select(c => c.Trim().Trim('\uFEFF'))]));
                line = parser.RawRow + 1;
            }
        }
        catch (CsvHelperException)
        {
            table.BrokenAt = line;
        }
        return table;
    }

    /// <param name="Line">From 1.</param>
    public sealed record Row(int Line, string[] Cells)
    {
        public bool Blank => Cells.All(c => c.Length == 0);

        public string this[int index] => index < Cells.Length ? Cells[index] : "";
    }
}
