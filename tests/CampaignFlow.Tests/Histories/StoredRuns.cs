using System.Globalization;
using System.Text;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Workflows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Histories;

/// <summary>
/// Runs that stand still at every kind of place, written down as a release stores them: <c>RELEASE.sql</c> beside this file. The
/// files are golden: a release adds its own and leaves those of its forerunners alone.
/// </summary>
internal static class StoredRuns
{
    public const string Verb = "histories";

    /// <summary>The tables a run consists of, as the first release had them too.</summary>
    private static readonly string[] Tables = ["wf_definition_version", "wf_instance", "wf_bookmark", "wf_inbox", "wf_journal"];

    /// <summary>The activities that leave a mark on a run's way to its end, each as often as it does, and the definition itself.</summary>
    public static IReadOnlyDictionary<string, (string[] Leave, string Json)> Definitions { get; } =
        new Dictionary<string, (string[], string)>(StringComparer.Ordinal)
        {
            ["one-by-one"] = (["a1", "a3", "a5"], Sequence(Leave("begun"), Event("go"), Leave("heard"), Delay("01:00:00"), Leave("woken"))),
            ["fork-and-join"] = (["left", "right", "joined"], ForkAndJoin),
            ["loop"] = (
                ["loop2", "loop2", "loop2", "a2"],
                Sequence(
                    """ "type":"Elsa.ForEach","items":{"typeName":"Object","expression":{"type":"JavaScript","value":"[1, 2, 3]"}},"body":"""
                        + Nested("loop", Event("again"), Leave("round")),
                    Leave("over")
                )
            ),
            ["side-by-side"] = (
                ["one2", "two2"],
                Sequence(
                    """ "type":"Elsa.Parallel","activities":["""
                        + Nested("one", Ask("side-by-side"), Leave("asked"))
                        + ","
                        + Nested("two", Delay("02:00:00"), Leave("late"))
                        + "]"
                )
            ),
            ["broken"] = (["a1", "a3"], Sequence(Leave("before"), Text("Test.Break", "how", "fault"), Leave("after"))),
        };

    private static string ForkAndJoin =>
        """
            {"name":"Test","root":{"id":"root","type":"Elsa.Flowchart","activities":[{"id":"start","type":"Elsa.Start"},
            {"id":"fork","type":"Elsa.FlowFork","branches":{"typeName":"String[]","expression":{"type":"Object","value":"[\"A\", \"B\"]"}}},
            """
        + $"{{\"id\":\"left\",{Leave("left")}}},{{\"id\":\"wait\",{Event("go")}}},{{\"id\":\"right\",{Leave("right")}}},"
        + """
            {"id":"join","type":"Elsa.FlowJoin","mode":{"typeName":"String","expression":{"type":"Literal","value":"WaitAll"}}},
            """
        + $"{{\"id\":\"joined\",{Leave("joined")}}}],\"connections\":["
        + string.Join(
            ',',
            new[]
            {
                ("start", "Done", "fork"),
                ("fork", "A", "left"),
                ("fork", "B", "wait"),
                ("wait", "Done", "right"),
                ("left", "Done", "join"),
                ("right", "Done", "join"),
                ("join", "Done", "joined"),
            }.Select(c =>
                $$$"""{"source":{"activity":"{{{c.Item1}}}","port":"{{{c.Item2}}}"},"target":{"activity":"{{{c.Item3}}}","port":"In"}}"""
            )
        )
        + "]}}";

    private static string Nested(string id, params string[] activities) =>
        $$"""{"id":"{{id}}","type":"Elsa.Sequence","activities":["""
        + string.Join(',', activities.Select((a, n) => $$$"""{"id":"{{{id}}}{{{n + 1}}}",{{{a}}}}"""))
        + "]}";

    /// <param name="args">The file to write.</param>
    public static async Task<int> WriteAsync(string[] args)
    {
        await using var bench = await CreateAsync(DatabaseKind.Sqlite);
        foreach (var (name, (_, json)) in Definitions)
            await bench.PublishAsync(name, json);

        await bench.StartAsync("one-by-one", "at-the-delay", "c1");
        await bench.StartAsync("one-by-one", "at-the-event", "c2");
        await bench.StartAsync("fork-and-join", "at-the-join", "c3");
        await bench.StartAsync("loop", "in-its-second-round", "c4");
        await bench.StartAsync("side-by-side", "asked-and-delayed", "c5");
        await bench.StartAsync("broken", "with-an-incident", "c6");
        await bench.DrainAsync();
        await bench.SignalAsync("event", "go", "c1");
        await bench.SignalAsync("event", "again", "c4");
        await bench.DrainAsync();
        await bench.SignalAsync("event", "go", "c2"); // arrived, and nobody has looked yet
        await bench.StartAsync("one-by-one", "claimed-and-never-carried-on", "c7");
        await bench.Runner.ClaimAsync(CancellationToken.None);
        await bench.StartAsync("one-by-one", "not-begun", "c8");
        await File.WriteAllTextAsync(args[0], await bench.AskAsync(db => DumpAsync(db, bench)));
        return 0;
    }

    // Every value as text: both databases turn it into what the column holds. The inbox numbers its rows itself.
    private static async Task<string> DumpAsync(CampaignFlowDb db, Bench bench)
    {
        await db.Database.OpenConnectionAsync();
        var sql = new StringBuilder();
        sql.AppendLine(
            CultureInfo.InvariantCulture,
            $"-- Stored at {bench.Clock.Now:O}. Golden: never changed, only joined by those of later releases."
        );
        foreach (var table in Tables)
        {
            await using var command = ((SqliteConnection)db.Database.GetDbConnection()).CreateCommand();
            command.CommandText = $"select * from {table} order by 1, 2";
            await using var reader = await command.ExecuteReaderAsync();
            var fields = Enumerable.Range(0, reader.FieldCount).Where(i => table != "wf_inbox" || reader.GetName(i) != "id").ToList();
            var columns = string.Join(", ", fields.Select(i => $"\"{reader.GetName(i)}\""));
            while (await reader.ReadAsync())
                sql.AppendLine($"insert into {table} ({columns}) values ({string.Join(", ", fields.Select(Value))});");

            string Value(int i) => reader.IsDBNull(i) ? "null" : $"'{reader.GetString(i).Replace("'", "''", StringComparison.Ordinal)}'";
        }
        return sql.ToString();
    }
}
