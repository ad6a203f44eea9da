using System.Text.RegularExpressions;
using CampaignFlow.Engine;
using static CampaignFlow.Metrics.MetricField;

namespace CampaignFlow.Metrics;

/// <summary>One reading of one file: find the header, sort the rows, add up what belongs together.</summary>
internal sealed partial class MetricsReading(string file, string hash, string encoding, string text, MetricsFileOptions options)
{
    private static readonly MetricField[] Measures = [Impressions, Clicks, Spend, Conversions, Leads, Revenue];
    private const int HeaderWithin = 200;

    private readonly List<Problem> problems = [];
    private readonly List<Problem> notices = [];
    private readonly List<TotalsCheck> checks = [];
    private readonly RowSums sums = new();
    private FileTable table = null!;
    private Dictionary<MetricField, RecognisedColumn> columns = [];
    private List<RecognisedColumn> levels = [];
    private RowReader reader = null!;
    private int blank,
        comments,
        repeated,
        totals,
        noNumbers,
        read,
        rejected;

    public MetricsFile Read()
    {
        if (FindHeader() is not { } header)
            return Result(recognised: false, 0);
        var data = table.Rows.Skip(header + 1).ToList();
        var flatColumns = columns.Values.Concat(levels).OrderBy(c => c.Index).ToList();
        if (table.TooMany)
            return Refuse(0, FileWords.TooManyRows(options.MostRows), header);
        if (WrongCurrency() is { } foreign)
            return Refuse(table.Rows[header].Line, FileWords.OtherCurrency(foreign.Header, foreign.Currency!, options.Currency), header);
        if (Day(data) is not { } fixedDay)
            return Result(recognised: false, header);
        if (Order(data, table.Rows[header].Line) is not { } order)
            return Result(recognised: false, header);

        reader = new(file, columns, levels, options, order, fixedDay.Day, DecimalComma(data));
        var totalsRows = new List<(int Line, string Label, FileTable.Row Row)>();
        foreach (var row in data)
        {
            if (!TakeRow(row, table.Rows[header], flatColumns, totalsRows))
                break;
        }
        if (table.BrokenAt is { } broken)
            Add(new(file, broken, 1, FileWords.OpenQuote));
        foreach (var (line, label, row) in totalsRows)
            Compare(line, label, row);
        return Result(recognised: true, header);
    }

    /// <returns>False when another table begins here.</returns>
    private bool TakeRow(
        FileTable.Row row,
        FileTable.Row header,
        List<RecognisedColumn> known,
        List<(int, string, FileTable.Row)> totalsRows
    )
    {
        if (row.Blank)
            blank++;
        else if (row.Cells[0].StartsWith('#') && !reader.HasDay(row))
            comments++;
        else if (row.Cells.SequenceEqual(header.Cells, StringComparer.OrdinalIgnoreCase))
            repeated++;
        else if (TotalsLabel(row, known) is { } label)
        {
            totals++;
            if (!label.StartsWith("小计", StringComparison.Ordinal))
                totalsRows.Add((row.Line, label, row));
        }
        else if (IsHeader(options.Columns.Read(row.Cells), needsDay: true))
        {
            notices.Add(new(file, row.Line, 1, FileWords.SecondTable));
            return false;
        }
        else
            TakeData(row, header);
        return true;
    }

    private void TakeData(FileTable.Row row, FileTable.Row header)
    {
        read++;
        if (row.Cells.Length > header.Cells.Length && row.Cells.Skip(header.Cells.Length).Any(c => c.Length > 0))
        {
            Reject(new(file, row.Line, header.Cells.Length + 1, FileWords.TooManyCells(row.Cells.Length, header.Cells.Length)));
            return;
        }
        switch (reader.Read(row))
        {
            case RowReader.Outcome.Refused refused:
                Reject(refused.Why);
                break;
            case RowReader.Outcome.Empty:
                noNumbers++;
                break;
            case RowReader.Outcome.Data data when sums.Add(data.Row, data.Level) is { } earlier:
                Reject(new(file, row.Line, 1, FileWords.Twice(data.Row.Channel, data.Row.Numbers.Date, earlier)));
                break;
        }
    }

    private int? FindHeader()
    {
        var best = (Row: -1, Columns: (IReadOnlyList<RecognisedColumn>)[], Table: (FileTable?)null);
        var nearest = (Count: 0, Cells: (IReadOnlyList<string>)[]);
        foreach (var delimiter in new[] { ',', '\t', ';', '|' })
        {
            if (!text.Contains(delimiter))
                continue;
            var candidate = FileTable.Read(text, delimiter, options.MostRows);
            for (var i = 0; i < Math.Min(candidate.Rows.Count, HeaderWithin); i++)
            {
                var found = options.Columns.Read(candidate.Rows[i].Cells);
                if (found.Count > nearest.Count || (nearest.Count == 0 && candidate.Rows[i].Cells.Length > nearest.Cells.Count))
                    nearest = (found.Count, candidate.Rows[i].Cells);
                if (!IsHeader(found, needsDay: false))
                    continue;
                if (found.Count > best.Columns.Count)
                    best = (i, found, candidate);
                break;
            }
        }
        if (best.Table is null)
        {
            Add(new(file, 0, 0, FileWords.NotRecognised(nearest.Cells, options.Channel is not null)));
            return null;
        }
        table = best.Table;
        columns = best.Columns.Where(c => c.Field != Level).ToDictionary(c => c.Field);
        levels = [.. best.Columns.Where(c => c.Field == Level)];
        return best.Row;
    }

