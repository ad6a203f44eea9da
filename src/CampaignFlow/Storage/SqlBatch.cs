using System.Data;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace CampaignFlow.Storage;

/// <summary>
/// A parameter's value. A missing one keeps its type: PostgreSQL prepares a statement for the types it first saw, and an untyped null
/// would not fit it.
/// </summary>
internal readonly record struct SqlValue(object? Value, DbType Type)
{
    public static implicit operator SqlValue(string? text) => new(text, DbType.String);

    public static implicit operator SqlValue(DateTimeOffset at) => new(at.ToUnixTimeMilliseconds(), DbType.Int64);

    public static implicit operator SqlValue(DateTimeOffset? at) => new(at?.ToUnixTimeMilliseconds(), DbType.Int64);

    public static implicit operator SqlValue(long number) => new(number, DbType.Int64);

    public static implicit operator SqlValue(int number) => new(number, DbType.Int32);

    public static implicit operator SqlValue(DateOnly day) => new(day, DbType.Date);

    public static implicit operator SqlValue(bool truth) => new(truth, DbType.Boolean);

    public static implicit operator SqlValue(Guid id) => new(id, DbType.Guid);

    public static implicit operator SqlValue(Enum word) => new(word.ToString(), DbType.String);

    public static implicit operator SqlValue(Array many) => new(many, DbType.Object);
}

/// <summary>
/// Statements that go to the database together: one round trip on PostgreSQL; SQLite is in the process and takes them one by one.
/// </summary>
internal sealed class SqlBatch
{
    private readonly List<(string Sql, (string Name, SqlValue Value)[] Values)> statements = [];

    /// <returns>Index of the statement in the answer of the batch.</returns>
    public int Add(string sql, params (string Name, SqlValue Value)[] values)
    {
        statements.Add((sql, values));
        return statements.Count - 1;
    }

    /// <summary>Sends them on the context's own connection and transaction.</summary>
    /// <returns>Affected rows by statement.</returns>
    public async Task<int[]> ExecuteAsync(CampaignFlowDb db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            return await ExecuteAsync(db.Database.GetDbConnection(), TransactionOf(db), cancellationToken);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    public Task<int[]> ExecuteAsync(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken) =>
        connection.CanCreateBatch
            ? TogetherAsync(connection, transaction, cancellationToken)
            : OneByOneAsync(connection, transaction, cancellationToken);

    /// <summary>Reads the rows of one statement.</summary>
    public static async Task<List<T>> QueryAsync<T>(
        CampaignFlowDb db,
        string sql,
        Func<DbDataReader, T> row,
        CancellationToken cancellationToken,
        params (string Name, SqlValue Value)[] values
    )
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var command = db.Database.GetDbConnection().CreateCommand();
            Fill(command, TransactionOf(db), sql, values);
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
        params (string Name, SqlValue Value)[] values
    )
    {
        var batch = new SqlBatch();
        batch.Add(sql, values);
        return (await batch.ExecuteAsync(db, cancellationToken))[0];
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

    private static DbTransaction? TransactionOf(CampaignFlowDb db) => db.Database.CurrentTransaction?.GetDbTransaction();

    private static void Fill(DbCommand command, DbTransaction? transaction, string sql, (string Name, SqlValue Value)[] values)
    {
        command.Transaction = transaction;
#pragma warning disable CA2100 // Every text is a constant of this slice; what varies are the parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
            command.Parameters.Add(Named(command.CreateParameter(), name, value));
    }

    private static DbParameter Named(DbParameter parameter, string name, SqlValue value)
    {
        parameter.ParameterName = name;
        parameter.Value = value.Value ?? DBNull.Value;
        if (value.Value is null)
            parameter.DbType = value.Type;
        return parameter;
    }
}
