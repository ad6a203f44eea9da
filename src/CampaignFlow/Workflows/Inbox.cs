using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>A signal that some claimed run waits for.</summary>
internal sealed record WaitingSignal(long Id, Guid Run, string Kind, string Key, string? Correlation, JsonNode? Payload, DateTimeOffset At);

/// <summary>
/// Which run takes which signal. A signal belongs to one run: the first that waits for it, and it resumes all that this run waits for
/// under that kind and key. Only an <c>event</c> without a correlation is for everybody: it is copied, once, to every run that waits
/// for it at that moment. A signal that nobody waits for is kept until somebody does.
/// </summary>
internal static class Inbox
{
    /// <summary>A copy of an event for everybody is addressed: <c>taken_by</c> is set before <c>taken_at</c> is.</summary>
    private const string ForEverybody = "s.kind = 'event' and s.correlation is null and s.taken_by is null";

    /// <summary>Signal <c>s</c> resumes bookmark <c>b</c>.</summary>
    public const string Match =
        "b.kind = s.kind and b.key = s.key and (s.correlation is null or s.correlation = b.correlation) "
        + $"and (s.taken_by is null or s.taken_by = b.run_id) and not ({ForEverybody})";

    /// <summary>Addresses events for everybody to the runs that wait for them now.</summary>
    public static async Task BroadcastAsync(CampaignFlowDb db, DateTimeOffset now, Faults faults, CancellationToken cancellationToken)
    {
        var waiting = await SqlBatch.QueryAsync(
            db,
            $"""
            select s.id from wf_inbox s where s.taken_at is null and {ForEverybody}
              and exists (select 1 from wf_bookmark b where b.kind = s.kind and b.key = s.key) order by s.at, s.id
            """,
            r => r.GetInt64(0),
            cancellationToken
        );
        foreach (var signal in waiting)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var batch = new SqlBatch();
            batch.Add("update wf_inbox set taken_at = @now where id = @id and taken_at is null", ("@now", now), ("@id", signal));
            batch.Add(
                """
                insert into wf_inbox (dedup_key, kind, key, payload, at, taken_by, triggered_at)
                select distinct s.dedup_key || '>' || b.run_id, s.kind, s.key, s.payload, s.at, b.run_id, s.at
                from wf_inbox s join wf_bookmark b on b.kind = s.kind and b.key = s.key where s.id = @id
                on conflict (dedup_key) do nothing
                """,
                ("@id", signal)
            );
            faults.Hit(Faults.BeforeBroadcast);
            if (await batch.ExecuteAsync(db, cancellationToken) is not [1, > 0])
                continue;
            faults.Hit(Faults.DuringBroadcast);
            await transaction.CommitAsync(cancellationToken);
            faults.Hit(Faults.AfterBroadcast);
        }
    }

    /// <summary>What the given runs wait for and has arrived, oldest first.</summary>
    public static Task<List<WaitingSignal>> ForAsync(CampaignFlowDb db, IReadOnlyList<ClaimedRun> runs, CancellationToken cancellationToken)
    {
        var names = string.Join(", ", runs.Select((_, n) => string.Create(CultureInfo.InvariantCulture, $"@r{n}")));
        return SqlBatch.QueryAsync(
            db,
            $"""
            select distinct s.id, b.run_id, s.kind, s.key, s.correlation, s.payload, s.at
            from wf_bookmark b join wf_inbox s on {Match}
            where s.taken_at is null and b.run_id in ({names}) order by s.at, s.id
            """,
            r => new WaitingSignal(
                r.GetInt64(0),
                r.GetGuid(1),
                r.GetString(2),
                r.GetString(3),
                r.IsDBNull(4) ? null : r.GetString(4),
                r.IsDBNull(5) ? null : JsonNode.Parse(r.GetString(5)),
                DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(6))
            ),
            cancellationToken,
            [.. runs.Select((run, n) => (string.Create(CultureInfo.InvariantCulture, $"@r{n}"), (SqlValue)run.Id))]
        );
    }

    /// <summary>Gives each signal to one run only, the first of those that wait for it.</summary>
    public static ILookup<Guid, WaitingSignal> Share(IReadOnlyList<ClaimedRun> runs, IReadOnlyList<WaitingSignal> signals)
    {
        var order = runs.Select((run, n) => (run.Id, n)).ToDictionary(r => r.Id, r => r.n);
        return signals
            .GroupBy(s => s.Id)
            .Select(same => same.MinBy(s => order[s.Run])!)
            .OrderBy(s => s.At)
            .ThenBy(s => s.Id)
            .ToLookup(s => s.Run);
    }
}
