using System.Globalization;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>
/// The least a durable engine can do on PostgreSQL: the product's tables, rows and commits by hand in prepared batches, and no engine
/// logic at all. Claims are batches of fifty, bursts run on as many connections as the product uses.
/// </summary>
internal sealed class RawFloor : Contender
{
    private const string Insert = """
        insert into wf_instance (id, key, version_id, definition_id, correlation, status, version, state, ready, fence, attempts, created_at, updated_at)
        values ($1, $2, $1, 'ten', $2, 'Running', 0, $3, true, 0, 0, $4, $4)
        """;

    private const string Claim = """
        with work as (select id from wf_instance where ready and owner is null order by created_at limit 50 for update skip locked)
        update wf_instance r set owner = 'floor', lease_until = $1, fence = fence + 1 from work where r.id = work.id
        returning r.id, r.key, r.state, r.version, r.fence
        """;

    private const string ClaimSignalled = """
        with work as (
          select i.id, s.id as signal from wf_inbox s join wf_bookmark b on b.kind = s.kind and b.key = s.key and b.correlation = s.correlation
          join wf_instance i on i.id = b.run_id where s.taken_at is null and i.owner is null order by s.at limit 50 for update of i skip locked)
        update wf_instance r set owner = 'floor', lease_until = $1, fence = fence + 1 from work where r.id = work.id
        returning r.id, r.key, r.state, r.version, r.fence, work.signal
        """;

    private const string Update = """
        update wf_instance set status = $1, version = version + 1, state = $2, ready = false, owner = null, lease_until = null,
          correlation = $3, updated_at = $4, finished_at = $5 where id = $6 and version = $7 and fence = $8
        """;

    private const string Journal = """
        insert into wf_journal (run_id, seq, at, what, activity, activity_name, type, execution, text)
        select $1, m.last + v.n, $2, v.what, v.activity, v.name, v.type, v.execution, v.text
        from (select coalesce(max(seq), 0) as last from wf_journal where run_id = $1) m,
          unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) with ordinality
            as v (what, activity, name, type, execution, text, n)
        """;

    private readonly Sample sample;
    private readonly NpgsqlDataSource source;

    public RawFloor(TestStore store, Sample sample)
        : base("raw floor", store)
    {
        this.sample = sample;
        var connection = new NpgsqlConnectionStringBuilder(store.Services.GetRequiredService<StorageOptions>().ConnectionString)
        {
            MaxAutoPrepare = 30,
            AutoPrepareMinUsages = 2,
            NoResetOnClose = true,
        };
        source = NpgsqlDataSource.Create(connection);
    }

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public override async Task StartAsync(string run)
    {
        await using var command = source.CreateCommand(Insert);
        Add(command.Parameters, Guid.NewGuid(), run, sample.Fresh, Now);
        await command.ExecuteNonQueryAsync();
    }

    public override async Task SignalAsync(string run)
    {
        await using var command = source.CreateCommand(
            "insert into wf_inbox (dedup_key, kind, key, correlation, at) values ($1, 'event', 'go', $1, $2)"
        );
        Add(command.Parameters, run, Now);
        await command.ExecuteNonQueryAsync();
    }

    public override async Task CarryOnAsync(int runs)
    {
        foreach (var claim in new[] { Claim, ClaimSignalled })
        {
            while (await ClaimAsync(claim) is { Count: > 0 } claimed)
                await Parallel.ForEachAsync(
                    claimed,
                    new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                    async (run, _) => await BurstAsync(run)
                );
        }
    }

    public override Task PublishEffectsAsync(int count) => new Ours(Store).PublishEffectsAsync(count);

    public override async Task DeliverEffectsAsync(int count)
    {
        await using var connection = await source.OpenConnectionAsync();
        for (var due = new List<long>(); count > 0; count -= due.Count)
        {
            due.Clear();
            await using (
                var claim = new NpgsqlCommand(
                    """
                    with work as (select id from outbox where lane = 'Effects' and done_at is null and dead_at is null and available_at <= $1
                      order by id limit 100 for update skip locked)
                    update outbox m set available_at = $1 + 60000 from work where m.id = work.id returning m.id, m.payload
                    """,
                    connection
                )
            )
            {
                Add(claim.Parameters, Now);
                await using var reader = await claim.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                    due.Add(reader.GetInt64(0));
            }
            foreach (var id in due)
            {
                await using var done = new NpgsqlCommand("update outbox set done_at = $1 where id = $2", connection);
                Add(done.Parameters, Now, id);
                await done.ExecuteNonQueryAsync();
            }
        }
    }

    private async Task<List<(Guid Id, string Key, int Version, long Fence, long? Signal)>> ClaimAsync(string sql)
    {
        await using var command = source.CreateCommand(sql);
        Add(command.Parameters, Now + 30_000);
        await using var reader = await command.ExecuteReaderAsync();
        var claimed = new List<(Guid, string, int, long, long?)>();
        while (await reader.ReadAsync())
            claimed.Add(
                (
                    reader.GetGuid(0),
                    reader.GetString(1),
                    reader.GetInt32(3),
                    reader.GetInt64(4),
                    reader.FieldCount > 5 ? reader.GetInt64(5) : null
                )
            );
        return claimed;
    }

    private async Task BurstAsync((Guid Id, string Key, int Version, long Fence, long? Signal) run)
    {
        var over = run.Signal is not null;
        await using var connection = await source.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new NpgsqlBatch(connection, transaction);
        Command(
            batch,
            Update,
            over ? "Finished" : "Suspended",
            over ? sample.Over : sample.Waiting,
            run.Key,
            Now,
            over ? Now : DBNull.Value,
            run.Id,
            run.Version,
            run.Fence
        );
        if (run.Signal is { } signal)
        {
            Command(batch, "update wf_inbox set taken_at = $1, taken_by = $2 where id = $3 and taken_at is null", Now, run.Id, signal);
            Command(batch, "delete from wf_bookmark where run_id = $1 and id = $2", run.Id, sample.Bookmark.Id);
        }
        else
            Command(
                batch,
                "insert into wf_bookmark (run_id, id, execution, kind, key, correlation, definition_id, run_key) values ($1, $2, $3, 'event', 'go', $4, 'ten', $4)",
                run.Id,
                sample.Bookmark.Id,
                sample.Bookmark.Execution,
                run.Key
            );
        var lines = over ? sample.Resumed : sample.Suspended;
        Command(
            batch,
            Journal,
            run.Id,
            Now,
            Texts(lines, l => l.What),
            Texts(lines, l => l.Activity),
            Texts(lines, l => l.ActivityName),
            Texts(lines, l => l.Type),
            Texts(lines, l => l.Execution),
            Texts(lines, l => l.Text)
        );
        await batch.ExecuteNonQueryAsync();
        if (batch.BatchCommands[0].RecordsAffected != 1)
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Run {run.Id} has moved on."));
        await transaction.CommitAsync();
    }

    private static string?[] Texts(IReadOnlyList<RunJournal> lines, Func<RunJournal, string?> text) => [.. lines.Select(text)];

    private static void Command(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        Add(command.Parameters, values);
        batch.BatchCommands.Add(command);
    }

    private static void Add(NpgsqlParameterCollection parameters, params object[] values)
    {
        foreach (var value in values)
            parameters.Add(new() { Value = value });
    }
}
