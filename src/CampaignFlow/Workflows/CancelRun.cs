using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>A person, or the end of a campaign, ends a run; what it had asked for is withdrawn.</summary>
public sealed class CancelRun(CampaignFlowDb db, TimeProvider clock, WakeUp wakeUp)
{
    public Task<Phrase?> HandleAsync(Guid run, string reason, CancellationToken cancellationToken) =>
        HandleAsync(run, reason, compensate: false, cancellationToken);

    /// <param name="compensate">What it did and can be undone is undone first, last done first.</param>
    /// <returns>Null when it is on its way, else why not.</returns>
    public async Task<Phrase?> HandleAsync(Guid run, string reason, bool compensate, CancellationToken cancellationToken)
    {
        var refusal = await PersonsVerb.PutAsync(
            db,
            run,
            clock.GetUtcNow(),
            (_, _) => ([new RunEvent.Cancelled(reason, compensate)], null),
            cancellationToken
        );
        wakeUp.Ring();
        return refusal;
    }
}
