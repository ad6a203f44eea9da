using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace CampaignFlow.Storage;

public enum DatabaseKind
{
    Sqlite,
    Postgres,
}

/// <summary>Where the data lives, decided once from <c>ConnectionStrings:CampaignFlow</c> and <c>DataFolder</c>.</summary>
/// <param name="Folder">Mails written as files, keys and the embedded database; made on first use.</param>
public sealed record StorageOptions(DatabaseKind Kind, string ConnectionString, string Folder)
{
    public string ConnectionString { get; } = Kind == DatabaseKind.Postgres ? Tuned(ConnectionString) : ConnectionString;

    public static StorageOptions From(IConfiguration configuration)
    {
        var folder = Path.GetFullPath(configuration["DataFolder"] is { Length: > 0 } set ? set : "data");
        var given = configuration.GetConnectionString("CampaignFlow");
        if (string.IsNullOrWhiteSpace(given))
            return new(DatabaseKind.Sqlite, SqliteFile(Path.Combine(folder, "campaignflow.db")), folder);
        var keys = new System.Data.Common.DbConnectionStringBuilder();
        try
        {
            keys.ConnectionString = given;
        }
        catch (ArgumentException)
        {
            keys.Clear(); // its message shows the text, which may hold a password
        }
        if (keys.ContainsKey("Host") || keys.ContainsKey("Server"))
            return new(DatabaseKind.Postgres, given, folder);
        return keys.ContainsKey("Data Source") || keys.ContainsKey("DataSource")
            ? new(DatabaseKind.Sqlite, given, folder)
            : throw new StartupRefusal(
                "ConnectionStrings:CampaignFlow names no database: use \"Host=…;Database=…;Username=…\" for PostgreSQL or \"Data Source=FILE\" for SQLite."
            );
    }

    /// <summary>
    /// Statements are few and repeat, so the server plans each once a connection; and nothing here leaves a session changed, so none is
    /// reset between two uses. Whoever puts a pooler between that cannot do that says <c>Max Auto Prepare=0</c>.
    /// </summary>
    private static string Tuned(string given)
    {
        var keys = new System.Data.Common.DbConnectionStringBuilder { ConnectionString = given };
        foreach (var (key, value) in new[] { ("Max Auto Prepare", "100"), ("Auto Prepare Min Usages", "3"), ("No Reset On Close", "true") })
        {
            if (!keys.ContainsKey(key))
                keys[key] = value;
        }
        var session = keys.TryGetValue("Options", out var set) ? (string)set : "";
        if (!session.Contains("idle_in_transaction_session_timeout", StringComparison.Ordinal))
            keys["Options"] = string.Create(
                CultureInfo.InvariantCulture,
                $"{session} -c idle_in_transaction_session_timeout={StorageModule.LongestSilence.TotalMilliseconds}"
            );
        return keys.ToString();
    }

    public static string SqliteFile(string path) => new SqliteConnectionStringBuilder { DataSource = path, ForeignKeys = true }.ToString();
}

/// <summary>Something the person who starts the program can mend; shown as one sentence, exit code 1.</summary>
public sealed class StartupRefusal(string message, Exception? inner = null) : Exception(message, inner);

public static class StorageModule
{
    /// <summary>
    /// A process that is not heard of for so long is taken for dead: its runs go to the others, and PostgreSQL ends the transaction it
    /// lies in, so that a paused or unplugged process holds up nobody with its locks.
    /// </summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(6);

    public static IServiceCollection AddStorage(this IServiceCollection services, StorageOptions options)
    {
        services.AddSingleton(options);
        if (options.Kind == DatabaseKind.Postgres)
        {
            services.AddDbContextPool<PostgresDb>(
                (provider, db) =>
                    db.UseNpgsql(options.ConnectionString).AddInterceptors(new RingAfterSave(provider.GetRequiredService<WakeUp>()))
            );
            services.AddScoped<CampaignFlowDb>(provider => provider.GetRequiredService<PostgresDb>());
        }
        else
        {
            services.AddDbContextPool<SqliteDb>(
                (provider, db) =>
                    db.UseSqlite(options.ConnectionString)
                        .AddInterceptors(DurableSqlite.Instance, new RingAfterSave(provider.GetRequiredService<WakeUp>()))
            );
            services.AddScoped<CampaignFlowDb>(provider => provider.GetRequiredService<SqliteDb>());
        }
        services.AddSingleton<Faults>();
        services.AddSingleton<OutboxDispatcher>();
        services.AddSingleton<WakeUp>();
        return services;
    }

    /// <summary>Every commit reaches the disk before it is acknowledged; readers never wait for the writer.</summary>
    private sealed class DurableSqlite : DbConnectionInterceptor
    {
        public static readonly DurableSqlite Instance = new();

        private const string Pragmas = "pragma journal_mode=wal; pragma synchronous=full; pragma busy_timeout=30000;";

        public override void ConnectionOpened(System.Data.Common.DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(
            System.Data.Common.DbConnection connection,
            ConnectionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Whoever saves an announcement need not remember to wake its readers.</summary>
    private sealed class RingAfterSave(WakeUp bell) : SaveChangesInterceptor, IDbTransactionInterceptor
    {
        public Task TransactionCommittedAsync(
            System.Data.Common.DbTransaction transaction,
            TransactionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            Ring(eventData.Context);
            return Task.CompletedTask;
        }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData,
            InterceptionResult<int> result,
            CancellationToken cancellationToken = default
        )
        {
            if (eventData.Context is CampaignFlowDb db && db.ChangeTracker.Entries<OutboxMessage>().Any(e => e.State == EntityState.Added))
                db.Announces = true;
            return new(result);
        }

        public override ValueTask<int> SavedChangesAsync(
            SaveChangesCompletedEventData eventData,
            int result,
            CancellationToken cancellationToken = default
        )
        {
            if (eventData.Context!.Database.CurrentTransaction is null)
                Ring(eventData.Context);
            return new(result);
        }

        private void Ring(DbContext? context)
        {
            if (context is not CampaignFlowDb { Announces: true } db)
                return;
            db.Announces = false;
            bell.Ring();
        }
    }
}
