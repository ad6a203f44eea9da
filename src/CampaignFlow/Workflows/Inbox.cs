using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
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
    public const string ForEverybody = "s.kind = 'event' and s.correlation is null and s.taken_by is null";

    /// <summary>
    /// The ways in which signal <c>s</c> resumes bookmark <c>b</c>. Each finds either by an index from the other, also where a hundred
    /// thousand wait for the same event; in one condition with "or" neither would.
    /// </summary>
    public static readonly IReadOnlyList<string> Ways =
    [
        "b.kind = s.kind and b.key = s.key and b.correlation = s.correlation and (s.taken_by is null or s.taken_by = b.run_id)",
        "s.correlation is null and b.run_id = s.taken_by and b.kind = s.kind and b.key = s.key",
        "s.correlation is null and s.taken_by is null and s.kind <> 'event' and b.kind = s.kind and b.key = s.key",
    ];

    /// <summary>Definition of some run that waits for signal <c>s</c>, an event for everybody included; null: nobody does.</summary>
    public const string WaitedBy = """
        coalesce(
          (select b.definition_id from wf_bookmark b where b.kind = s.kind and b.key = s.key and b.correlation = s.correlation
            and (s.taken_by is null or s.taken_by = b.run_id) limit 1),
          (select b.definition_id from wf_bookmark b where s.correlation is null and b.run_id = s.taken_by and b.kind = s.kind
            and b.key = s.key limit 1),
          (select b.definition_id from wf_bookmark b where s.correlation is null and s.taken_by is null and b.kind = s.kind
            and b.key = s.key limit 1))
        """;

    /// <summary>
    /// A run begins to wait: what was kept for it is somebody's now. Written with the bookmark, so that a signal is never left lying
    /// that arrived a moment ago; see <see cref="Sorting"/>.
    /// </summary>
    public static void TellWaiting(SqlBatch batch, Guid run, string definition, Bookmark bookmark, string? correlation)
    {
        if (bookmark.Kind == Bookmark.Timer || bookmark.IsEngines)
            return;
        batch.Add(
            """
            update wf_inbox as s set waited_by = @definition where s.taken_at is null and s.id in (
              select id from wf_inbox where taken_at is null and kind = @kind and key = @key and correlation = @correlation
              union all
              select id from wf_inbox where taken_at is null and kind = @kind and key = @key and correlation is null and taken_by is null
              union all
              select id from wf_inbox where taken_at is null and kind = @kind and key = @key and correlation is null and taken_by = @run)
            """,
            ("@definition", definition),
            ("@kind", bookmark.Kind),
            ("@key", bookmark.Key),
            ("@correlation", correlation),
            ("@run", run)
        );
    }

    /// <summary>What the given runs wait for and has arrived, oldest first.</summary>
    public static async Task<List<WaitingSignal>> ForAsync(
        CampaignFlowDb db,
        IReadOnlyList<ClaimedRun> runs,
        CancellationToken cancellationToken
    )
    {
        var names = string.Join(", ", runs.Select((_, n) => string.Create(CultureInfo.InvariantCulture, $"@r{n}")));
        var found = await SqlBatch.QueryAsync(
            db,
            string.Join(
                "\nunion\n",
                Ways.Select(way =>
                    $"""
                        select s.id, b.run_id, s.kind, s.key, s.correlation, s.payload, s.at
                        from wf_bookmark b join wf_inbox s on {way} where s.taken_at is null and b.run_id in ({names})
                        """
                )
            ),
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
        return [.. found.OrderBy(s => s.At).ThenBy(s => s.Id)];
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
