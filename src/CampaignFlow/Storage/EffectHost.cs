namespace CampaignFlow.Storage;

/// <summary>Delivers effects in the background, apart from the facts that keep runs going.</summary>
public sealed partial class EffectHost(OutboxDispatcher outbox, WakeUp wakeUp, ILogger<EffectHost> logger) : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (await outbox.DispatchDueAsync(OutboxLane.Effects, stoppingToken) > 0) { }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Failed(logger, e);
            }
            await wakeUp.WaitAsync(Poll, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Effects could not be delivered; the next round tries again")]
        public static partial void Failed(ILogger logger, Exception e);
    }
}
