using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace CampaignFlow.Workflows;

/// <summary>An activity failed, and there was no savepoint before it to go back to.</summary>
internal sealed class SavepointMissing() : Exception("The burst is made again, with savepoints between its activities.");

/// <summary>
/// The database side of bursts that are committed together: on PostgreSQL of one, on SQLite of several, each behind a savepoint. A
/// scope with a context and a transaction is opened by the first product activity that is called; on PostgreSQL a burst without one
/// needs only a connection, for its one batch.
/// </summary>
internal sealed class BurstScope(IServiceScopeFactory scopes, StorageOptions storage) : IAsyncDisposable
{
    private const string Beginning = "burst";

    private readonly bool shared = storage.Kind == DatabaseKind.Sqlite;
    private AsyncServiceScope? scope;
    private CampaignFlowDb? db;
    private IDbContextTransaction? transaction;
    private NpgsqlConnection? bare;
    private NpgsqlTransaction? own;
    private IReadOnlyDictionary<string, IActivity> activities = new Dictionary<string, IActivity>();
    private int marks;

    /// <summary>
    /// With a savepoint before every activity. On PostgreSQL each is a round trip, so a burst of which nobody expects that it fails goes
    /// without at first.
    /// </summary>
    public bool IsCareful { get; set; } = storage.Kind == DatabaseKind.Sqlite;

    /// <summary>The transaction is gone with all that was written in it.</summary>
    public bool IsLost { get; private set; }

    /// <summary>The context that activities share; the first call begins the transaction.</summary>
    public async ValueTask<CampaignFlowDb> OpenAsync(CancellationToken cancellationToken)
    {
        if (db is not null)
            return db;
        var opened = scope ??= scopes.CreateAsyncScope();
        activities = opened.ServiceProvider.GetServices<IActivity>().ToDictionary(a => a.Type.Type, StringComparer.Ordinal);
        var context = opened.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        // EF's own savepoint before each SaveChanges would be two more round trips.
        context.Database.AutoSavepointsEnabled = false;
        transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        return db = context;
    }

    /// <summary>Another burst begins. What earlier ones wrote stays.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        marks = 0;
        if (!shared)
            return;
        (await OpenAsync(cancellationToken)).ChangeTracker.Clear();
        await transaction!.CreateSavepointAsync(Beginning, cancellationToken);
    }

    /// <summary>The burst that began last is over: what it wrote is kept or taken back.</summary>
    public async Task EndAsync(bool keep)
    {
        if (!shared || transaction is null)
            return;
        try
        {
            if (!keep)
                await transaction.RollbackToSavepointAsync(Beginning, CancellationToken.None);
            await transaction.ReleaseSavepointAsync(Beginning, CancellationToken.None);
        }
        catch (Exception) when (!keep)
        {
            IsLost = true; // a full disk, for one, ends the whole transaction
        }
    }

    /// <summary>The product's activity of that type; null when nobody implements it.</summary>
    public async ValueTask<IActivity?> FindAsync(string type, CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        return activities.GetValueOrDefault(type);
    }

    /// <summary>Remembers where the burst stands. Before the first activity that is its beginning, which costs nothing.</summary>
    public async Task<int> MarkAsync(CancellationToken cancellationToken)
    {
        if (marks > 0 && IsCareful)
            await transaction!.CreateSavepointAsync(Name(marks), cancellationToken);
        return marks++;
    }

    public Task SaveAsync(CancellationToken cancellationToken) => db!.SaveChangesAsync(cancellationToken);

    /// <summary>Takes back what was written since the mark.</summary>
    /// <exception cref="SavepointMissing">Only a burst with savepoints can do that.</exception>
    public async Task ReturnToAsync(int mark, CancellationToken cancellationToken)
    {
        if (mark > 0 && !IsCareful)
            throw new SavepointMissing();
        db!.ChangeTracker.Clear();
        if (mark > 0 || shared)
        {
            await transaction!.RollbackToSavepointAsync(mark > 0 ? Name(mark) : Beginning, cancellationToken);
            return;
        }
        await transaction!.RollbackAsync(cancellationToken);
        await transaction.DisposeAsync();
        marks = 0;
        transaction = await db.Database.BeginTransactionAsync(cancellationToken);
    }

    /// <summary>Writes all that a burst came to, beside what its activities changed.</summary>
    /// <returns>Affected rows by statement.</returns>
    public async Task<int[]> WriteAsync(SqlBatch batch, CancellationToken cancellationToken)
    {
        if (db is not null || storage.Kind != DatabaseKind.Postgres)
            return await batch.ExecuteAsync(await OpenAsync(cancellationToken), cancellationToken);
        bare = new(storage.ConnectionString);
        await bare.OpenAsync(cancellationToken);
        own = await bare.BeginTransactionAsync(cancellationToken);
        return await batch.ExecuteAsync(bare, own, cancellationToken);
    }

    public Task CommitAsync(CancellationToken cancellationToken) =>
        IsLost ? throw new InvalidOperationException("The database gave up the transaction.")
        : own is not null ? own.CommitAsync(cancellationToken)
        : transaction!.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (own is not null)
            await own.DisposeAsync();
        if (bare is not null)
            await bare.DisposeAsync();
        if (transaction is not null)
            await transaction.DisposeAsync();
        if (scope is { } opened)
            await opened.DisposeAsync();
    }

    private static string Name(int mark) => $"a{mark}";
}
