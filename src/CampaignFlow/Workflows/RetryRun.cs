using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>A person tries what failed again as it is: one step, every failed step, or the burst that died too often.</summary>
public sealed class RetryRun(CampaignFlowDb db, TimeProvider clock, WakeUp wakeUp)
{
    private static readonly Phrase Nothing = new("Nothing of this run has failed.", "该运行没有失败的步骤。");

    /// <summary>Every failed step.</summary>
    public Task<Phrase?> HandleAsync(Guid run, CancellationToken cancellationToken) => HandleAsync(run, null, null, cancellationToken);

    /// <param name="execution">Id of one faulted execution; null: all of them.</param>
    /// <param name="why">Who and why, for the journal.</param>
    /// <returns>Null when it is on its way, else why not.</returns>
    public async Task<Phrase?> HandleAsync(Guid run, string? execution, string? why, CancellationToken cancellationToken)
    {
        var refusal = await PersonsVerb.PutAsync(
            db,
            run,
            clock.GetUtcNow(),
            (row, state) =>
            {
                var faulted = state
                    .Executions.Where(e => e.Status == ExecutionStatus.Faulted && (execution is null || e.Id == execution))
                    .ToList();
                return faulted.Count == 0 && (execution is not null || row.Attempts == 0)
                    ? ([], execution is null ? Nothing : PersonsVerb.NotFailed)
                    : ([.. faulted.Select(e => new RunEvent.Retried(e.Id) { Why = why })], null);
            },
            cancellationToken,
            new JournalEntry(clock.GetUtcNow(), "Retried", null, null, null, null, why)
        );
        wakeUp.Ring();
        return refusal;
    }
}
