using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

internal enum BurstOutcome
{
    /// <summary>Written, and durable once its transaction commits.</summary>
    Written,

    /// <summary>There was nothing to do.</summary>
    Idle,

    /// <summary>Somebody else has moved the run on.</summary>
    Stale,

    Failed,
}

/// <summary>A burst that was tried within a transaction that it may share with others.</summary>
internal sealed class TriedBurst
{
    private TriedBurst(ClaimedRun run, Instruments.Work work) => (Run, Work) = (run, work);

    public ClaimedRun Run { get; }
    public Instruments.Work Work { get; }
    public BurstOutcome Outcome { get; private set; }
    public Exception? Error { get; private set; }

    /// <summary>Writes one burst; what does not come to its end takes back what it wrote, and only that.</summary>
    /// <param name="write">Answers false when there was nothing to do.</param>
    public static async Task<TriedBurst> OfAsync(
        BurstScope scope,
        ClaimedRun run,
        Func<Instruments.Work, Task<bool>> write,
        CancellationToken cancellationToken
    )
    {
        var work = Instruments.Begin("burst").Tag("run.id", run.Id).Tag("campaign.id", run.Correlation);
        var tried = new TriedBurst(run, work);
        try
        {
            await scope.BeginAsync(cancellationToken);
            tried.Outcome = await write(work) ? BurstOutcome.Written : BurstOutcome.Idle;
        }
        catch (StaleBurst stale)
        {
            (tried.Outcome, tried.Error) = (BurstOutcome.Stale, stale);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            (tried.Outcome, tried.Error) = (BurstOutcome.Failed, e);
        }
        catch
        {
            work.Dispose();
            throw;
        }
        await scope.EndAsync(keep: tried.Outcome == BurstOutcome.Written);
        return tried;
    }

    /// <summary>Its transaction did not commit, or nobody knows.</summary>
    public void LoseCommit(Exception e)
    {
        if (Outcome == BurstOutcome.Written)
            (Outcome, Error) = (BurstOutcome.Failed, e);
    }
}
