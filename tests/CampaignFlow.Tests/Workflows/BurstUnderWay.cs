using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CampaignFlow.Tests.Workflows;

/// <summary>Another node's burst on PostgreSQL that has written that its run waits; nobody sees it before its commit.</summary>
internal sealed class BurstUnderWay : IAsyncDisposable
{
    private readonly NpgsqlConnection connection;
    private NpgsqlTransaction? transaction;

    private BurstUnderWay(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Takes the only wait there is back, as if its run had not come so far.</summary>
    public static Task<RunBookmark> TakeBackAsync(Bench bench) =>
        bench.AskAsync(async db =>
        {
            var only = await db.RunBookmarks.AsNoTracking().SingleAsync();
            await db.RunBookmarks.ExecuteDeleteAsync();
            return only;
        });

    public static async Task<BurstUnderWay> BeginToWaitAsync(Bench bench, RunBookmark wait)
    {
        var burst = new BurstUnderWay(new(bench.Store.Services.GetRequiredService<StorageOptions>().ConnectionString));
        await burst.connection.OpenAsync();
        burst.transaction = await burst.connection.BeginTransactionAsync();
        var batch = new SqlBatch();
        batch.Add(
            """
            insert into wf_bookmark (run_id, id, execution, kind, key, correlation, definition_id, run_key)
            values (@run, @id, @execution, @kind, @key, @correlation, @definition, @runkey)
            """,
            ("@run", wait.RunId),
            ("@id", wait.Id),
            ("@execution", wait.Execution),
            ("@kind", wait.Kind),
            ("@key", wait.Key),
            ("@correlation", wait.Correlation),
            ("@definition", wait.DefinitionId),
            ("@runkey", wait.RunKey)
        );
        Inbox.TellWaiting(batch, wait.RunId, wait.DefinitionId, new Bookmark(wait.Id, wait.Kind, wait.Key), wait.Correlation);
        await batch.ExecuteAsync(burst.connection, burst.transaction, CancellationToken.None);
        return burst;
    }

    public Task CommitAsync() => transaction!.CommitAsync();

    public async ValueTask DisposeAsync()
    {
        if (transaction is not null)
            await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
