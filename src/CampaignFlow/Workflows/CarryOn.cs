using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>
/// After a person's answer, before the next page: what follows from it at once has happened. The host would do the same a moment
/// later; a claim or a receipt decides who does it, so doing it here as well changes nothing but the waiting.
/// </summary>
public sealed partial class CarryOn(
    WorkflowRunner runner,
    OutboxDispatcher outbox,
    IHostApplicationLifetime lifetime,
    ILogger<CarryOn> logger
)
{
    /// <summary>A slow mail server is no reason to keep a person waiting; the work goes on behind the page.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int MostRounds = 10;

    public Task SoonAsync() => Task.WhenAny(RoundAsync(lifetime.ApplicationStopping), Task.Delay(Patience));

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            // An answer is in the next claim; the flood it may stand beside is the host's.
            for (var round = 0; round < MostRounds; round++)
            {
                var facts = await outbox.DispatchDueAsync(OutboxLane.Facts, cancellationToken);
                if (facts + await runner.DrainAsync(cancellationToken, mostClaims: 2) == 0)
                    return;
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || cancellationToken.IsCancellationRequested)
        {
            Log.Left(logger, e);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "What follows from an answer was left to the workflow host")]
        public static partial void Left(ILogger logger, Exception e);
    }
}
