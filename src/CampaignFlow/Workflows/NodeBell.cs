using CampaignFlow.Storage;
using Npgsql;

namespace CampaignFlow.Workflows;

/// <summary>
/// Carries rings between processes on one PostgreSQL (LISTEN/NOTIFY), so that the others need not wait for their poll. Losing the
/// connection costs only that: the poll goes on.
/// </summary>
public sealed partial class NodeBell(StorageOptions storage, WakeUp wakeUp, ILogger<NodeBell> logger) : BackgroundService
{
    private const string Channel = "campaignflow";
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(50);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (storage.Kind != DatabaseKind.Postgres)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await CarryAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Lost(logger, e);
                await Task.Delay(Reconnect, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task CarryAsync(CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(storage.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var process = connection.ProcessID;
        connection.Notification += (_, ring) =>
        {
            if (ring.PID != process)
                heard = true;
        };
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
            await listen.ExecuteNonQueryAsync(cancellationToken);
        while (true)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var here = wakeUp.WaitAsync(TimeSpan.FromMinutes(1), either.Token);
            var elsewhere = connection.WaitAsync(either.Token);
            var first = await Task.WhenAny(here, elsewhere);
            await either.CancelAsync();
            await Task.WhenAll(here, elsewhere).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (first.IsFaulted)
                await first;
            if (heard)
            {
                heard = false;
                wakeUp.Ring();
            }
            else if (first == here)
            {
                await using var notify = new NpgsqlCommand($"notify {Channel}", connection);
                await notify.ExecuteNonQueryAsync(cancellationToken);
            }
            // A ring that was passed on must not be heard again as one of our own.
            await Task.Delay(Quiet, cancellationToken);
        }
    }

    private bool heard;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "No word from the other processes; the poll goes on")]
        public static partial void Lost(ILogger logger, Exception e);
    }
}
