using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

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
            services.AddDbContext<PostgresDb>(
                (provider, db) =>
                    db.UseNpgsql(WithoutSleepers(options.ConnectionString))
                        .AddInterceptors(new RingAfterSave(provider.GetRequiredService<WakeUp>()))
            );
            services.AddScoped<CampaignFlowDb>(provider => provider.GetRequiredService<PostgresDb>());
        }
        else
        {
            services.AddDbContext<SqliteDb>(
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

    private static string WithoutSleepers(string connection)
    {
        var keys = new NpgsqlConnectionStringBuilder(connection);
        keys.Options = string.Create(
            CultureInfo.InvariantCulture,
            $"{keys.Options} -c idle_in_transaction_session_timeout={LongestSilence.TotalMilliseconds}"
        );
        return keys.ToString();
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
        private bool announced;

        public Task TransactionCommittedAsync(
            System.Data.Common.DbTransaction transaction,
            TransactionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            if (announced)
                bell.Ring();
            return Task.CompletedTask;
        }

        public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
            DbContextEventData eventData,
            InterceptionResult<int> result,
            CancellationToken cancellationToken = default
        )
        {
            announced = eventData.Context!.ChangeTracker.Entries<OutboxMessage>().Any(e => e.State == EntityState.Added);
            return new(result);
        }

        public override ValueTask<int> SavedChangesAsync(
            SaveChangesCompletedEventData eventData,
            int result,
            CancellationToken cancellationToken = default
        )
        {
            if (announced)
                bell.Ring();
            return new(result);
        }
    }
}
