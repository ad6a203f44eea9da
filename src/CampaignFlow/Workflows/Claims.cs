using System.Data.Common;
using System.Globalization;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>A run that this process may work on until its lease ends; a commit with an older fence is refused.</summary>
internal sealed record ClaimedRun(
    Guid Id,
    string Key,
    Guid VersionId,
    string DefinitionId,
    string? Correlation,
    int Version,
    string State,
    bool Ready,
    string? Pending,
    long Fence,
    int Attempts,
    DateTimeOffset Due
);

/// <summary>
/// Who works on which run. A run with an owner is at work until <c>lease_until</c>; without one, <c>lease_until</c> is the moment
/// before which it is left alone (the back-off).
/// </summary>
internal sealed class Claims(StorageOptions storage, TimeSpan lease, TimeProvider clock)
{
    /// <summary>Bursts in a row that may die; then a person looks at it.</summary>
    public const int MaxAttempts = 5;

    private const int BatchSize = 50;

    // The nodes' clocks may differ, the database's is one. A virtual clock is the only clock there is.
    private readonly string leaseNow =
        storage.Kind == DatabaseKind.Postgres && ReferenceEquals(clock, TimeProvider.System)
            ? "(extract(epoch from clock_timestamp()) * 1000)::bigint"
            : "@now";

    // A row that is locked is being committed or claimed at this moment: nothing to wait for, and no deadlock with whoever does it.
    private readonly string skipLocked = storage.Kind == DatabaseKind.Postgres ? "for update skip locked" : "";

    public string Owner { get; } = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";

    /// <summary>
    /// Takes up to fifty runs that have something to do. Definitions take turns, and within one its starts, answers, events and timers
    /// do, each from the earliest: a flood of one holds up none of the others, and an answer is in the next claim. What was taken is in
    /// the order of time, then of keys: ids are random, and a replay has to take the same order.
    /// </summary>
    /// <param name="suspects">Runs whose last burst died; taken one at a time, so that one that kills the process is found.</param>
    public async Task<List<ClaimedRun>> TakeAsync(CampaignFlowDb db, bool suspects, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        (string, SqlValue)[] values = [("@now", now), ("@owner", Owner), ("@lease", (long)lease.TotalMilliseconds)];
        var taken =
            storage.Kind == DatabaseKind.Postgres
                ? await SqlBatch.QueryAsync(db, Postgres(suspects), r => Read(r, Instant(r, 11)), cancellationToken, values)
                : await SqliteAsync(db, suspects, values, cancellationToken);
        return [.. taken.OrderBy(r => r.Due).ThenBy(r => r.Key, StringComparer.Ordinal)];
    }

    /// <summary>Lets go of a run without a commit. <paramref name="wait"/> leaves it alone for that long.</summary>
    public Task ReleaseAsync(CampaignFlowDb db, ClaimedRun run, TimeSpan? wait, CancellationToken cancellationToken) =>
        SqlBatch.ExecuteAsync(
            db,
            $"update wf_instance set owner = null, lease_until = {(wait is null ? "null" : leaseNow + " + @wait")} where id = @id and owner = @owner and fence = @fence",
            cancellationToken,
            ("@id", run.Id),
            ("@owner", Owner),
            ("@fence", run.Fence),
            ("@now", clock.GetUtcNow()),
            ("@wait", (long)(wait ?? TimeSpan.Zero).TotalMilliseconds)
        );

    /// <summary>A burst died: it is tried again later, or at the cap it stops as an incident with <paramref name="error"/>.</summary>
    /// <returns>False when the burst had been committed after all, or the run has another owner by now.</returns>
    public async Task<bool> FailAsync(CampaignFlowDb db, ClaimedRun run, string error, bool giveUp, CancellationToken cancellationToken)
    {
        var attempts = giveUp ? MaxAttempts : run.Attempts + 1;
        var incident = attempts >= MaxAttempts;
        var changed = await SqlBatch.ExecuteAsync(
            db,
            $"""
            update wf_instance set owner = null, lease_until = {leaseNow} + @wait, attempts = @attempts, error = @error, updated_at = @now
            {(incident ? ", status = 'Faulted'" : "")}
            where id = @id and owner = @owner and fence = @fence
            """,
            cancellationToken,
            ("@id", run.Id),
            ("@owner", Owner),
            ("@fence", run.Fence),
            ("@now", clock.GetUtcNow()),
            ("@wait", (long)OutboxDispatcher.Backoff(attempts).TotalMilliseconds),
            ("@attempts", attempts),
            ("@error", error)
        );
        if (changed == 1)
            (incident ? Instruments.Incidents : Instruments.Retries).Add(1, Instruments.By("kind", "burst"));
        return changed == 1;
    }

