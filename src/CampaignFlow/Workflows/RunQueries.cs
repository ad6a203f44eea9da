using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;
using CampaignFlow.Workflows.Waiting;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>A run with the sentence about it.</summary>
public sealed record ToldRun(Run Run, Phrase Says);

/// <summary>How runs stand.</summary>
public sealed class RunQueries(CampaignFlowDb db, RunSentences sentences)
{
    /// <summary>How the run stands and what it waits for, or where it was archived; null when there never was such a run.</summary>
    public async Task<Phrase?> WaitingAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is { } run)
            return (await sentences.OfAsync([run], cancellationToken))[id];
        return (await db.ArchivedRuns.FindAsync([id], cancellationToken))?.Says;
    }

    /// <summary>Runs of one campaign that are not over, oldest first.</summary>
    public async Task<IReadOnlyList<ToldRun>> OfAsync(Guid campaign, int atMost, CancellationToken cancellationToken)
    {
        var correlation = campaign.ToString();
        var runs = await db
            .Runs.AsNoTracking()
            .Where(r => r.Correlation == correlation && r.FinishedAt == null)
            .OrderBy(r => r.CreatedAt)
            .Take(atMost)
            .ToListAsync(cancellationToken);
        var says = await sentences.OfAsync(runs, cancellationToken);
        return [.. runs.Select(r => new ToldRun(r, says[r.Id]))];
    }
}
