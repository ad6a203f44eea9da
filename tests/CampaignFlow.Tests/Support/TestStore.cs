using CampaignFlow.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Support;

/// <summary>A migrated, empty database of its own with the services a test asks for; the same contract runs on both kinds.</summary>
public sealed class TestStore : IAsyncDisposable
{
    private readonly ServiceProvider provider;
    private IDisposable? held;

    private TestStore(ServiceProvider provider, IDisposable? held, TestClock clock)
    {
        this.provider = provider;
        this.held = held;
        Clock = clock;
    }

    public TestClock Clock { get; }
    public IServiceProvider Services => provider;

    /// <param name="before">What happened to the database before this release came to it.</param>
    public static async Task<TestStore> CreateAsync(
        DatabaseKind kind,
        Action<IServiceCollection>? more = null,
        PostgresServer? server = null,
        Func<IServiceProvider, Task>? before = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("cftest").FullName;
        var options =
            kind == DatabaseKind.Postgres
                ? new StorageOptions(kind, (server ?? PostgresServer.Shared).CreateDatabase(), folder)
                : new StorageOptions(kind, StorageOptions.SqliteFile(Path.Combine(folder, "test.db")), folder);
        var clock = new TestClock();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddStorage(options);
        services.AddSingleton<TimeProvider>(clock);
        more?.Invoke(services);
        var built = services.BuildServiceProvider(validateScopes: true);
        if (before is not null)
        {
            await using var scope = built.CreateAsyncScope();
            await before(scope.ServiceProvider);
        }
        return new(built, await DatabaseStart.PrepareAsync(built), clock);
    }

    /// <summary>Prepares the database as a process does that starts on it again.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        held?.Dispose();
        held = await DatabaseStart.PrepareAsync(provider, cancellationToken);
    }

    /// <summary>Lets other processes work here, although this one goes on reading and writing.</summary>
    public void LeaveTheFolder()
    {
        held?.Dispose();
        held = null;
    }

    /// <summary>Runs <paramref name="work"/> in a scope of its own, as one request would.</summary>
    public async Task<T> InScopeAsync<T>(Func<CampaignFlowDb, IServiceProvider, Task<T>> work)
    {
        await using var scope = provider.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<CampaignFlowDb>(), scope.ServiceProvider);
    }

    public Task InScopeAsync(Func<CampaignFlowDb, IServiceProvider, Task> work) =>
        InScopeAsync(
            async (db, services) =>
            {
                await work(db, services);
                return true;
            }
        );

    public async ValueTask DisposeAsync()
    {
        var folder = provider.GetRequiredService<StorageOptions>().Folder;
        await provider.DisposeAsync();
        held?.Dispose();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
