using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>
/// Starts runs of published definitions by events and by time. The run's key is definition:activity:occurrence, so that on any number
/// of nodes an occurrence is one run; what time missed while nobody was there is caught up once. A definition that is no longer
/// published starts nothing.
/// </summary>
public sealed partial class Triggers(IServiceScopeFactory scopes, DefinitionCache definitions, TimeProvider clock, ILogger<Triggers> logger)
{
    private const int AtOnce = 200;

    /// <summary>Trigger <c>t</c> is of the version that new runs take.</summary>
    internal const string Current = """
        exists (select 1 from wf_definition_version v where v.id = t.version_id and v.published and not exists (
          select 1 from wf_definition_version n where n.definition_id = v.definition_id and n.published and n.version > v.version))
        """;

    /// <summary>Signal <c>s</c> is an event that starts runs by trigger <c>t</c> and has not done so yet.</summary>
    private const string Started = "t.kind = 'event' and s.kind = 'event' and s.triggered_at is null and s.key = t.key and s.at >= t.since";

    /// <returns>How many starts were made, however many runs they were.</returns>
    public async Task<int> FireAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        await TakeUpAsync(db, cancellationToken);
        return await FireTimesAsync(db, cancellationToken) + await FireEventsAsync(db, cancellationToken);
    }

    /// <summary>When the next trigger that goes by time is due.</summary>
    public static async Task<DateTimeOffset?> NextAsync(CampaignFlowDb db, CancellationToken cancellationToken) =>
        (
            await SqlBatch.QueryAsync(
                db,
                $"select min(t.due_at) from wf_trigger t where t.due_at is not null and {Current}",
                r => r.IsDBNull(0) ? (DateTimeOffset?)null : Instant(r.GetInt64(0)),
                cancellationToken
            )
        )[0];

    /// <summary>Versions that were published or taken back since the last time: their triggers come and go.</summary>
    private async Task TakeUpAsync(CampaignFlowDb db, CancellationToken cancellationToken)
    {
        var fresh = await SqlBatch.QueryAsync(
            db,
            """
            select v.id, v.definition_id from wf_definition_version v where v.triggers_at is null and v.published and not exists (
              select 1 from wf_definition_version n where n.definition_id = v.definition_id and n.published and n.version > v.version)
            """,
            r => (Version: r.GetGuid(0), Definition: r.GetString(1)),
            cancellationToken
        );
        var now = clock.GetUtcNow();
        foreach (var (version, name) in fresh)
        {
            var batch = new SqlBatch();
            batch.Add(
                "update wf_definition_version set triggers_at = @now where id = @id and triggers_at is null",
                ("@now", now),
                ("@id", version)
            );
            foreach (var trigger in await OfAsync(db, version, name, cancellationToken))
                batch.Add(
                    // An unchanged schedule keeps its step when the definition changes elsewhere.
                    """
                    insert into wf_trigger (version_id, definition_id, activity, kind, key, since, due_at)
                    select @version, @definition, @activity, @kind, @key, @now, coalesce((select max(o.due_at) from wf_trigger o
                      where o.definition_id = @definition and o.activity = @activity and o.kind = @kind and o.key = @key), @due)
                    on conflict do nothing
                    """,
                    ("@version", version),
                    ("@definition", name),
                    ("@activity", trigger.Activity),
                    ("@kind", trigger.Kind),
                    ("@key", trigger.Key),
                    ("@now", now),
                    ("@due", TriggerTimes.First(trigger, now))
                );
            await CommitAsync(db, batch, cancellationToken);
        }
        await ForgetAsync(db, cancellationToken);
    }

    private async Task<IReadOnlyList<WorkflowTrigger>> OfAsync(
        CampaignFlowDb db,
        Guid version,
        string name,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (await definitions.GetAsync(db, version, cancellationToken)).Triggers;
        }
        catch (InvalidOperationException unreadable)
        {
            // The workflows page says what is wrong with it; it must not keep the others from starting.
            Log.Unreadable(logger, name, unreadable.Message);
            return [];
        }
    }

    private static async Task ForgetAsync(CampaignFlowDb db, CancellationToken cancellationToken)
    {
        var gone = await SqlBatch.QueryAsync(
            db,
            $"select distinct t.version_id from wf_trigger t where not {Current}",
            r => r.GetGuid(0),
            cancellationToken
        );
        foreach (var version in gone)
        {
            var batch = new SqlBatch();
            batch.Add("delete from wf_trigger where version_id = @id", ("@id", version));
            batch.Add("update wf_definition_version set triggers_at = null where id = @id", ("@id", version));
            await CommitAsync(db, batch, cancellationToken);
        }
    }

    private async Task<int> FireTimesAsync(CampaignFlowDb db, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await SqlBatch.QueryAsync(
            db,
            $"""
            select t.version_id, t.definition_id, t.activity, t.kind, t.key, t.due_at from wf_trigger t
            where t.due_at <= @now and {Current} order by t.due_at, t.definition_id, t.activity limit @most
            """,
            r =>
                (
                    Version: r.GetGuid(0),
                    Definition: r.GetString(1),
                    Trigger: new WorkflowTrigger(r.GetString(2), r.GetString(3), r.GetString(4)),
                    Due: Instant(r.GetInt64(5))
                ),
            cancellationToken,
            ("@now", now),
            ("@most", AtOnce)
        );
        foreach (var (version, name, trigger, at) in due)
        {
            var batch = new SqlBatch();
            batch.Add(
                """
                update wf_trigger set due_at = @next
                where version_id = @version and activity = @activity and kind = @kind and key = @key and due_at = @due
                """,
                ("@next", TriggerTimes.Next(trigger, at, now)),
                ("@version", version),
                ("@activity", trigger.Activity),
                ("@kind", trigger.Kind),
                ("@key", trigger.Key),
                ("@due", at)
            );
            var occurrence = at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
            AddStart(batch, version, name, occurrence, correlation: null, new(trigger.Activity, null), now);
            await CommitAsync(db, batch, cancellationToken);
        }
        return due.Count;
    }

    private async Task<int> FireEventsAsync(CampaignFlowDb db, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var heard = await SqlBatch.QueryAsync(
            db,
            $"""
            select s.id, s.dedup_key, s.correlation, s.payload, t.version_id, t.definition_id, t.activity
            from wf_trigger t join wf_inbox s on {Started} where {Current} and s.id in (
              select s.id from wf_inbox s where exists (select 1 from wf_trigger t where {Started} and {Current}) order by s.at, s.id limit @most)
            order by s.at, s.id, t.definition_id, t.activity
            """,
            r =>
                (
                    Signal: r.GetInt64(0),
                    Dedup: r.GetString(1),
                    Correlation: r.IsDBNull(2) ? null : r.GetString(2),
                    Payload: r.IsDBNull(3) ? null : JsonNode.Parse(r.GetString(3)),
                    Version: r.GetGuid(4),
                    Definition: r.GetString(5),
                    Activity: r.GetString(6)
                ),
            cancellationToken,
            ("@most", AtOnce)
        );
        foreach (var signal in heard.GroupBy(h => h.Signal))
        {
            var batch = new SqlBatch();
            // Whoever waits for it already gets it too. Otherwise it has been heard and is not kept for runs that wait later.
            batch.Add(
                $"""
                update wf_inbox as s set triggered_at = @now, taken_at = case when s.taken_at is null and {Inbox.WaitedBy} is null
                  then cast(@now as bigint) else s.taken_at end
                where s.id = @id and s.triggered_at is null
                """,
                ("@now", now),
                ("@id", signal.Key)
            );
            foreach (var start in signal)
                AddStart(batch, start.Version, start.Definition, start.Dedup, start.Correlation, new(start.Activity, start.Payload), now);
            await CommitAsync(db, batch, cancellationToken);
        }
        return heard.Count;
    }

    /// <summary>What makes the occurrence one run.</summary>
    internal static string Key(string definition, string activity, string occurrence) => $"{definition}:{activity}:{occurrence}";

    private static void AddStart(
        SqlBatch batch,
        Guid version,
        string definition,
        string occurrence,
        string? correlation,
        RunTrigger trigger,
        DateTimeOffset now
    ) =>
        batch.Add(
            """
            insert into wf_instance (id, key, version_id, definition_id, correlation, status, version, state, ready, fence, attempts,
              created_at, updated_at)
            values (@id, @key, @version, @definition, @correlation, @status, 0, @state, true, 0, 0, @now, @now)
            on conflict (key) do nothing
            """,
            ("@id", Guid.CreateVersion7(now)),
            ("@key", Key(definition, trigger.Activity, occurrence)),
            ("@version", version),
            ("@definition", definition),
            ("@correlation", correlation),
            ("@status", RunStatus.Running),
            (
                "@state",
                JsonSerializer.Serialize(
                    WorkflowRuns.Fresh(Key(definition, trigger.Activity, occurrence), correlation, null, trigger),
                    RunJson.Options
                )
            ),
            ("@now", now)
        );

    private static async Task CommitAsync(CampaignFlowDb db, SqlBatch batch, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await batch.ExecuteAsync(db, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static DateTimeOffset Instant(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Workflow {Definition} starts nothing by itself: {Why}")]
        public static partial void Unreadable(ILogger logger, string definition, string why);
    }
}
