using System.Collections.Concurrent;
using System.Text.Json;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>The bursts of claimed runs: written behind each other's back, committed together, settled afterwards.</summary>
public sealed partial class WorkflowRunner
{
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
        await using (var scope = new BurstScope(scopes, storage))
        {
            var began = clock.GetTimestamp();
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                var run = queue.Dequeue();
                var heard = signals[run.Id].ToList();
                tried.Add(
                    await TriedBurst.OfAsync(scope, run, w => WriteAsync(scope, run, heard, w, cancellationToken), cancellationToken)
                );
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
        scope.IsCareful |=
            failedOnce.TryRemove(run.Id, out _) || run.Attempts > 0 || definition.Activities.Values.Any(a => a.Retry is not null);
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
}
