using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>
/// Keeps the product moving in real time: takes up definitions that changed, gives ended leases back, carries runs on, delivers facts,
/// and sleeps until something rings or falls due. It outlives every error.
/// </summary>
public sealed partial class WorkflowHost(
    WorkflowRunner runner,
    Triggers triggers,
    WorkflowFiles files,
    OutboxDispatcher outbox,
    WakeUp wakeUp,
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<WorkflowHost> logger
) : BackgroundService
{
    private const int ClaimsARound = 4;
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromMinutes(1);

    /// <summary>One round: everything that is due now, facts included, until nothing is left.</summary>
    public async Task RoundAsync(CancellationToken cancellationToken)
    {
        await files.LoadChangedAsync(cancellationToken);
        await runner.ReclaimAsync(cancellationToken);
        // A run publishes facts, a handler wakes runs, and both may start some. In a flood of one the others have their turn.
        while (
            await triggers.FireAsync(cancellationToken)
                + await runner.DrainAsync(cancellationToken, ClaimsARound)
                + await outbox.DispatchDueAsync(OutboxLane.Facts, cancellationToken)
            > 0
        ) { }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
                failures = 0;
                await wakeUp.WaitAsync(await UntilNextAsync(stoppingToken), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failures++;
                Log.Failed(logger, e, failures);
                await Task.Delay(Backoff(failures), stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static TimeSpan Backoff(int failures)
    {
        var wait = OutboxDispatcher.Backoff(failures);
        return wait < LongestBackoff ? wait : LongestBackoff;
    }

    private async Task<TimeSpan> UntilNextAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var now = clock.GetUtcNow();
        // What is due and still here has an owner or a back-off: the poll comes back to it.
        var next = await db
            .RunBookmarks.Where(b => b.DueAt > now)
            .OrderBy(b => b.DueAt)
            .Select(b => b.DueAt)
            .FirstOrDefaultAsync(cancellationToken);
        if (await Triggers.NextAsync(db, cancellationToken) is { } start && (next is null || start < next))
            next = start;
        return next is { } due && due - now < Poll ? Later(due - now, TimeSpan.Zero) : Poll;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The workflow host failed {Failures} times in a row; it goes on")]
        public static partial void Failed(ILogger logger, Exception e, int failures);
    }
}
