using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>A person goes on without a faulted activity.</summary>
public sealed class SkipActivity(CampaignFlowDb db, DefinitionCache definitions, TimeProvider clock, WakeUp wakeUp)
{
    public Task<Phrase?> HandleAsync(Guid run, string execution, string? outcome, CancellationToken cancellationToken) =>
        HandleAsync(run, execution, outcome, null, cancellationToken);

    /// <param name="execution">Id of the faulted execution.</param>
    /// <param name="outcome">Port by which the run goes on; null: the activity's first.</param>
    /// <param name="why">Who and why, for the journal.</param>
    /// <returns>Null when it is on its way, else why not.</returns>
    public async Task<Phrase?> HandleAsync(Guid run, string execution, string? outcome, string? why, CancellationToken cancellationToken)
    {
        var version = await db.Runs.Where(r => r.Id == run).Select(r => (Guid?)r.VersionId).SingleOrDefaultAsync(cancellationToken);
        if (version is null)
            return await Archive.ArchivedRun.AnswerAsync(db, run, cancellationToken);
        var definition = await definitions.GetAsync(db, version.Value, cancellationToken);
        var refusal = await PersonsVerb.PutAsync(
            db,
            run,
            clock.GetUtcNow(),
            (_, state) =>
            {
                if (state.Executions.Find(e => e.Id == execution) is not { Status: ExecutionStatus.Faulted } faulted)
                    return ([], PersonsVerb.NotFailed);
                var activity = definition.Activities[faulted.Activity];
                var type = activity.Described;
                if (type.Decides)
                    return (
                        [],
                        new Phrase(
                            $"{type.Name.En} stands for a decision and cannot be skipped: mend it and try again, or cancel the run.",
                            $"“{type.Name.Zh}”代表人的决定，不能跳过：请修正后重试，或取消该运行。"
                        )
                    );
                var ports = activity.Ports;
                var port = outcome ?? ports[0];
                return ports.Contains(port, StringComparer.Ordinal) || ports.Contains("*", StringComparer.Ordinal)
                    ? ([new RunEvent.Skipped(execution, port) { Why = why }], null)
                    : (
                        [],
                        new Phrase(
                            $"'{port}' is no outcome of this step; it has {string.Join(", ", ports)}.",
                            $"该步骤没有“{port}”这个出口，可选：{string.Join("、", ports)}。"
                        )
                    );
            },
            cancellationToken
        );
        wakeUp.Ring();
        return refusal;
    }
}