    /// <summary>
    /// Leases that ended are given back to the queue and never run directly, so that one claim wins. The first time at once; a run that
    /// was alone when its process ended waits like one that failed.
    /// </summary>
    /// <param name="all">Also those that have not ended: only where no other process can hold one.</param>
    /// <returns>How many.</returns>
    public async Task<int> ReclaimAsync(CampaignFlowDb db, bool all, CancellationToken cancellationToken)
    {
        var given = await SqlBatch.ExecuteAsync(
            db,
            $"""
            update wf_instance set owner = null, attempts = attempts + 1,
              lease_until = case when attempts = 0 then null else {leaseNow} + (1000 << (attempts + 1)) end,
              status = case when attempts + 1 >= {MaxAttempts} then 'Faulted' else status end,
              error = case when attempts + 1 >= {MaxAttempts} then @error else error end
            where id in (select id from wf_instance where owner is not null {(all ? "" : $"and lease_until < {leaseNow}")} {skipLocked})
            """,
            cancellationToken,
            ("@now", clock.GetUtcNow()),
            ("@error", string.Create(CultureInfo.InvariantCulture, $"The process ended {MaxAttempts} times while it worked on this run."))
        );
        if (given > 0)
            Instruments.Takeovers.Add(given);
        return given;
    }

    /// <summary>Extends the leases of what is still held; a burst may be longer than a lease. PostgreSQL only.</summary>
    public async Task ExtendAsync(CampaignFlowDb db, IReadOnlyList<ClaimedRun> held, CancellationToken cancellationToken)
    {
        if (held.Count > 0)
            await SqlBatch.ExecuteAsync(
                db,
                $"""
                update wf_instance set lease_until = {leaseNow} + @lease
                where id in (select id from wf_instance where owner = @owner and id = any(@held) {skipLocked})
                """,
                cancellationToken,
                ("@now", clock.GetUtcNow()),
                ("@owner", Owner),
                ("@held", held.Select(r => r.Id).ToArray()),
                ("@lease", (long)lease.TotalMilliseconds)
            );
    }

    private const string Columns =
        "r.id, r.key, r.version_id, r.definition_id, r.correlation, r.version, r.state, r.ready, r.pending, r.fence, r.attempts";

    private const string Definitions = "(select distinct definition_id from wf_definition_version)";

    private string Free(bool suspects) =>
        $"i.owner is null and (i.lease_until is null or i.lease_until <= {leaseNow}) and {(suspects ? $"i.attempts > 0 and i.attempts < {MaxAttempts}" : "i.attempts = 0")}";

    /// <summary>
    /// The kinds of work of one definition <c>d</c>, each a few rows from the front of its own index, however many wait behind them.
    /// </summary>
    private string Kinds() => string.Join("\nunion all\n", new[]
            {
                $"""
                select 'start' as kind, i.id as run, i.created_at as due, i.key as key from wf_instance i
                where i.ready and i.definition_id = d.definition_id and {Free(suspects: false)} order by i.created_at, i.key
                """,
                $"""
                select 'timer' as kind, i.id as run, b.due_at as due, b.run_key as key from wf_bookmark b join wf_instance i on i.id = b.run_id
                where b.definition_id = d.definition_id and b.due_at <= @now and {Free(suspects: false)} order by b.due_at, b.run_key
                """,
            }.Concat(Inbox.Ways.SelectMany(way => new[] { Signalled("event", "=", way), Signalled("answer", "<>", way) })).Select(kind => $"select * from ({kind} limit {BatchSize * 2}) k"));

    // The definition of a signal is that of some run that waits for it; which run takes it is looked up here.
    private string Signalled(string kind, string compare, string way) =>
        $"""
            select '{kind}' as kind, i.id as run, s.at as due, i.key as key from wf_inbox s
            join wf_bookmark b on {way} join wf_instance i on i.id = b.run_id
            where s.taken_at is null and s.waited_by <> '' and s.waited_by = d.definition_id and s.kind {compare} 'event'
              and {Free(suspects: false)} order by s.at, s.id
            """;

