using System.Data.Common;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CampaignFlow.Workflows;

/// <summary>
/// Statements that go to the database together, on the context's own connection and transaction: one round trip on PostgreSQL; SQLite
/// is in the process and takes them one by one.
/// </summary>
internal sealed class SqlBatch(CampaignFlowDb db)
{
    private readonly List<(string Sql, (string Name, object? Value)[] Values)> statements = [];

    /// <returns>Index of the statement in the answer of the batch.</returns>
    public int Add(string sql, params (string Name, object? Value)[] values)
    {
        statements.Add((sql, values));
        return statements.Count - 1;
    }

    /// <returns>Affected rows by statement.</returns>
    public async Task<int[]> ExecuteAsync(CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            var connection = db.Database.GetDbConnection();
            var transaction = db.Database.CurrentTransaction?.GetDbTransaction();
            return connection.CanCreateBatch
                ? await TogetherAsync(connection, transaction, cancellationToken)
                : await OneByOneAsync(connection, transaction, cancellationToken);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    /// <summary>Reads the rows of one statement.</summary>
    public static async Task<List<T>> QueryAsync<T>(
        CampaignFlowDb db,
        string sql,
        Func<DbDataReader, T> row,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] values
    )
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            Fill(command, db.Database.CurrentTransaction?.GetDbTransaction(), sql, values);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellationToken))
                rows.Add(row(reader));
            return rows;
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    public static async Task<int> ExecuteAsync(
        CampaignFlowDb db,
        string sql,
        CancellationToken cancellationToken,
        params (string Name, object? Value)[] values
    )
    {
        var batch = new SqlBatch(db);
        batch.Add(sql, values);
        return (await batch.ExecuteAsync(cancellationToken))[0];
    }

    private async Task<int[]> TogetherAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var (sql, values) in statements)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            foreach (var (name, value) in values)
                command.Parameters.Add(Named(command.CreateParameter(), name, value));
            batch.BatchCommands.Add(command);
        }
        await batch.ExecuteNonQueryAsync(cancellationToken);
        return [.. batch.BatchCommands.Select(c => c.RecordsAffected)];
    }

    private async Task<int[]> OneByOneAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        var affected = new int[statements.Count];
        for (var i = 0; i < affected.Length; i++)
        {
            await using var command = connection.CreateCommand();
            Fill(command, transaction, statements[i].Sql, statements[i].Values);
            affected[i] = await command.ExecuteNonQueryAsync(cancellationToken);
        }
        return affected;
    }

    private static void Fill(DbCommand command, DbTransaction? transaction, string sql, (string Name, object? Value)[] values)
    {
        command.Transaction = transaction;
#pragma warning disable CA2100 // Every text is a constant of this slice; what varies are the parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
            command.Parameters.Add(Named(command.CreateParameter(), name, value));
    }

    private static DbParameter Named(DbParameter parameter, string name, object? value)
    {
        parameter.ParameterName = name;
        parameter.Value = value switch
        {
            null => DBNull.Value,
            DateTimeOffset at => at.ToUnixTimeMilliseconds(),
            Enum word => word.ToString(),
            _ => value,
        };
        return parameter;
    }
}
