using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>
/// Looks once at each signal that arrived: an event for everybody goes to those who wait for it, any other is noted for the definition
/// whose run waits, and what nobody waits for is put aside, so that no claim walks over it again. A run that begins to wait notes its
/// own (<see cref="Inbox.TellWaiting"/>), and an event for everybody that was noted so goes out at the next look.
/// </summary>
/// <remarks>
/// On PostgreSQL a burst may have begun to wait without seeing the signal, and not be committed when the signal is looked at. So a
/// signal is put aside only at a look that follows the end of every transaction that was under way when it was first seen.
/// </remarks>
internal sealed class Sorting(StorageOptions storage, Faults faults)
{
    private const int AtOnce = 5_000;
    private IReadOnlySet<long> seen = new HashSet<long>();
    private long seenBefore;

    private bool IsPostgres => storage.Kind == DatabaseKind.Postgres;

    private sealed record Fresh(long Id, string? Waits, bool Everybody, long Oldest, long Next);

    public async Task SortAsync(CampaignFlowDb db, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var fresh = await SqlBatch.QueryAsync(
            db,
            $"""
            select s.id, {Inbox.WaitedBy}, case when {Inbox.ForEverybody} then 1 else 0 end,
              {(IsPostgres ? "txid_snapshot_xmin(txid_current_snapshot()), txid_snapshot_xmax(txid_current_snapshot())" : "0, 0")}
            from (
              select * from wf_inbox where taken_at is null and waited_by is null
              union all
              select * from wf_inbox s where s.taken_at is null and s.waited_by <> '' and {Inbox.ForEverybody}) s
            order by s.at, s.id
            """,
            r => new Fresh(r.GetInt64(0), r.IsDBNull(1) ? null : r.GetString(1), r.GetInt32(2) == 1, r.GetInt64(3), r.GetInt64(4)),
            cancellationToken
        );
        if (fresh.Count == 0)
            return;
        foreach (var signal in fresh.Where(s => s is { Everybody: true, Waits: not null }))
            await BroadcastAsync(db, signal.Id, now, cancellationToken);
        foreach (var same in fresh.Where(s => s is { Everybody: false, Waits: not null }).GroupBy(s => s.Waits!, StringComparer.Ordinal))
            await NoteAsync(db, [.. same.Select(s => s.Id)], same.Key, cancellationToken);
        await PutAsideAsync(db, fresh, cancellationToken);
    }

    /// <summary>
    /// Noted for a run that took another way meanwhile: it is looked at again. Cheap, because only what somebody was seen to wait for
    /// is gone through.
    /// </summary>
    public Task<int> LookAgainAsync(CampaignFlowDb db, CancellationToken cancellationToken) =>
        SqlBatch.ExecuteAsync(
            db,
            $"""
            update wf_inbox set waited_by = null where taken_at is null and waited_by <> '' and id in (
              select s.id from wf_inbox s where s.taken_at is null and s.waited_by <> '' and {Inbox.WaitedBy} is null
              {(IsPostgres ? "for update skip locked" : "")})
            """,
            cancellationToken
        );

    /// <summary>Addresses an event for everybody to the runs that wait for it now.</summary>
    private async Task BroadcastAsync(CampaignFlowDb db, long signal, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var batch = new SqlBatch();
        batch.Add("update wf_inbox set taken_at = @now where id = @id and taken_at is null", ("@now", now), ("@id", signal));
        batch.Add(
            """
            insert into wf_inbox (dedup_key, kind, key, payload, at, taken_by, triggered_at, waited_by)
            select distinct s.dedup_key || '>' || b.run_id, s.kind, s.key, s.payload, s.at, b.run_id, s.at, b.definition_id
            from wf_inbox s join wf_bookmark b on b.kind = s.kind and b.key = s.key where s.id = @id
            on conflict (dedup_key) do nothing
            """,
            ("@id", signal)
        );
        faults.Hit(Faults.BeforeBroadcast);
        if (await batch.ExecuteAsync(db, cancellationToken) is not [1, > 0])
            return;
        faults.Hit(Faults.DuringBroadcast);
        await transaction.CommitAsync(cancellationToken);
        faults.Hit(Faults.AfterBroadcast);
    }

    private async Task PutAsideAsync(CampaignFlowDb db, List<Fresh> fresh, CancellationToken cancellationToken)
    {
        var unmatched = fresh.Where(s => s.Waits is null).Select(s => s.Id).ToList();
        if (!IsPostgres)
        {
            await NoteAsync(db, unmatched, "", cancellationToken);
            return;
        }
        if (fresh[0].Oldest < seenBefore)
            return;
        faults.Hit(Faults.BeforePutAside);
        await NoteAsync(db, unmatched.FindAll(seen.Contains), "", cancellationToken);
        (seen, seenBefore) = (unmatched.Where(s => !seen.Contains(s)).ToHashSet(), fresh[0].Next);
    }

    private async Task NoteAsync(CampaignFlowDb db, List<long> signals, string waits, CancellationToken cancellationToken)
    {
        foreach (var ids in signals.Chunk(AtOnce))
            await SqlBatch.ExecuteAsync(
                db,
                // A row that is locked is being taken, or a run begins to wait for it and notes that itself.
                IsPostgres
                    ? """
                    update wf_inbox set waited_by = @waits where id in (
                      select id from wf_inbox where id = any(@ids) and taken_at is null and waited_by is null for update skip locked)
                    """
                    : """
                    update wf_inbox set waited_by = @waits
                    where id in (select value from json_each(@ids)) and taken_at is null and waited_by is null
                    """,
                cancellationToken,
                ("@waits", waits),
                ("@ids", IsPostgres ? (SqlValue)ids : "[" + string.Join(',', ids) + "]")
            );
    }
}
