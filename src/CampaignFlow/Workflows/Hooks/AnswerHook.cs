using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Hooks;

/// <summary>Which run the caller means, when more than one may wait; and what makes a repeated request the same one.</summary>
public sealed record HookAddress(Guid? Run, string? Correlation, string? IdempotencyKey);

/// <summary>
/// Gives a request to the run that waits for it, or starts the one whose trigger it is. A request is stored before it is answered; the
/// same <c>Idempotency-Key</c> gets the same run again and changes nothing.
/// </summary>
public sealed class AnswerHook(CampaignFlowDb db, DefinitionCache definitions, WorkflowRuns runs, TimeProvider clock, WakeUp wakeUp)
{
    private sealed record Match(string Kind, string Key, IReadOnlyDictionary<string, string> Route);

    private sealed record Waiting(Guid Run, string Execution, string Kind, string Key);

    /// <returns>The run that took it, or why none did.</returns>
    public async Task<(Guid? Run, HookRefusal? Refusal)> HandleAsync(
        HookRequest request,
        HookCaller caller,
        HookAddress address,
        Func<string, bool> may,
        CancellationToken cancellationToken
    )
    {
        var once = address.IdempotencyKey is { } given ? $"{caller.Name ?? "anybody"}:{given}" : Guid.NewGuid().ToString("N");
        var dedup = $"http:{request.Method} {HttpPath.Normal(request.Path)}:{once}";
        if (await TakenAsync(dedup, cancellationToken) is { } taken)
            return (taken, null);
        var triggers = await TriggersAsync(request, cancellationToken);
        if (triggers.Count > 0 && await StartedAsync(triggers[0].Trigger, once, cancellationToken) is { } started)
            return (started, null);
        var (waiting, refusal) = await WaitingAsync(request, address, cancellationToken);
        if (refusal is not null)
            return (null, refusal);
        if (waiting is null && triggers.Count == 0)
            return (null, await NobodyAsync(address, cancellationToken));
        var activity = waiting is { } w ? await ActivityAsync(w.Waiting, cancellationToken) : triggers[0].Activity;
        if (Forbidden(activity, request, caller, may) is { } forbidden)
            return (null, forbidden);
        try
        {
            var run = waiting is { } found
                ? Resume(found.Waiting, request.Payload(found.Match.Route), dedup)
                : await StartAsync(
                    triggers[0].Trigger,
                    request.Payload(triggers[0].Match.Route),
                    once,
                    address.Correlation,
                    cancellationToken
                );
            await db.SaveChangesAsync(cancellationToken);
            wakeUp.Ring();
            return (run, null);
        }
        catch (DbUpdateException) when (address.IdempotencyKey is not null)
        {
            // The same request came twice at once; the other one was first.
            db.ChangeTracker.Clear();
            var first = await TakenAsync(dedup, cancellationToken);
            if (first is null && triggers.Count > 0)
                first = await StartedAsync(triggers[0].Trigger, once, cancellationToken);
            if (first is null)
                throw;
            return (first, null);
        }
    }

    private Task<Guid?> TakenAsync(string dedup, CancellationToken cancellationToken) =>
        db.InboxSignals.Where(s => s.DedupKey == dedup).Select(s => s.TakenBy).SingleOrDefaultAsync(cancellationToken);

    private Task<Guid?> StartedAsync(TriggerRow trigger, string once, CancellationToken cancellationToken)
    {
        var key = Triggers.Key(trigger.DefinitionId, trigger.Activity, once);
        return db.Runs.Where(r => r.Key == key).Select(r => (Guid?)r.Id).SingleOrDefaultAsync(cancellationToken);
    }

    private Guid Resume(Waiting waiting, JsonObject payload, string dedup)
    {
        db.InboxSignals.Add(
            new()
            {
                DedupKey = dedup,
                Kind = waiting.Kind,
                Key = waiting.Key,
                Payload = payload.ToJsonString(),
                At = clock.GetUtcNow(),
                TakenBy = waiting.Run,
            }
        );
        return waiting.Run;
    }

    private Task<Guid> StartAsync(
        TriggerRow trigger,
        JsonObject payload,
        string once,
        string? correlation,
        CancellationToken cancellationToken
    ) =>
        runs.StartAsync(
            trigger.DefinitionId,
            Triggers.Key(trigger.DefinitionId, trigger.Activity, once),
            correlation,
            null,
            cancellationToken,
            new RunTrigger(trigger.Activity, payload)
        );

    // A fixed path before one with parts, the longest first.
    private async Task<IReadOnlyList<(TriggerRow Trigger, Match Match, Activity Activity)>> TriggersAsync(
        HookRequest request,
        CancellationToken cancellationToken
    )
    {
        var rows = await SqlBatch.QueryAsync(
            db,
            $"select t.version_id, t.definition_id, t.activity, t.kind, t.key from wf_trigger t where t.kind in ('http', 'http-route') and {Triggers.Current}",
            r => new TriggerRow
            {
                VersionId = r.GetGuid(0),
                DefinitionId = r.GetString(1),
                Activity = r.GetString(2),
                Kind = r.GetString(3),
                Key = r.GetString(4),
                Since = default,
            },
            cancellationToken
        );
        var found = new List<(TriggerRow, Match, Activity)>();
        foreach (
            var row in rows.OrderBy(r => r.Kind, StringComparer.Ordinal)
                .ThenByDescending(r => r.Key.Length)
                .ThenBy(r => r.DefinitionId, StringComparer.Ordinal)
        )
            if (Matching(row.Kind, row.Key, request) is { } match)
                found.Add((row, match, (await definitions.GetAsync(db, row.VersionId, cancellationToken)).Activities[row.Activity]));
        return found;
    }

