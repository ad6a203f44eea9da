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
    private volatile IReadOnlyList<ClaimedRun> held = [];
    private readonly SemaphoreSlim oneAtATime = new(1, 1);

    /// <summary>When it last looked for work: its sign of life.</summary>
    public DateTimeOffset LastLook { get; private set; } = clock.GetUtcNow();

    /// <summary>A replay on a virtual clock takes the same steps in the same order every time.</summary>
    private int AtOnce =>
        storage.Kind == DatabaseKind.Sqlite ? 1 : Math.Max(1, options.AtOnce ?? (ReferenceEquals(clock, TimeProvider.System) ? 4 : 1));

    /// <summary>Works off everything that is due now (starts, people's verbs, timers, signals, ended child runs) until nothing is left.</summary>
    /// <returns>How many bursts were committed.</returns>
    public async Task<int> DrainAsync(CancellationToken cancellationToken)
    {
        await oneAtATime.WaitAsync(cancellationToken);
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var heart = storage.Kind == DatabaseKind.Postgres ? KeepLeasesAsync(done.Token) : Task.CompletedTask;
        try
        {
            var bursts = 0;
            var idle = new ConcurrentDictionary<Guid, bool>();
            while (await ClaimAsync(cancellationToken) is { Count: > 0 } claimed)
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
            await Inbox.BroadcastAsync(db, clock.GetUtcNow(), faults, cancellationToken);
            var claimed = await claims.TakeAsync(db, suspects: false, cancellationToken);
            return claimed.Count > 0 ? claimed : await claims.TakeAsync(db, suspects: true, cancellationToken);
        });

    /// <summary>
    /// One burst for each claimed run. Runs of one campaign go one after the other, in order; on PostgreSQL several campaigns at once.
    /// What is left when it is cut short is let go.
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
                claimed.GroupBy(r => r.Correlation ?? r.Key, StringComparer.Ordinal),
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
                async (campaign, cancelled) =>
                {
                    foreach (var run in campaign)
                    {
                        cancelled.ThrowIfCancellationRequested();
                        if (await TryBurstAsync(run, [.. signals[run.Id]], idle, cancelled))
                            Interlocked.Increment(ref bursts);
                        left.TryRemove(run.Id, out _);
                    }
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

    private async Task<bool> TryBurstAsync(
        ClaimedRun run,
        IReadOnlyList<WaitingSignal> signals,
        ConcurrentDictionary<Guid, bool> idle,
        CancellationToken cancellationToken
    )
    {
        using var work = Instruments.Begin("burst").Tag("run.id", run.Id).Tag("campaign.id", run.Correlation);
        try
        {
            if (await BurstAsync(run, signals, work, cancellationToken))
                return true;
            work.Outcome = "idle";
            // Its signal went to another run. Once may happen; a run that keeps coming up without an event must not spin.
            await LetGoAsync(run, idle.TryAdd(run.Id, true) ? null : TimeSpan.FromSeconds(1));
            return false;
        }
        catch (StaleBurst stale)
        {
            work.Outcome = "stale";
            Log.Stale(logger, run.Key, stale.Message);
            await LetGoAsync(run, idle.TryAdd(run.Id, true) ? null : TimeSpan.FromSeconds(1));
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            work.Fail(e);
            Log.Failed(logger, e, run.Key, run.Attempts + 1);
            await FailAsync(run, e);
            return false;
        }
    }

    /// <returns>False when there was nothing to do.</returns>
    private async Task<bool> BurstAsync(
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
        await using var scope = new BurstScope(scopes, storage);
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
        await scope.CommitAsync(
            commit.Batch,
            affected =>
            {
                commit.Check(affected);
                faults.Hit(Faults.DuringCommit);
            },
            cancellationToken
        );
        Instruments.Commits.Add(1, Instruments.By("kind", "burst"));
        if (burst.State.Status == RunStatus.Faulted && before.Status != RunStatus.Faulted)
            Instruments.Incidents.Add(1);
        faults.Hit(Faults.AfterCommit);
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
