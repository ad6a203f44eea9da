using System.Globalization;
using System.Text.Json;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>The row of this run was changed by somebody else: its fence or version has moved on. The burst is void.</summary>
internal sealed class StaleBurst(string message) : Exception(message);

/// <summary>What a burst came to as one batch: all of it is written or nothing.</summary>
internal sealed class BurstCommit
{
    private readonly SqlBatch batch = new();
    private readonly int fenced;
    private readonly int signals;

    public BurstCommit(
        DatabaseKind kind,
        ClaimedRun run,
        WorkflowDefinition definition,
        RunState before,
        Burst burst,
        IReadOnlyList<long> taken,
        string? trace,
        DateTimeOffset now
    )
    {
        fenced = batch.Add(
            """
            update wf_instance set status = @status, version = version + 1, state = @state, ready = false, pending = null, owner = null,
              lease_until = null, attempts = 0, correlation = @correlation, updated_at = @now, error = @error,
              finished_at = case when @over then cast(@now as bigint) else null end
            where id = @id and version = @version and fence = @fence
            """,
            ("@status", burst.State.Status),
            ("@state", Stored(burst)),
            ("@correlation", burst.State.CorrelationId),
            ("@now", now),
            ("@error", burst.State.Error),
            ("@over", IsOver(burst.State)),
            ("@id", run.Id),
            ("@version", run.Version),
            ("@fence", run.Fence)
        );
        signals = taken.Count;
        foreach (var signal in taken)
            batch.Add(
                "update wf_inbox set taken_at = @now, taken_by = @run where id = @id and taken_at is null",
                ("@now", now),
                ("@run", run.Id),
                ("@id", signal)
            );
        AddBookmarks(batch, run, before, burst.State);
        IncidentRows.Add(batch, run.Id, definition, before, burst.State);
        JournalRows.Add(batch, kind, run.Id, burst.Journal, trace);
        AddSignals(batch, run, burst.Signals, now);
        foreach (var start in burst.Starts)
            AddStart(batch, run.Id, start, now);
        if (IsOver(burst.State))
            AddEnd(batch, run, burst.State, now);
    }

    public SqlBatch Batch => batch;

    /// <param name="affected">Rows by statement, before the commit.</param>
    /// <exception cref="StaleBurst">The run or one of the signals was taken by another process.</exception>
    public void Check(int[] affected)
    {
        if (affected[fenced] != 1)
            throw new StaleBurst("The run has moved on since it was claimed.");
        if (affected.Skip(fenced + 1).Take(signals).Any(rows => rows != 1))
            throw new StaleBurst("A signal was taken by another run.");
    }

    private static string Stored(Burst burst)
    {
        var json = JsonSerializer.Serialize(burst.State, RunJson.Options);
        return json.Length > RunSize.LargestState && RunSize.TooLarge(burst.State, burst.Definition) is { } why
            ? throw new RunRefusal(why)
            : json;
    }

    private static bool IsOver(RunState state) => state.Status is RunStatus.Finished or RunStatus.Cancelled;

    private static void AddBookmarks(SqlBatch batch, ClaimedRun run, RunState before, RunState after)
    {
        var moved = !string.Equals(run.Correlation, after.CorrelationId, StringComparison.Ordinal);
        var had = Rows(before).ToList();
        var has = Rows(after).ToList();
        foreach (var (_, gone) in had.Where(b => moved || !has.Contains(b)))
            batch.Add("delete from wf_bookmark where run_id = @run and id = @id", ("@run", run.Id), ("@id", gone.Id));
        foreach (var (execution, made) in has.Where(b => moved || !had.Contains(b)))
        {
            batch.Add(
                """
                insert into wf_bookmark (run_id, id, execution, kind, key, correlation, due_at, definition_id, run_key)
                values (@run, @id, @execution, @kind, @key, @correlation, @due, @definition, @runkey)
                """,
                ("@run", run.Id),
                ("@id", made.Id),
                ("@execution", execution),
                ("@kind", made.Kind),
                ("@key", made.Key),
                ("@correlation", after.CorrelationId),
                ("@due", made.DueAt),
                ("@definition", run.DefinitionId),
                ("@runkey", run.Key)
            );
            Inbox.TellWaiting(batch, run.Id, run.DefinitionId, made, after.CorrelationId);
        }
    }

    private static IEnumerable<(string Execution, Bookmark Bookmark)> Rows(RunState state) =>
        state.Executions.SelectMany(e => e.Bookmarks.Select(b => (e.Id, b)));

    private static void AddSignals(SqlBatch batch, ClaimedRun run, List<RunCommand.Signal> signals, DateTimeOffset now)
    {
        for (var i = 0; i < signals.Count; i++)
            batch.Add(
                """
                insert into wf_inbox (dedup_key, kind, key, correlation, payload, at)
                values (@dedup, @kind, @key, @correlation, @payload, @now) on conflict (dedup_key) do nothing
                """,
                ("@dedup", string.Create(CultureInfo.InvariantCulture, $"{run.Id}:{run.Version}:{i}")),
                ("@kind", signals[i].Kind),
                ("@key", signals[i].Key),
                ("@correlation", signals[i].Correlation),
                ("@payload", signals[i].Payload?.ToJsonString()),
                ("@now", now)
            );
    }

    private static void AddStart(SqlBatch batch, Guid parent, RunCommand.StartRun start, DateTimeOffset now)
    {
        var key = ChildKey(parent, start.Key);
        var state = WorkflowRuns.Fresh(key, start.Correlation, start.Input);
        batch.Add(
            """
            insert into wf_instance (id, key, version_id, definition_id, correlation, status, version, state, ready, fence, attempts,
              created_at, updated_at)
            select @id, @key, v.id, v.definition_id, @correlation, @status, 0, @state, true, 0, 0, @now, @now
            from wf_definition_version v where v.definition_id = @definition and v.published order by v.version desc limit 1
            on conflict (key) do nothing
            """,
            ("@id", Guid.CreateVersion7(now)),
            ("@key", key),
            ("@correlation", start.Correlation),
            ("@status", RunStatus.Running),
            ("@state", JsonSerializer.Serialize(state, RunJson.Options)),
            ("@now", now),
            ("@definition", start.Definition)
        );
    }

    private static void AddEnd(SqlBatch batch, ClaimedRun run, RunState state, DateTimeOffset now)
    {
        // What was addressed to this run and came too late is nobody's any more.
        batch.Add("update wf_inbox set taken_at = @now where taken_at is null and taken_by = @run", ("@now", now), ("@run", run.Id));
        if (ParentOf(run.Key) is not var (parent, execution))
            return;
        batch.Add(
            """
            insert into wf_inbox (dedup_key, kind, key, payload, at, taken_by, waited_by)
            select @dedup, b.kind, b.key, @payload, @now, b.run_id, b.definition_id
            from wf_bookmark b where b.run_id = @parent and b.kind = 'run' and b.key = @execution
            on conflict (dedup_key) do nothing
            """,
            ("@dedup", run.Key + ":over"),
            ("@payload", Burst.Outcome(state)?.ToJsonString()),
            ("@now", now),
            ("@parent", parent),
            ("@execution", execution)
        );
    }

    internal static string ChildKey(Guid parent, string execution) => $"run:{parent}:{execution}";

    internal static (Guid Parent, string Execution)? ParentOf(string key) =>
        key.Split(':', 3) is ["run", var parent, var execution] && Guid.TryParse(parent, out var id) ? (id, execution) : null;
}
