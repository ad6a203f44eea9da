using System.Globalization;
using System.Text;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>
/// Lines for a run's journal. The numbers go on from the last committed line, so a burst that was rolled back leaves no gap.
/// </summary>
internal static class JournalRows
{
    private const int LinesAtOnce = 200;

    private const string Columns =
        "insert into wf_journal (run_id, seq, at, what, activity, activity_name, type, execution, text, data, trace) "
        + "select @run, m.last + v.n, v.at, v.what, v.activity, v.name, v.type, v.execution, v.text, v.data, @trace "
        + "from (select coalesce(max(seq), 0) as last from wf_journal where run_id = @run) m, ";

    // One text for any number of lines, so that it is prepared once.
    private const string Postgres =
        Columns
        + "unnest(@at, @what, @activity, @name, @type, @execution, @text, @data) with ordinality "
        + "as v (at, what, activity, name, type, execution, text, data, n)";

    public static void Add(SqlBatch batch, DatabaseKind kind, Guid run, List<JournalEntry> journal, string? trace)
    {
        if (journal.Count == 0)
            return;
        if (kind == DatabaseKind.Postgres)
        {
            batch.Add(
                Postgres,
                ("@run", run),
                ("@trace", trace),
                ("@at", journal.Select(l => l.At.ToUnixTimeMilliseconds()).ToArray()),
                ("@what", Texts(journal, l => l.What)),
                ("@activity", Texts(journal, l => l.Activity)),
                ("@name", Texts(journal, l => l.ActivityName)),
                ("@type", Texts(journal, l => l.Type)),
                ("@execution", Texts(journal, l => l.Execution)),
                ("@text", Texts(journal, l => l.Text)),
                ("@data", Texts(journal, l => l.Data))
            );
            return;
        }
        foreach (var lines in journal.Chunk(LinesAtOnce))
            AddValues(batch, run, lines, trace);
    }

    private static string?[] Texts(List<JournalEntry> journal, Func<JournalEntry, string?> text) => [.. journal.Select(text)];

    private static void AddValues(SqlBatch batch, Guid run, JournalEntry[] lines, string? trace)
    {
        var sql = new StringBuilder(Columns).Append(
            "(select column1 as n, column2 as at, column3 as what, column4 as activity, column5 as name, column6 as type, "
                + "column7 as execution, column8 as text, column9 as data from (values "
        );
        var values = new List<(string, SqlValue)> { ("@run", run), ("@trace", trace) };
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            sql.Append(
                CultureInfo.InvariantCulture,
                $"{(i == 0 ? "" : ", ")}({i + 1}, @d{i}, @w{i}, @a{i}, @n{i}, @t{i}, @e{i}, @x{i}, @j{i})"
            );
            values.AddRange([
                ($"@d{i}", line.At),
                ($"@w{i}", line.What),
                ($"@a{i}", line.Activity),
                ($"@n{i}", line.ActivityName),
                ($"@t{i}", line.Type),
                ($"@e{i}", line.Execution),
                ($"@x{i}", line.Text),
                ($"@j{i}", line.Data),
            ]);
        }
        batch.Add(sql.Append(")) v").ToString(), [.. values]);
    }
}
