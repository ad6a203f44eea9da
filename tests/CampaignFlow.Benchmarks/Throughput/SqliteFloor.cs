using System.Globalization;
using System.Text;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>
/// The least a durable engine can do on SQLite: the product's tables, rows and commits by hand in prepared statements on one
/// connection, and no engine logic at all. A start and a signal are a commit each, a claim's fifty bursts one together.
/// </summary>
internal sealed class SqliteFloor : Contender
{
    private const int AClaim = 50;
    private readonly Sample sample;
    private readonly SqliteConnection connection;
    private readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);

    public SqliteFloor(TestStore store, Sample sample)
        : base("raw floor", store)
    {
        this.sample = sample;
        connection = new(store.Services.GetRequiredService<StorageOptions>().ConnectionString);
        connection.Open();
        Execute("pragma journal_mode=wal");
        Execute("pragma synchronous=full");
    }

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public override Task StartAsync(string run)
    {
        Execute(
            """
            insert into wf_instance (id, key, version_id, definition_id, correlation, status, version, state, ready, fence, attempts, created_at, updated_at)
            values (@0, @1, @0, 'ten', @1, 'Running', 0, @2, 1, 0, 0, @3, @3)
            """,
            Guid.NewGuid(),
            run,
            sample.Fresh,
            Now
        );
        return Task.CompletedTask;
    }

    public override Task SignalAsync(string run)
    {
        Execute("insert into wf_inbox (dedup_key, kind, key, correlation, at) values (@0, 'event', 'go', @0, @1)", run, Now);
        return Task.CompletedTask;
    }

    public override Task CarryOnAsync(int runs)
    {
        while (
            Claim("select id, key, null from wf_instance where ready and definition_id = 'ten' and owner is null order by created_at")
                + Claim(
                    """
                    select i.id, i.key, s.id from wf_inbox s join wf_bookmark b on b.kind = s.kind and b.key = s.key and b.correlation = s.correlation
                    join wf_instance i on i.id = b.run_id where s.taken_at is null and s.waited_by is null and i.owner is null order by s.at
                    """
                )
            > 0
        ) { }
        return Task.CompletedTask;
    }

    public override Task PublishEffectsAsync(int count) => new Ours(Store).PublishEffectsAsync(count);

    public override Task DeliverEffectsAsync(int count)
    {
        foreach (var effect in Read("select id from outbox where lane = 'Effects' and done_at is null and dead_at is null order by id", 1))
            Execute("update outbox set done_at = @0 where id = @1", Now, effect[0]);
        return Task.CompletedTask;
    }

    private int Claim(string due)
    {
        var claimed = Read(string.Create(CultureInfo.InvariantCulture, $"{due} limit {AClaim}"), 3);
        if (claimed.Count == 0)
            return 0;
        Execute("begin immediate");
        foreach (var run in claimed)
            Execute("update wf_instance set owner = 'floor', lease_until = @0, fence = fence + 1 where id = @1", Now, run[0]);
        Execute("commit");
        Execute("begin immediate");
        foreach (var run in claimed)
            Burst(run[0], (string)run[1], run[2]);
        Execute("commit");
        return claimed.Count;
    }

    private void Burst(object id, string key, object signal)
    {
        var over = signal is not DBNull;
        Execute(
            """
            update wf_instance set status = @0, version = version + 1, state = @1, ready = 0, owner = null, lease_until = null,
              correlation = @2, updated_at = @3, finished_at = @4 where id = @5
            """,
            over ? "Finished" : "Suspended",
            over ? sample.Over : sample.Waiting,
            key,
            Now,
            over ? Now : DBNull.Value,
            id
        );
        if (over)
        {
            Execute("update wf_inbox set taken_at = @0, taken_by = @1 where id = @2 and taken_at is null", Now, id, signal);
            Execute("delete from wf_bookmark where run_id = @0 and id = @1", id, sample.Bookmark.Id);
        }
        else
            Execute(
                "insert into wf_bookmark (run_id, id, execution, kind, key, correlation, definition_id, run_key) values (@0, @1, @2, 'event', 'go', @3, 'ten', @3)",
                id,
                sample.Bookmark.Id,
                sample.Bookmark.Execution,
                key
            );
        Journal(id, over ? sample.Resumed : sample.Suspended);
    }

    private void Journal(object id, IReadOnlyList<RunJournal> lines)
    {
        var sql = new StringBuilder(
            "insert into wf_journal (run_id, seq, at, what, activity, activity_name, type, execution, text) values "
        );
        var values = new List<object> { id, Now };
        foreach (var line in lines)
        {
            sql.Append(CultureInfo.InvariantCulture, $"{(values.Count > 2 ? "," : "")}(@0, {line.Seq}, @1");
            foreach (var text in new[] { line.What, line.Activity, line.ActivityName, line.Type, line.Execution, line.Text })
            {
                sql.Append(CultureInfo.InvariantCulture, $", @{values.Count}");
                values.Add((object?)text ?? DBNull.Value);
            }
            sql.Append(')');
        }
        Execute(sql.ToString(), [.. values]);
    }

    private List<object[]> Read(string sql, int columns)
    {
        using var reader = Prepared(sql).ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            var row = new object[columns];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }

    private void Execute(string sql, params object[] values)
    {
        var command = Prepared(sql);
        command.Parameters.Clear();
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"@{i}"), values[i]);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepared(string sql)
    {
        if (prepared.TryGetValue(sql, out var command))
            return command;
        command = connection.CreateCommand();
#pragma warning disable CA2100 // The texts are constants of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        return prepared[sql] = command;
    }

    public override ValueTask DisposeAsync()
    {
        connection.Dispose();
        return base.DisposeAsync();
    }
}
