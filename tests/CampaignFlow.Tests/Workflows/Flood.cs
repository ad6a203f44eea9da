using System.Globalization;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Workflows;

/// <summary>Very many rows at once, copied inside the database from what the product wrote itself.</summary>
internal static class Flood
{
    /// <summary>Copies of a waiting run, with keys <c>flood-000000</c> and so on and what it waits for.</summary>
    /// <param name="correlated">Each gets its key as correlation, else the model's.</param>
    public static async Task CopyRunAsync(TestStore store, string model, int copies, bool correlated = false)
    {
        var (id, key) = Copy(store);
        var correlation = correlated ? key : "r.correlation";
        await store.InScopeAsync(
            (db, _) =>
                SqlBatch.ExecuteAsync(
                    db,
                    $"""
                    with recursive copy as (select 0 as n union all select n + 1 from copy where n + 1 < @copies)
                    insert into wf_instance (id, key, version_id, definition_id, correlation, status, version, state, ready, fence, attempts,
                      created_at, updated_at)
                    select {id}, {key}, r.version_id, r.definition_id, {correlation}, r.status, r.version, r.state, false, 0, 0,
                      r.created_at, r.updated_at
                    from wf_instance r, copy where r.key = @model
                    """,
                    CancellationToken.None,
                    ("@copies", copies),
                    ("@model", model)
                )
        );
        await store.InScopeAsync(
            (db, _) =>
                SqlBatch.ExecuteAsync(
                    db,
                    $"""
                with recursive copy as (select 0 as n union all select n + 1 from copy where n + 1 < @copies)
                insert into wf_bookmark (run_id, id, execution, kind, key, correlation, due_at, definition_id, run_key)
                select {id}, b.id, b.execution, b.kind, b.key, {correlation.Replace(
                    "r.",
                    "b.",
                    StringComparison.Ordinal
                )}, b.due_at, b.definition_id, {key}
                from wf_bookmark b, copy where b.run_key = @model
                """,
                    CancellationToken.None,
                    ("@copies", copies),
                    ("@model", model)
                )
        );
    }

    /// <summary>Signals that nobody waits for: each with a correlation of its own.</summary>
    public static Task EarlySignalsAsync(TestStore store, int count, DateTimeOffset at) =>
        store.InScopeAsync(
            (db, _) =>
                SqlBatch.ExecuteAsync(
                    db,
                    """
                    with recursive copy as (select 0 as n union all select n + 1 from copy where n + 1 < @copies)
                    insert into wf_inbox (dedup_key, kind, key, correlation, at)
                    select 'early-' || n, 'event', 'go', 'nobody-' || n, @at from copy
                    """,
                    CancellationToken.None,
                    ("@copies", count),
                    ("@at", at)
                )
        );

    public static string Key(int n) => string.Create(CultureInfo.InvariantCulture, $"flood-{n:000000}");

    private static (string Id, string Key) Copy(TestStore store) =>
        store.Services.GetRequiredService<StorageOptions>().Kind == DatabaseKind.Postgres
            ? ("cast('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0') as uuid)", "'flood-' || lpad(cast(n as text), 6, '0')")
            : ("printf('00000000-0000-4000-8000-%012X', n)", "printf('flood-%06d', n)");
}
