using System.Collections.Concurrent;
using System.Text.Json;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

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
    private readonly Claims claims = new(storage, options.Lease, clock);
    private readonly Sorting sorting = new(storage, faults);
    private volatile IReadOnlyList<ClaimedRun> held = [];
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
            var claimed = await claims.TakeAsync(db, suspects: false, cancellationToken);
            return claimed.Count > 0 ? claimed : await claims.TakeAsync(db, suspects: true, cancellationToken);
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

    private IEnumerable<Queue<ClaimedRun>> Queues(IReadOnlyList<ClaimedRun> claimed) =>
        storage.Kind == DatabaseKind.Sqlite
            ? [new(claimed)]
            : claimed.GroupBy(r => r.Correlation ?? r.Key, StringComparer.Ordinal).Select(campaign => new Queue<ClaimedRun>(campaign));

    /// <summary>
    /// Bursts that become durable with one commit: on SQLite as many as can be written within <see cref="WorkflowOptions.CommitWithin"/>,
    /// each behind a savepoint of its own, so that one that fails takes back only itself; on PostgreSQL one.
    /// </summary>
    /// <returns>How many were committed.</returns>
    private async Task<int> TogetherAsync(
        Queue<ClaimedRun> queue,
        ILookup<Guid, WaitingSignal> signals,
        ConcurrentDictionary<Guid, bool> idle,
        ConcurrentDictionary<Guid, ClaimedRun> left,
        CancellationToken cancellationToken
    )
    {
        var tried = new List<TriedBurst>();
        var careful = failedOnce.TryRemove(queue.Peek().Id, out _) || queue.Peek().Attempts > 0;
        await using (var scope = new BurstScope(scopes, storage, careful))
        {
            var began = clock.GetTimestamp();
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                var run = queue.Dequeue();
                var heard = signals[run.Id].ToList();
                tried.Add(await TriedBurst.OfAsync(scope, run, w => WriteAsync(scope, run, heard, w, cancellationToken), cancellationToken));
            } while (MayShare(scope) && queue.Count > 0 && clock.GetElapsedTime(began) < options.CommitWithin);
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (tried.Exists(t => t.Outcome == BurstOutcome.Written))
                {
                    await scope.CommitAsync(cancellationToken);
                    Instruments.Commits.Add(1, Instruments.By("kind", "burst"));
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                tried.ForEach(t => t.LoseCommit(e));
            }
        }
        var committed = 0;
        foreach (var burst in tried)
        {
            if (await SettleAsync(burst, idle))
                committed++;
            left.TryRemove(burst.Run.Id, out _);
        }
        return committed;
    }

    private bool MayShare(BurstScope scope) => storage.Kind == DatabaseKind.Sqlite && !scope.IsLost;

    /// <summary>What follows from a burst once its transaction is over; on SQLite nobody else could write before.</summary>
    /// <returns>True when it was committed.</returns>
    private async Task<bool> SettleAsync(TriedBurst burst, ConcurrentDictionary<Guid, bool> idle)
    {
        using var work = burst.Work;
        var run = burst.Run;
        if (burst.Outcome == BurstOutcome.Written)
        {
            try
            {
                faults.Hit(Faults.AfterCommit);
                return true;
            }
            catch (Exception e)
            {
                burst.LoseCommit(e);
            }
        }
        switch (burst.Outcome)
        {
            case BurstOutcome.Idle:
                work.Outcome = "idle";
                break;
            case BurstOutcome.Failed when burst.Error is SavepointMissing:
                work.Outcome = "again";
                failedOnce.TryAdd(run.Id, true);
                await LetGoAsync(run, wait: null);
                return false;
            case BurstOutcome.Stale:
                work.Outcome = "stale";
                Log.Stale(logger, run.Key, burst.Error!.Message);
                break;
            default:
                work.Fail(burst.Error!);
                Log.Failed(logger, burst.Error!, run.Key, run.Attempts + 1);
                await FailAsync(run, burst.Error!);
                return false;
        }
        // Its signal went to another run. Once may happen; a run that keeps coming up without an event must not spin.
        await LetGoAsync(run, idle.TryAdd(run.Id, true) ? null : TimeSpan.FromSeconds(1));
        return false;
    }

    /// <summary>Takes a run from its events to where every branch waits again and writes that, uncommitted.</summary>
    /// <returns>False when there was nothing to do.</returns>
    private async Task<bool> WriteAsync(
        BurstScope scope,
        ClaimedRun run,
        IReadOnlyList<WaitingSignal> signals,
        Instruments.Work work,
        CancellationToken cancellationToken
    )
    {
        var definition =
            definitions.Find(run.VersionId) ?? await WithDbAsync(db => definitions.GetAsync(db, run.VersionId, cancellationToken));
        var before = JsonSerializer.Deserialize<RunState>(run.State, RunJson.Options)!;
        var now = clock.GetUtcNow();
        var burst = new Burst(run.Id, definition, before, scope, now, run.Attempts + 1 >= Claims.MaxAttempts, faults, logger);
        var taken = new List<long>();
        var events = 0;
        if (run.Ready)
        {
            if (WorkflowRuns.IsFresh(before))
                await ApplyAsync(new RunEvent.Started(before.Input));
            foreach (var verb in PendingEvents.Read(run.Pending))
                await ApplyAsync(verb);
        }
        foreach (var bookmark in burst.Due())
            await ApplyAsync(new RunEvent.Resumed(bookmark, null));
        foreach (var signal in signals)
        {
            foreach (var bookmark in burst.WaitingFor(signal.Kind, signal.Key))
            {
                await ApplyAsync(new RunEvent.Resumed(bookmark, signal.Payload));
                if (taken.LastOrDefault(-1) != signal.Id)
                    taken.Add(signal.Id);
            }
        }
        if (events == 0)
            return false;
        if (burst.Starts.Count > 0)
            await RefuseUnknownAsync(await scope.OpenAsync(cancellationToken), burst, cancellationToken);
        faults.Hit(Faults.BeforeCommit);
        var commit = new BurstCommit(storage.Kind, run, definition, before, burst, taken, work.Trace, now);
        commit.Check(await scope.WriteAsync(commit.Batch, cancellationToken));
        faults.Hit(Faults.DuringCommit);
        if (burst.State.Status == RunStatus.Faulted && before.Status != RunStatus.Faulted)
            Instruments.Incidents.Add(1);
        return true;

        async Task ApplyAsync(RunEvent happened)
        {
            events++;
            await burst.ApplyAsync(happened, cancellationToken);
        }
    }

    private static async Task RefuseUnknownAsync(CampaignFlowDb db, Burst burst, CancellationToken cancellationToken)
    {
        foreach (var name in burst.Starts.Select(s => s.Definition).Distinct(StringComparer.Ordinal))
        {
            if (!await db.WorkflowVersions.AnyAsync(v => v.DefinitionId == name && v.Published, cancellationToken))
                throw new RunRefusal($"The run starts the workflow '{name}', and nothing of that name is published.");
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
                await Task.Delay(options.Lease / 3, cancellationToken);
                await WithDbAsync(db => claims.ExtendAsync(db, held, cancellationToken));
                // A long drain must not leave the runs of a dead process lying until it is through.
                await WithDbAsync(db => sorting.LookAgainAsync(db, cancellationToken));
                await WithDbAsync(db => claims.ReclaimAsync(db, all: false, cancellationToken));
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested) { }
            catch (Exception e)
            {
                // Without a heartbeat the lease ends and the fence refuses the commit: work is lost, never doubled.
                Log.NoHeartbeat(logger, e);
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
