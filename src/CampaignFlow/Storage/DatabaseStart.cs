using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace CampaignFlow.Storage;

/// <summary>Brings the database to the newest schema before anything else runs, or says in one sentence why it cannot.</summary>
public static class DatabaseStart
{
    /// <returns>What must stay open while this process uses the data folder: on SQLite the lock that keeps a second process out.</returns>
    public static async Task<IDisposable?> PrepareAsync(IServiceProvider services, CancellationToken cancellationToken = default)
    {
        var options = services.GetRequiredService<StorageOptions>();
        var held = options.Kind == DatabaseKind.Sqlite ? LockFolder(options) : null;
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        try
        {
            // A process killed while it migrated leaves its lock row behind, and EF would wait for it for ever. The file lock above
            // says that nobody else is at work here.
            if (held is not null)
                await db.Database.ExecuteSqlRawAsync("drop table if exists \"__EFMigrationsLock\"", cancellationToken);
            await db.Database.MigrateAsync(cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or SqliteException)
        {
            held?.Dispose();
            throw new StartupRefusal($"The database cannot be used: {e.Message.Split('\n')[0]} ({Where(options)})", e);
        }
        return held;
    }

    private static string Where(StorageOptions options)
    {
        if (options.Kind == DatabaseKind.Sqlite)
            return new SqliteConnectionStringBuilder(options.ConnectionString).DataSource;
        var keys = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        return $"{keys.Host}:{keys.Port}/{keys.Database}";
    }

    private static FileStream LockFolder(StorageOptions options)
    {
        var file = new SqliteConnectionStringBuilder(options.ConnectionString).DataSource;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
            return new FileStream(
                file + ".lock",
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            );
        }
        catch (IOException e) when (File.Exists(file + ".lock"))
        {
            throw new StartupRefusal(
                $"Another CampaignFlow uses {file}: SQLite serves one process. Stop the other one, or use PostgreSQL for several nodes.",
                e
            );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupRefusal($"The data folder cannot be written: {e.Message}", e);
        }
    }
}
