using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace CampaignFlow.Storage;

/// <summary>
/// Inserts many new rows past the change tracker, which costs more than the database does. Columns and conversions are the model's.
/// On PostgreSQL some thousand rows are one statement; SQLite is in the process and takes the usual way.
/// </summary>
internal static class ManyRows
{
    private const int RowsAtOnce = 5_000;

    /// <summary>In the caller's transaction, at once on PostgreSQL and with its next save on SQLite.</summary>
    public static async Task AddAsync<T>(CampaignFlowDb db, IReadOnlyList<T> rows, CancellationToken cancellationToken)
        where T : class
    {
        if (db is not PostgresDb)
        {
            db.AddRange(rows);
            return;
        }
        var type = db.Model.FindEntityType(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T).Name} has no table.");
        var columns = type.GetProperties().Select(p => new Column(p)).ToList();
        var names = string.Join(", ", columns.Select(c => $"\"{c.Name}\""));
        var arrays = string.Join(", ", columns.Select((_, i) => $"@c{i}"));
        foreach (var some in rows.Chunk(RowsAtOnce))
            await SqlBatch.ExecuteAsync(
                db,
                $"insert into {type.GetTableName()} ({names}) select * from unnest({arrays})",
                cancellationToken,
                [.. columns.Select((c, i) => ($"@c{i}", (SqlValue)c.Values(some)))]
            );
    }

    private sealed class Column(IProperty property)
    {
        public string Name { get; } = property.GetColumnName();

        public Array Values(IReadOnlyList<object> rows)
        {
            var converter = property.GetTypeMapping().Converter;
            var stored = converter?.ProviderClrType ?? property.ClrType;
            if (property.IsNullable && stored.IsValueType && Nullable.GetUnderlyingType(stored) is null)
                stored = typeof(Nullable<>).MakeGenericType(stored);
            var values = Array.CreateInstance(stored, rows.Count);
            for (var i = 0; i < rows.Count; i++)
            {
                var value = property.PropertyInfo!.GetValue(rows[i]);
                values.SetValue(converter is null || value is null ? value : converter.ConvertToProvider(value), i);
            }
            return values;
        }
    }
}
