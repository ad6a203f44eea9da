using System.Collections.Concurrent;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>
/// Carries runs on: claims those that have something to do and takes each from its events to where every branch waits again, one
/// transaction each. Any number of processes may do so on PostgreSQL.
/// </summary>
public sealed partial class WorkflowRunner(
    IServiceScopeFactory scopes,
    DefinitionCache definitions,
    StorageOptions storage,
    WorkflowOptions options,
    TimeProvider clock,
    Faults faults,
    ILogger<WorkflowRunner> logger
) : IDisposable
{
    /// <summary>
    /// A claim of many follows so many of one suspect, if there are any: what a dead process held is not kept waiting by a storm, and
    /// what keeps dying does not keep the others waiting.
    /// </summary>
    private const int SuspectTurns = 5;

    private readonly Claims claims = new(storage, options.Lease, clock);
    private readonly Sorting sorting = new(storage, faults);
    private volatile IReadOnlyList<ClaimedRun> held = [];
    private int turn;
    private long lastBeat = clock.GetTimestamp();
    private readonly SemaphoreSlim oneAtATime = new(1, 1);
    private readonly ConcurrentDictionary<Guid, bool> failedOnce = [];

    /// <summary>When it last looked for work: its sign of life.</summary>
    public DateTimeOffset LastLook { get; private set; } = clock.GetUtcNow();

    /// <summary>A replay on a virtual clock takes the same steps in the same order every time.</summary>
    private int AtOnce =>
        storage.Kind == DatabaseKind.Sqlite ? 1 : Math.Max(1, options.AtOnce ?? (ReferenceEquals(clock, TimeProvider.System) ? 4 : 1));

    /// <summary>Works off everything that is due now (starts, people's verbs, timers, signals, ended child runs) until nothing is left.</summary>
    /// <param name="mostClaims">Comes back earlier, after so many claims: whoever has other work does that in between.</param>
    /// <returns>How many bursts were committed.</returns>
    public async Task<int> DrainAsync(CancellationToken cancellationToken, int mostClaims = int.MaxValue)
    {
        await oneAtATime.WaitAsync(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var heart = storage.Kind == DatabaseKind.Postgres ? KeepLeasesAsync(done.Token) : Task.CompletedTask;
        try
        {
            var bursts = 0;
            var idle = new ConcurrentDictionary<Guid, bool>();
            for (var claim = 0; claim < mostClaims && await ClaimAsync(cancellationToken) is { Count: > 0 } claimed; claim++)
            {
                held = claimed;
                bursts += await WorkAsync(claimed, idle, cancellationToken);
            }
            return bursts;
        }
        finally
        {
            await done.CancelAsync();
            await heart;
            held = [];
            oneAtATime.Release();
        }
    }

    /// <summary>
    /// Gives runs whose lease has ended back to the queue: their process was killed or cut off. SQLite serves one process, and while
    /// it drains nothing here every lease is of an earlier life, so all are void.
    /// </summary>
    public async Task<int> ReclaimAsync(CancellationToken cancellationToken)
    {
        await oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await WithDbAsync(db => sorting.LookAgainAsync(db, cancellationToken));
            return await WithDbAsync(db => claims.ReclaimAsync(db, all: storage.Kind == DatabaseKind.Sqlite, cancellationToken));
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public void Dispose() => oneAtATime.Dispose();

    internal async Task<List<ClaimedRun>> ClaimAsync(CancellationToken cancellationToken) =>
        await WithDbAsync(async db =>
        {
            LastLook = clock.GetUtcNow();
            await sorting.SortAsync(db, clock.GetUtcNow(), cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            // Not to be cut off: what was taken and never heard of would lie until its lease ends, and count as died.
            var suspects = turn++ % SuspectTurns != 0;
            var claimed = await claims.TakeAsync(db, suspects, CancellationToken.None);
            return claimed.Count > 0 ? claimed : await claims.TakeAsync(db, !suspects, CancellationToken.None);
        });

    /// <summary>
    /// One burst for each claimed run. Runs of one campaign go one after the other, in order; on PostgreSQL several campaigns at once,
    /// on SQLite several bursts in one commit. What is left when it is cut short is let go.
    /// </summary>
    internal async Task<int> WorkAsync(
        IReadOnlyList<ClaimedRun> claimed,
        ConcurrentDictionary<Guid, bool> idle,
        CancellationToken cancellationToken
    )
    {
        var bursts = 0;
        var left = new ConcurrentDictionary<Guid, ClaimedRun>(claimed.ToDictionary(r => r.Id));
        try
        {
            faults.Hit(Faults.Claimed);
            var signals = Inbox.Share(claimed, await WithDbAsync(db => Inbox.ForAsync(db, claimed, cancellationToken)));
            await Parallel.ForEachAsync(
                Queues(claimed),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (queue, cancelled) =>
                {
                    while (queue.Count > 0)
                        Interlocked.Add(ref bursts, await TogetherAsync(queue, signals, idle, left, cancelled));
                }
            );
            return bursts;
        }
        finally
        {
            foreach (var run in left.Values)
                await LetGoAsync(run, wait: null);
        }
    }

    private async Task FailAsync(ClaimedRun run, Exception e)
    {
        var why = (e.InnerException ?? e).Message;
        var sentence = e is RunRefusal ? why : $"The run could not go on: {why}";
        await WithDbAsync(db => claims.FailAsync(db, run, sentence, giveUp: e is RunRefusal, CancellationToken.None));
    }

    private Task LetGoAsync(ClaimedRun run, TimeSpan? wait) =>
        WithDbAsync(db => claims.ReleaseAsync(db, run, wait, CancellationToken.None));

    private async Task KeepLeasesAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                // It beats on from one drain to the next: in a storm they are many and short, and none would live to see a beat.
                var since = ReferenceEquals(clock, TimeProvider.System) ? clock.GetElapsedTime(lastBeat) : TimeSpan.Zero;
                if (options.Lease / 3 - since is { Ticks: > 0 } left)
                    await Task.Delay(left, cancellationToken);
                await WithDbAsync(db => claims.ExtendAsync(db, held, cancellationToken));
                // A long drain must not leave the runs of a dead process lying until it is through.
                await WithDbAsync(db => sorting.LookAgainAsync(db, cancellationToken));
                await WithDbAsync(db => claims.ReclaimAsync(db, all: false, cancellationToken));
                lastBeat = clock.GetTimestamp();
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested) { }
            catch (Exception e)
            {
                // Without a heartbeat the lease ends and the fence refuses the commit: work is lost, never doubled.
                Log.NoHeartbeat(logger, e);
                lastBeat = clock.GetTimestamp();
            }
        }
    }

    private async Task<T> WithDbAsync<T>(Func<CampaignFlowDb, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<CampaignFlowDb>());
    }

    private Task WithDbAsync(Func<CampaignFlowDb, Task> work) =>
        WithDbAsync(async db =>
        {
            await work(db);
            return true;
        });

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Run {Key} is taken up again: {Why}")]
        public static partial void Stale(ILogger logger, string key, string why);

        [LoggerMessage(Level = LogLevel.Warning, Message = "A burst of run {Key} was rolled back, attempt {Attempt}")]
        public static partial void Failed(ILogger logger, Exception e, string key, int attempt);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Leases could not be extended")]
        public static partial void NoHeartbeat(ILogger logger, Exception e);
    }
}
