using System.Text.Json;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>Puts a person's verb before a run: stored first, stepped by whoever claims the run next.</summary>
internal static class Incidents
{
    public static readonly Phrase Unknown = new("There is no such run.", "没有这个运行。");
    public static readonly Phrase Over = new("The run is already over.", "该运行已经结束。");
    private static readonly Phrase Moved = new("The run has moved on meanwhile; look at it again.", "该运行刚刚有了新的进展，请重新查看。");

    /// <param name="ask">Answers with the events to store, or with a refusal.</param>
    /// <returns>Null when it was stored, else why not.</returns>
    public static async Task<Phrase?> PutAsync(
        CampaignFlowDb db,
        Guid id,
        DateTimeOffset now,
        Func<Run, RunState, (IReadOnlyList<RunEvent> Events, Phrase? Refusal)> ask,
        CancellationToken cancellationToken
    )
    {
        var run = await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (run is null)
            return await ArchivedRun.AnswerAsync(db, id, cancellationToken);
        if (run.Status is RunStatus.Finished or RunStatus.Cancelled)
            return Over;
        var state = JsonSerializer.Deserialize<RunState>(run.State, RunJson.Options)!;
        var (events, refusal) = ask(run, state);
        if (refusal is not null)
            return refusal;
        var pending = PendingEvents.Append(run.Pending, events);
        var ready = run.Ready || events.Count > 0;
        // The raised version voids a burst that is under way on the old state; it is taken up again with the verb. Without an owner,
        // lease_until is the back-off, and a person does not wait for that.
        var changed = await db
            .Runs.Where(r => r.Id == id && r.Version == run.Version && r.Fence == run.Fence)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(r => r.Ready, ready)
                        .SetProperty(r => r.Pending, pending)
                        .SetProperty(r => r.Version, r => r.Version + 1)
                        .SetProperty(r => r.Status, state.Status)
                        .SetProperty(r => r.Error, state.Error)
                        .SetProperty(r => r.Attempts, 0)
                        .SetProperty(r => r.LeaseUntil, r => r.Owner == null ? null : r.LeaseUntil)
                        .SetProperty(r => r.UpdatedAt, now),
                cancellationToken
            );
        return changed == 1 ? null : Moved;
    }
}

/// <summary>A person tries a failed run again: every faulted activity, or the burst that died too often.</summary>
public sealed class RetryRun(CampaignFlowDb db, TimeProvider clock, WakeUp wakeUp)
{
    /// <returns>Null when it is on its way, else why not.</returns>
    public async Task<Phrase?> HandleAsync(Guid run, CancellationToken cancellationToken)
    {
        var refusal = await Incidents.PutAsync(
            db,
            run,
            clock.GetUtcNow(),
            (row, state) =>
            {
                var faulted = state.Executions.Where(e => e.Status == ExecutionStatus.Faulted).ToList();
                return faulted.Count == 0 && row.Attempts == 0
                    ? ([], new Phrase("Nothing of this run has failed.", "该运行没有失败的步骤。"))
                    : ([.. faulted.Select(e => new RunEvent.Retried(e.Id))], null);
            },
            cancellationToken
        );
        wakeUp.Ring();
        return refusal;
    }
}

/// <summary>A person goes on without a faulted activity.</summary>
public sealed class SkipActivity(CampaignFlowDb db, DefinitionCache definitions, TimeProvider clock, WakeUp wakeUp)
{
    /// <param name="execution">Id of the faulted execution.</param>
    /// <param name="outcome">Port by which the run goes on; null: the activity's first.</param>
    /// <returns>Null when it is on its way, else why not.</returns>
    public async Task<Phrase?> HandleAsync(Guid run, string execution, string? outcome, CancellationToken cancellationToken)
    {
        var version = await db.Runs.Where(r => r.Id == run).Select(r => (Guid?)r.VersionId).SingleOrDefaultAsync(cancellationToken);
        if (version is null)
            return await ArchivedRun.AnswerAsync(db, run, cancellationToken);
        var definition = await definitions.GetAsync(db, version.Value, cancellationToken);
        var refusal = await Incidents.PutAsync(
            db,
            run,
            clock.GetUtcNow(),
            (_, state) =>
            {
                if (state.Executions.Find(e => e.Id == execution) is not { Status: ExecutionStatus.Faulted } faulted)
                    return ([], new Phrase("This step has not failed.", "该步骤没有失败。"));
                var type = definition.Activities[faulted.Activity].Described;
                if (type.Decides)
                    return (
                        [],
                        new Phrase(
                            $"{type.Name.En} stands for a decision and cannot be skipped: mend it and try again, or cancel the run.",
                            $"“{type.Name.Zh}”代表人的决定，不能跳过：请修正后重试，或取消该运行。"
                        )
                    );
                var ports = type.Outcomes;
                var port = outcome ?? (ports.Count > 0 ? ports[0] : "Done");
                return ports.Count > 0 && !ports.Contains(port, StringComparer.Ordinal)
                    ? (
                        [],
                        new Phrase(
                            $"'{port}' is no outcome of this step; it has {string.Join(", ", ports)}.",
                            $"该步骤没有“{port}”这个出口，可选：{string.Join("、", ports)}。"
                        )
                    )
                    : ([new RunEvent.Skipped(execution, port)], null);
            },
            cancellationToken
        );
        wakeUp.Ring();
        return refusal;
    }
}

/// <summary>A person, or the end of a campaign, ends a run; what it had asked for is withdrawn.</summary>
public sealed class CancelRun(CampaignFlowDb db, TimeProvider clock, WakeUp wakeUp)
{
    /// <returns>Null when it is on its way, else why not.</returns>
    public async Task<Phrase?> HandleAsync(Guid run, string reason, CancellationToken cancellationToken)
    {
        var refusal = await Incidents.PutAsync(
            db,
            run,
            clock.GetUtcNow(),
            (_, _) => ([new RunEvent.Cancelled(reason)], null),
            cancellationToken
        );
        wakeUp.Ring();
        return refusal;
    }
}