    // The numbers stand in the text: the database plans for a few rows from the front only if it knows that they are few.
    private string DueTurns()
    {
        var each =
            storage.Kind == DatabaseKind.Postgres
                ? $"select d.definition_id, c.kind, c.run, c.due, c.key from {Definitions} d cross join lateral ({Kinds()}) c"
                : $"""
                    select d.definition_id, j.value ->> 0 as kind, j.value ->> 1 as run, j.value ->> 2 as due, j.value ->> 3 as key
                    from {Definitions} d join json_each(
                      (select json_group_array(json_array(kind, run, due, key)) from ({Kinds()}) c)) j
                    """;
        return $"""
            select i.id, i.key, w.due from (
              select run, min(due) as due, min(turn) as turn from (
                select e.run, e.due, row_number() over (partition by e.definition_id, e.kind order by e.due, e.key) as turn from ({each}) e) t
              group by run) w
            join wf_instance i on i.id = w.run
            where {Free(suspects: false)}
            order by w.turn, w.due, i.key limit {BatchSize}
            """;
    }

    /// <summary>
    /// From the few that are suspect, not from the many that are due: it is asked between the claims of a storm. They take turns, so
    /// that processes that end for a reason of their own do not use up the attempts of whichever run is first.
    /// </summary>
    private string DueSuspect() =>
        $"""
            select i.id, i.key, w.due from (
              select i.id as run, (select min(due) from (
                select i.created_at as due where i.ready
                union all
                select min(b.due_at) from wf_bookmark b where b.run_id = i.id and b.due_at <= @now
                {string.Concat(Inbox.Ways.Select(way =>
                    $"\nunion all select min(s.at) from wf_bookmark b join wf_inbox s on {way} where b.run_id = i.id and s.taken_at is null"
                ))}) d) as due
              from wf_instance i where {Free(suspects: true)}) w
            join wf_instance i on i.id = w.run
            where w.due is not null and {Free(suspects: true)}
            order by i.attempts, w.due, i.key limit 1
            """;

    private string Due(bool suspects) => suspects ? DueSuspect() : DueTurns();

    internal string Postgres(bool suspects) =>
        $"""
            with work as ({Due(suspects)} for update of i skip locked)
            update wf_instance r set owner = @owner, lease_until = {leaseNow} + @lease, fence = r.fence + 1
            from work w where r.id = w.id
            returning {Columns}, w.due
            """;

    private async Task<List<ClaimedRun>> SqliteAsync(
        CampaignFlowDb db,
        bool suspects,
        (string, SqlValue)[] values,
        CancellationToken cancellationToken
    )
    {
        var due = await SqlBatch.QueryAsync(db, Due(suspects), r => (Id: r.GetGuid(0), Due: Instant(r, 2)), cancellationToken, values);
        if (due.Count == 0)
            return [];
        var names = string.Join(", ", due.Select((_, n) => $"@r{n}"));
        var dues = due.ToDictionary(d => d.Id, d => d.Due);
        return await SqlBatch.QueryAsync(
            db,
            $"""
            update wf_instance set owner = @owner, lease_until = {leaseNow} + @lease, fence = fence + 1
            where id in ({names}) and owner is null
            returning {Columns.Replace("r.", "", StringComparison.Ordinal)}
            """,
            r => Read(r, dues[r.GetGuid(0)]),
            cancellationToken,
            [.. values, .. due.Select((d, n) => ($"@r{n}", (SqlValue)d.Id))]
        );
    }

    private static ClaimedRun Read(DbDataReader r, DateTimeOffset due) =>
        new(
            r.GetGuid(0),
            r.GetString(1),
            r.GetGuid(2),
            r.GetString(3),
            r.IsDBNull(4) ? null : r.GetString(4),
            r.GetInt32(5),
            r.GetString(6),
            r.GetBoolean(7),
            r.IsDBNull(8) ? null : r.GetString(8),
            r.GetInt64(9),
            r.GetInt32(10),
            due
        );

    private static DateTimeOffset Instant(DbDataReader r, int column) => DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(column));
}
