using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace CampaignFlow.Workflows;

/// <summary>
/// The database side of one burst. A scope with a context and a transaction is opened by the first product activity that is called;
/// a burst without one needs only a connection, for its one batch.
/// </summary>
internal sealed class BurstScope(IServiceScopeFactory scopes, StorageOptions storage) : IAsyncDisposable
{
    private AsyncServiceScope? scope;
    private CampaignFlowDb? db;
    private IDbContextTransaction? transaction;
    private IReadOnlyDictionary<string, IActivity> activities = new Dictionary<string, IActivity>();
    private int marks;

    /// <summary>The context that activities share; the first call begins the burst's transaction.</summary>
    public async ValueTask<CampaignFlowDb> OpenAsync(CancellationToken cancellationToken)
    {
        if (db is not null)
            return db;
        var opened = scopes.CreateAsyncScope();
        scope = opened;
        activities = opened.ServiceProvider.GetServices<IActivity>().ToDictionary(a => a.Type.Type, StringComparer.Ordinal);
        db = opened.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        // There is a savepoint between activities; EF's own before each SaveChanges would be two more round trips.
        db.Database.AutoSavepointsEnabled = false;
        transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        return db;
    }

    /// <summary>The product's activity of that type; null when nobody implements it.</summary>
    public async ValueTask<IActivity?> FindAsync(string type, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        return activities.GetValueOrDefault(type);
    }

    /// <summary>Remembers where the transaction stands. Before the first activity that is its beginning, which costs nothing.</summary>
    public async Task<int> MarkAsync(CancellationToken cancellationToken)
    {
        if (marks > 0)
            await transaction!.CreateSavepointAsync(Name(marks), cancellationToken);
        return marks++;
    }

    public Task SaveAsync(CancellationToken cancellationToken) => db!.SaveChangesAsync(cancellationToken);

    /// <summary>Takes back what was written since the mark.</summary>
    public async Task ReturnToAsync(int mark, CancellationToken cancellationToken)
    {
        db!.ChangeTracker.Clear();
        if (mark > 0)
        {
            await transaction!.RollbackToSavepointAsync(Name(mark), cancellationToken);
            return;
        }
        await transaction!.RollbackAsync(cancellationToken);
        await transaction.DisposeAsync();
        marks = 0;
        transaction = await db.Database.BeginTransactionAsync(cancellationToken);
    }

    /// <summary>All that the burst came to and the activities' changes in one commit.</summary>
    /// <param name="written">Called when everything is written and nothing is committed; what it throws takes all of it back.</param>
    public async Task CommitAsync(SqlBatch batch, Action<int[]> written, CancellationToken cancellationToken)
    {
        if (db is null && storage.Kind == DatabaseKind.Postgres)
        {
            await using var connection = new NpgsqlConnection(storage.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var own = await connection.BeginTransactionAsync(cancellationToken);
            written(await batch.ExecuteAsync(connection, own, cancellationToken));
            await own.CommitAsync(cancellationToken);
            return;
        }
        written(await batch.ExecuteAsync(await OpenAsync(cancellationToken), cancellationToken));
        await transaction!.CommitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (transaction is not null)
            await transaction.DisposeAsync();
        if (scope is { } opened)
            await opened.DisposeAsync();
    }

    private static string Name(int mark) => $"a{mark}";
}
