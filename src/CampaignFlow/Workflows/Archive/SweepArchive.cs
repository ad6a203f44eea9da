using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Archive;

/// <summary>
/// The day's clearing out by the policy: runs into the archive, then signals and delivered messages. One node at a time does it; a
/// node that is not heard of for some minutes is taken over from.
/// </summary>
public sealed partial class SweepArchive(
    CampaignFlowDb db,
    IServiceProvider services,
    RetentionPolicy policy,
    DueForArchive due,
    TimeProvider clock,
    ILogger<SweepArchive> logger
)
{
    private const int RowsAtOnce = 1000;
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    /// <summary>Between two transactions the runner has its turn, which on SQLite is the only writer's.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <returns>Null when it got through, else why it did not begin.</returns>
    public async Task<Phrase?> HandleAsync(string node, CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        if (!await BeginAsync(day, node, cancellationToken))
            return new("Another node is clearing out already.", "另一个节点正在清理。");
        using var work = Instruments.Begin("sweep");
        try
        {
            await ActivatorUtilities
                .CreateInstance<SweepRuns>(services)
                .HandleAsync(day, done => GoOnAsync(day, node, done, cancellationToken), cancellationToken);
            await SignalsAsync(day, node, cancellationToken);
            await MessagesAsync(day, node, cancellationToken);
            await EndAsync(day, node, error: null);
            return null;
        }
        catch (Exception e)
        {
            work.Fail(e);
            Log.Failed(logger, e, day);
            await EndAsync(day, node, e.Message);
            throw;
        }
    }

    private async Task SignalsAsync(DateOnly day, string node, CancellationToken cancellationToken)
    {
        var signals = await due.SignalsAsync(cancellationToken);
        int gone;
        do
        {
            gone = await signals.OrderBy(s => s.Id).Take(RowsAtOnce).ExecuteDeleteAsync(cancellationToken);
            await GoOnAsync(day, node, new(Signals: gone), cancellationToken);
        } while (gone == RowsAtOnce);
    }

    private async Task MessagesAsync(DateOnly day, string node, CancellationToken cancellationToken)
    {
        if (policy.Messages is not { } kept)
            return;
        var before = clock.GetUtcNow() - kept;
        int gone;
        do
        {
            gone = await PurgeOutbox.BatchAsync(db, before, RowsAtOnce, cancellationToken);
            await GoOnAsync(day, node, new(Messages: gone), cancellationToken);
        } while (gone == RowsAtOnce);
    }

    /// <summary>Takes the day: nobody has it, or who had it is through or silent, and no other day is being worked on.</summary>
    private async Task<bool> BeginAsync(DateOnly day, string node, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (await db.Sweeps.AnyAsync(s => s.Day != day && s.FinishedAt == null && s.LeaseUntil > now, cancellationToken))
            return false;
        var taken = await db
            .Sweeps.Where(s => s.Day == day && (s.FinishedAt != null || s.LeaseUntil <= now))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(s => s.Node, node)
                        .SetProperty(s => s.StartedAt, now)
                        .SetProperty(s => s.LeaseUntil, now + Lease)
                        .SetProperty(s => s.FinishedAt, (DateTimeOffset?)null)
                        .SetProperty(s => s.Error, (string?)null),
                cancellationToken
            );
        if (taken == 1)
            return true;
        return await SqlBatch.ExecuteAsync(
                db,
                """
                insert into wf_sweep (day, node, started_at, lease_until, runs, journal_lines, signals, messages)
                values (@day, @node, @now, @lease, 0, 0, 0, 0) on conflict (day) do nothing
                """,
                cancellationToken,
                ("@day", day),
                ("@node", node),
                ("@now", now),
                ("@lease", now + Lease)
            ) == 1;
    }

    /// <exception cref="InvalidOperationException">The day was taken over by another node.</exception>
    private async Task GoOnAsync(DateOnly day, string node, Progress done, CancellationToken cancellationToken)
    {
        Count("wf_instance", done.Runs);
        Count("wf_journal", done.JournalLines);
        Count("wf_inbox", done.Signals);
        Count("outbox", done.Messages);
        var until = clock.GetUtcNow() + Lease;
        var mine = await db
            .Sweeps.Where(s => s.Day == day && s.Node == node && s.FinishedAt == null)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(s => s.LeaseUntil, until)
                        .SetProperty(s => s.Runs, s => s.Runs + done.Runs)
                        .SetProperty(s => s.JournalLines, s => s.JournalLines + done.JournalLines)
                        .SetProperty(s => s.Signals, s => s.Signals + done.Signals)
                        .SetProperty(s => s.Messages, s => s.Messages + done.Messages),
                cancellationToken
            );
        if (mine == 0)
            throw new InvalidOperationException("Another node has taken over clearing out.");
        await Task.Delay(Pause, cancellationToken);
    }

    private static void Count(string table, int rows)
    {
        if (rows > 0)
            Instruments.Swept.Add(rows, Instruments.By("table", table));
    }

    private Task EndAsync(DateOnly day, string node, string? error)
    {
        var now = clock.GetUtcNow();
        return db
            .Sweeps.Where(s => s.Day == day && s.Node == node && s.FinishedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.FinishedAt, now).SetProperty(s => s.Error, error), CancellationToken.None);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Clearing out of {Day} stopped; the next one goes on where it was")]
        public static partial void Failed(ILogger logger, Exception e, DateOnly day);
    }
}
