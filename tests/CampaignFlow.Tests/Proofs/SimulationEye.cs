using System.Globalization;
using System.Text.Json;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Proofs;

/// <summary>What has to be true of the database at every moment, whoever died when.</summary>
internal sealed class SimulationEye
{
    private const string Tables = "wf_instance wf_bookmark wf_inbox wf_journal outbox outbox_receipt";
    private readonly Bench bench;
    private readonly Dictionary<Guid, (long Fence, int Version, RunStatus Status)> before = [];
    private List<Row> rows = [];

    private SimulationEye(Bench bench) => this.bench = bench;

    private sealed record Row(Guid Id, string Key, RunStatus Status, long Fence, int Version, string State, string? Owner, bool Ready);

    public IReadOnlyList<Guid> Runs => [.. rows.Select(r => r.Id)];

    public bool AreAllOver => rows.TrueForAll(r => r.Status is RunStatus.Finished or RunStatus.Cancelled);

    public override string ToString() => string.Join('\n', rows);

    /// <summary>Empties the tables of earlier histories.</summary>
    public static async Task<SimulationEye> OnEmptyAsync(Bench bench)
    {
        var eye = new SimulationEye(bench);
        await bench.AskAsync(db => db.Database.ExecuteSqlRawAsync(string.Concat(Tables.Split(' ').Select(t => $"delete from {t};"))));
        return eye;
    }

    public async Task LookAsync()
    {
        await bench.AskAsync(async db =>
        {
            await db.Database.OpenConnectionAsync();
            var connection = (SqliteConnection)db.Database.GetDbConnection();
            rows = Read(
                connection,
                "select id, key, status, fence, version, state, owner, ready from wf_instance order by key",
                r => new Row(
                    r.GetGuid(0),
                    r.GetString(1),
                    Enum.Parse<RunStatus>(r.GetString(2)),
                    r.GetInt64(3),
                    r.GetInt32(4),
                    r.GetString(5),
                    r.IsDBNull(6) ? null : r.GetString(6),
                    r.GetBoolean(7)
                )
            );
            FencesRise();
            Same(
                "bookmarks are those of the states",
                Read(connection, "select run_id, id, kind, key from wf_bookmark", r => $"{r.GetGuid(0)} {r[1]} {r[2]} {r[3]}"),
                rows.SelectMany(r => Bookmarks(r).Select(b => $"{r.Id} {b.Id} {b.Kind} {b.Key}"))
            );
            Same(
                "every journal counts from one without a gap",
                Read(connection, "select run_id from wf_journal group by run_id having min(seq) <> 1 or max(seq) <> count(*)", r => r[0]),
                []
            );
            Same(
                "every stamp is one that a journal knows, once",
                Read(connection, "select payload from outbox where type = 'stamp'", r => r.GetString(0)).Select(p => p.Split('|')[0]),
                Read(
                        connection,
                        """
                        select i.key, count(*) from wf_journal j join wf_instance i on i.id = j.run_id
                        where j.type = 'Proof.Stamp' and j.what = 'Completed' or j.type = 'Proof.Ask' and j.what in ('Completed', 'Suspended')
                        group by i.key
                        """,
                        r => (Key: r.GetString(0), Count: r.GetInt32(1))
                    )
                    .SelectMany(r => Enumerable.Repeat(r.Key, r.Count))
            );
            return true;
        });
    }

    /// <summary>And when everything is over.</summary>
    public async Task LookAtTheEndAsync()
    {
        var left = await bench.AskAsync(async db =>
            await db.RunBookmarks.CountAsync()
            + await db.Runs.CountAsync(r => r.Owner != null || r.Ready)
            + await db.InboxSignals.CountAsync(s => s.TakenAt == null && s.TakenBy != null)
        );
        Assert.Equal(0, left);
    }

    private void FencesRise()
    {
        foreach (var row in rows)
        {
            if (before.TryGetValue(row.Id, out var was))
            {
                Assert.True(row.Fence >= was.Fence && row.Version >= was.Version, $"A fence or a version went back: {row}");
                Assert.False(
                    was.Status is RunStatus.Finished or RunStatus.Cancelled && row.Status != was.Status,
                    $"A run that was over goes on: {row}"
                );
            }
            before[row.Id] = (row.Fence, row.Version, row.Status);
        }
    }

    private static IEnumerable<Bookmark> Bookmarks(Row row) =>
        JsonSerializer.Deserialize<RunState>(row.State, RunJson.Options)!.Executions.SelectMany(e => e.Bookmarks);

    private static void Same<T>(string what, IEnumerable<T> one, IEnumerable<T> other)
    {
        var (left, right) = (Sorted(one), Sorted(other));
        Assert.True(left.SequenceEqual(right), $"Not true that {what}:\n{string.Join('\n', left)}\n--\n{string.Join('\n', right)}");

        static List<string> Sorted(IEnumerable<T> items) =>
            [.. items.Select(i => Convert.ToString(i, CultureInfo.InvariantCulture)!).Order(StringComparer.Ordinal)];
    }

    private static List<T> Read<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var all = new List<T>();
        while (reader.Read())
            all.Add(row(reader));
        return all;
    }
}
