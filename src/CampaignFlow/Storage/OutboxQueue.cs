using System.Data.Common;

namespace CampaignFlow.Storage;

/// <summary>A message that is due, as it was when it was taken up.</summary>
internal sealed record DueMessage(long Id, string Type, string Payload);

/// <summary>
/// Which messages a process takes up. Facts are locked one by one while they are handled. An effect has no transaction around it, so on
/// PostgreSQL a process claims effects in batches: until the claim ends they are not due for anybody else, and whoever takes them after
/// that repeats at most what was under way. SQLite serves one process.
/// </summary>
internal sealed class OutboxQueue(StorageOptions storage, TimeProvider clock)
{
    private const int AtOnce = 100;

    private const string Open = "from outbox where lane = @lane and done_at is null and dead_at is null and available_at <= ";

    // The nodes' clocks may differ, the database's is one. A virtual clock is the only clock there is.
    private readonly string now =
        storage.Kind == DatabaseKind.Postgres && ReferenceEquals(clock, TimeProvider.System)
            ? "(extract(epoch from clock_timestamp()) * 1000)::bigint"
            : "@now";

    public bool Claims(OutboxLane lane) => lane == OutboxLane.Effects && storage.Kind == DatabaseKind.Postgres;

    /// <summary>Kinds of effects that are due now.</summary>
    public Task<List<string>> KindsAsync(CampaignFlowDb db, CancellationToken cancellationToken) =>
        SqlBatch.QueryAsync(
            db,
            $"select distinct type {Open} {now} order by type",
            r => r.GetString(0),
            cancellationToken,
            ("@lane", OutboxLane.Effects),
            ("@now", clock.GetUtcNow())
        );

    /// <summary>What is due now, oldest first.</summary>
    /// <param name="type">Only this kind; null: all.</param>
    public async Task<List<DueMessage>> TakeAsync(CampaignFlowDb db, OutboxLane lane, string? type, CancellationToken cancellationToken)
    {
        var open = $"select id, type, payload {Open} {now} {(type is null ? "" : "and type = @type")} order by id limit @most";
        var due = await SqlBatch.QueryAsync(
            db,
            Claims(lane)
                ? $"""
                with work as ({open} for update skip locked)
                update outbox m set available_at = {now} + @lease from work where m.id = work.id
                returning m.id, m.type, m.payload
                """
                : open,
            Read,
            cancellationToken,
            ("@lane", lane),
            ("@type", type),
            ("@now", clock.GetUtcNow()),
            ("@most", AtOnce),
            ("@lease", Lease)
        );
        return [.. due.OrderBy(m => m.Id)];
    }

    /// <summary>Goes on claiming what is not delivered yet.</summary>
    public Task KeepAsync(CampaignFlowDb db, IEnumerable<long> held, CancellationToken cancellationToken) =>
        SetAsync(db, held, Lease, cancellationToken);

    /// <summary>Lets go of what was claimed and not delivered: the process stops.</summary>
    public Task ReleaseAsync(CampaignFlowDb db, IEnumerable<long> held) => SetAsync(db, held, 0, CancellationToken.None);

    private static long Lease => (long)StorageModule.LongestSilence.TotalMilliseconds;

    private async Task SetAsync(CampaignFlowDb db, IEnumerable<long> held, long lease, CancellationToken cancellationToken)
    {
        long[] ids = [.. held];
        if (ids.Length == 0)
            return;
        // A row that is locked is being settled at this moment.
        await SqlBatch.ExecuteAsync(
            db,
            $"""
            update outbox set available_at = {now} + @lease
            where id in (select id from outbox where id = any(@held) and done_at is null and dead_at is null for update skip locked)
            """,
            cancellationToken,
            ("@now", clock.GetUtcNow()),
            ("@held", ids),
            ("@lease", lease)
        );
    }

    private static DueMessage Read(DbDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetString(2));
}
