namespace CampaignFlow.Storage;

/// <summary>
/// Delivers effects in the background, apart from the facts that keep runs going. Each kind has a lane of its own: a server that is
/// slow to answer requests holds up no mail.
/// </summary>
public sealed partial class EffectHost(OutboxDispatcher outbox, WakeUp wakeUp, ILogger<EffectHost> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private readonly Dictionary<string, Task> lanes = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                try
                {
                    foreach (var kind in await outbox.DueKindsAsync(stoppingToken))
                    {
                        if (!lanes.TryGetValue(kind, out var lane) || lane.IsCompleted)
                            lanes[kind] = DeliverAsync(kind, stoppingToken);
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException)
                {
                    Log.Failed(logger, e);
                }
                await wakeUp.WaitAsync(Poll, stoppingToken);
            }
        }
        finally
        {
            await Task.WhenAll(lanes.Values);
        }
    }

    private async Task DeliverAsync(string kind, CancellationToken stoppingToken)
    {
        await Task.Yield(); // SQLite answers at once, and the other lanes must not wait for that
        try
        {
            while (await outbox.DispatchDueAsync(OutboxLane.Effects, stoppingToken, kind) > 0) { }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested) { }
        catch (Exception e)
        {
            Log.Failed(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Effects could not be delivered; the next round tries again")]
        public static partial void Failed(ILogger logger, Exception e);
    }
}
