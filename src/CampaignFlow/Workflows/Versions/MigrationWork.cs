using System.Collections.Concurrent;
using CampaignFlow.Shell;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows.Versions;

/// <summary>
/// Works migrations off behind the pages, in this process. What a stop or a crash leaves is stored and can be continued by its id, here
/// or in another process.
/// </summary>
public sealed partial class MigrationWork(
    IServiceScopeFactory scopes,
    LiveFeed feed,
    WakeUp wakeUp,
    IHostApplicationLifetime lifetime,
    ILogger<MigrationWork> logger
)
{
    private const int Passes = 20;
    private const int RunsARing = 50;
    private static readonly TimeSpan BetweenPasses = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<Guid, Task> active = [];

    public bool IsActive(Guid migration) => active.ContainsKey(migration);

    /// <summary>Begins or goes on with it; comes back when it is done, or soon.</summary>
    public Task SoonAsync(Guid migration) =>
        Task.WhenAny(active.GetOrAdd(migration, id => Task.Run(() => WorkAsync(id))), Task.Delay(Patience));

    private async Task WorkAsync(Guid id)
    {
        try
        {
            var done = 0;
            // A run that somebody works on is left, and free again in a moment.
            for (var pass = 0; pass < Passes; pass++)
            {
                await using var scope = scopes.CreateAsyncScope();
                var left = await scope
                    .ServiceProvider.GetRequiredService<MigrateRuns>()
                    .ContinueAsync(id, Ring, lifetime.ApplicationStopping);
                if (left == 0)
                    break;
                await Task.Delay(BetweenPasses, lifetime.ApplicationStopping);
            }

            void Ring()
            {
                if (++done % RunsARing == 0)
                    feed.Changed();
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !lifetime.ApplicationStopping.IsCancellationRequested)
        {
            Log.Stopped(logger, e, id);
        }
        catch (OperationCanceledException) { }
        finally
        {
            active.TryRemove(id, out _);
            wakeUp.Ring();
            feed.Changed();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Migration {Id} stopped; the rest can be continued")]
        public static partial void Stopped(ILogger logger, Exception e, Guid id);
    }
}