    private bool IsHeader(IReadOnlyList<RecognisedColumn> found, bool needsDay)
    {
        var fields = found.Select(c => c.Field).ToHashSet();
        return fields.Count >= 3
            && (fields.Contains(Spend) || fields.Contains(Clicks))
            && (options.Channel is not null || fields.Contains(MetricField.Channel) || fields.Contains(Plan))
            && (!needsDay || fields.Contains(MetricField.Day) || fields.Contains(PeriodStart));
    }

    private RecognisedColumn? WrongCurrency() =>
        columns.Values.FirstOrDefault(c =>
            c.Field is Spend or Revenue
            && c.Currency is { } named
            && !string.Equals(named, options.Currency, StringComparison.OrdinalIgnoreCase)
        );

    /// <returns>Null when the day of the rows is not known; a day only for files without a date column.</returns>
    private (DateOnly? Day, bool)? Day(List<FileTable.Row> data)
    {
        if (columns.ContainsKey(MetricField.Day) || columns.ContainsKey(PeriodStart))
            return (null, true);
        if (options.Day is { } given)
            return (given, true);
        if (CellDate.InFileName(file) is { } named)
        {
            notices.Add(new(file, 0, 0, FileWords.DayFromName(named)));
            return (named, true);
        }
        Add(new(file, data.Count > 0 ? data[0].Line - 1 : 1, 0, FileWords.NoDay));
        return null;
    }

    private DateOrder? Order(List<FileTable.Row> data, int headerLine)
    {
        if (options.DateOrder is { } given)
            return given;
        var column = columns.GetValueOrDefault(MetricField.Day) ?? columns.GetValueOrDefault(PeriodStart);
        if (column is null)
            return DateOrder.MonthFirst;
        var verdict = CellDate.Decide(data.Select(r => r[column.Index]), options.FlightStart, options.FlightEnd);
        if (verdict.Sure)
            return verdict.Order;
        var example = data.Select(r => r[column.Index]).First(c => c.Length > 0);
        Add(new(file, headerLine, column.Index + 1, FileWords.AmbiguousDates(column.Header, example)));
        return null;
    }

    /// <summary>How the file writes decimals: by its unmistakable cells, else by its delimiter.</summary>
    private bool DecimalComma(List<FileTable.Row> data)
    {
        var indexes = Measures.Where(columns.ContainsKey).Select(m => columns[m].Index).ToList();
        var said = data.SelectMany(row => indexes.Select(i => CellNumber.SaysDecimalComma(row[i]))).OfType<bool>().ToList();
        var comma = said.Count(s => s);
        return comma * 2 == said.Count ? table.Delimiter == ';' : comma * 2 > said.Count;
    }

    private string? TotalsLabel(FileTable.Row row, List<RecognisedColumn> known)
    {
        var first = row.Cells.FirstOrDefault(c => c.Length > 0) ?? "";
        var named = known.Where(c => c.Field is MetricField.Channel or Plan or MetricField.Day or PeriodStart).Select(c => row[c.Index]);
        foreach (var cell in named.Prepend(first))
        {
            // "Total Care" with a day is a channel; "Total: Account" never has a day.
            if (TotalsOnly().IsMatch(cell) || (TotalsWord().IsMatch(cell) && !reader.HasDay(row)))
                return cell;
        }
        // Some exports close with a row that has sums and no name at all.
        return
            !reader.HasDay(row)
            && reader.ChannelOf(row).Length == 0
            && reader.DayText(row).Length == 0
            && Measures.Any(m => reader.Number(row, m) is not null)
            ? "—"
            : null;
    }

    private void Compare(int line, string label, FileTable.Row row)
    {
        var day = reader.DayOf(row);
        foreach (var measure in Measures)
        {
            if (reader.Number(row, measure) is { } inFile)
                checks.Add(new(line, label, measure, inFile, sums.Total(measure, day)));
        }
    }

    private MetricsFile Refuse(int line, Phrase why, int header)
    {
        Add(new(file, line, line > 0 ? 1 : 0, why));
        return Result(recognised: false, header);
    }

    private void Reject(Problem why)
    {
        rejected++;
        Add(why);
    }

    private void Add(Problem problem)
    {
        if (problems.Count < MetricsFile.MostProblems)
            problems.Add(problem);
    }

    private MetricsFile Result(bool recognised, int header) =>
        new(file, hash, encoding, table is null ? "" : table.Delimiter.ToString())
        {
            Recognised = recognised,
            Columns = [.. columns.Values.Concat(levels).OrderBy(c => c.Index)],
            Rows = recognised ? sums.Rows : [],
            Problems = problems,
            Notices = notices,
            Totals = checks,
            Dropped = new(header, blank, comments, repeated, totals, noNumbers, sums.Duplicates),
            RowsRead = read,
            RowsRejected = rejected,
        };

    [GeneratedRegex(
        @"^(总计|合计|汇总|小计|共计|总合计|全部合计|grand\s*total|totals?|sub\s*total|gesamt|gesamtsumme|summe|итого|всего)\s*([:：(（\-—].*)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase
    )]
    private static partial Regex TotalsWord();

    [GeneratedRegex(
        @"^(总计|合计|汇总|小计|共计|grand\s*total|totals?)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase
    )]
    private static partial Regex TotalsOnly();
}