    private static Match? Matching(string kind, string key, HookRequest request)
    {
        var (method, path) = (key[..key.IndexOf(' ', StringComparison.Ordinal)], key[(key.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        if (method != request.Method)
            return null;
        if (kind == Bookmark.HttpRoute)
            return HttpPath.Match(path, request.Path) is { } route ? new(kind, key, route) : null;
        return path == HttpPath.Normal(request.Path) ? new(kind, key, new Dictionary<string, string>(StringComparer.Ordinal)) : null;
    }

    private async Task<((Waiting Waiting, Match Match)? Waiting, HookRefusal? Refusal)> WaitingAsync(
        HookRequest request,
        HookAddress address,
        CancellationToken cancellationToken
    )
    {
        var matches = new List<Match>
        {
            new(Bookmark.Http, $"{request.Method} {HttpPath.Normal(request.Path)}", new Dictionary<string, string>(StringComparer.Ordinal)),
        };
        matches.AddRange((await RoutesAsync(cancellationToken)).Select(key => Matching(Bookmark.HttpRoute, key, request)).OfType<Match>());
        foreach (var match in matches)
        {
            var waiting = await db
                .RunBookmarks.Where(b => b.Kind == match.Kind && b.Key == match.Key)
                .Where(b =>
                    (address.Run == null || b.RunId == address.Run) && (address.Correlation == null || b.Correlation == address.Correlation)
                )
                .OrderBy(b => b.RunId)
                .Select(b => new Waiting(b.RunId, b.Execution, b.Kind, b.Key))
                .Take(2)
                .ToListAsync(cancellationToken);
            if (waiting.Count == 2 && waiting[0].Run != waiting[1].Run)
                return (
                    null,
                    new(
                        409,
                        new(
                            "More than one run waits for this request. Say which: ?workflowInstanceId=… or ?correlationId=….",
                            "有多个运行在等待此请求。请指明：?workflowInstanceId=… 或 ?correlationId=…。"
                        )
                    )
                );
            if (waiting.Count > 0)
                return ((waiting[0], match), null);
        }
        return (null, null);
    }

    // From one key to the next along the index, however many runs wait for each.
    private Task<List<string>> RoutesAsync(CancellationToken cancellationToken) =>
        SqlBatch.QueryAsync(
            db,
            """
            with recursive routes(key) as (
              select (select min(b.key) from wf_bookmark b where b.kind = 'http-route')
              union all
              select (select min(b.key) from wf_bookmark b where b.kind = 'http-route' and b.key > r.key) from routes r where r.key is not null
            ) select key from routes where key is not null
            """,
            r => r.GetString(0),
            cancellationToken
        );

    private async Task<Activity> ActivityAsync(Waiting waiting, CancellationToken cancellationToken)
    {
        var run = await db.Runs.AsNoTracking().SingleAsync(r => r.Id == waiting.Run, cancellationToken);
        var definition = await definitions.GetAsync(db, run.VersionId, cancellationToken);
        var state = JsonSerializer.Deserialize<RunState>(run.State, RunJson.Options)!;
        return definition.Activities[state.Executions.Single(e => e.Id == waiting.Execution).Activity];
    }

    private static HookRefusal? Forbidden(Activity activity, HookRequest request, HookCaller caller, Func<string, bool> may)
    {
        // What only the run could work out is taken as asked for.
        if (
            caller.Name is null
            && activity.Inputs.TryGetValue("Authorize", out var asked)
            && asked is not { IsConstant: true, Value: null }
            && asked.Value?.ToString() != "false"
        )
            return HookCallers.Unknown;
        if (
            activity.Inputs.GetValueOrDefault("Policy") is { Value: { } policy }
            && policy.ToString() is { Length: > 0 } permission
            && !may(permission)
        )
            return new(403, new($"This needs the permission '{permission}'.", $"需要权限“{permission}”。"));
        if (
            activity.Inputs.GetValueOrDefault("RequestSizeLimit") is { Value: { } limit }
            && long.TryParse(limit.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var most)
            && request.Size > most
        )
            return new(413, new($"The content has more than {most} bytes.", $"内容超过 {most} 字节。"));
        return null;
    }

    private async Task<HookRefusal> NobodyAsync(HookAddress address, CancellationToken cancellationToken)
    {
        var meant = await db
            .Runs.AsNoTracking()
            .Where(r => address.Run != null ? r.Id == address.Run : address.Correlation != null && r.Correlation == address.Correlation)
            .Select(r => r.Status)
            .ToListAsync(cancellationToken);
        if (address.Run is { } run && meant.Count == 0)
            return await db.ArchivedRuns.FindAsync([run], cancellationToken) is { } archived
                ? new(410, archived.Says)
                : new(404, new("There is no such run.", "没有这个运行。"));
        if (meant.Count > 0 && meant.TrueForAll(s => s is RunStatus.Finished or RunStatus.Cancelled))
            return new(410, new("The run is already over; nothing was changed.", "该运行已经结束，没有任何改动。"));
        return new(
            404,
            new(
                "No run waits for this request, and no published workflow starts by it.",
                "没有运行在等待此请求，也没有已发布的流程由它启动。"
            )
        );
    }
}
