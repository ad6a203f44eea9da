using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Proofs;

/// <summary>What a database says after everything was done to it: all counts but <paramref name="Runs"/> have to be zero.</summary>
/// <param name="Lost">Runs that are not finished.</param>
/// <param name="Missing">Effects that did not happen.</param>
/// <param name="Repeated">Effects of one key that happened more than once.</param>
/// <param name="JournalGaps">Runs whose journal does not count from one without a gap.</param>
/// <param name="FenceRegressions">Times a fence or a version was seen to go back.</param>
/// <param name="LeftOver">Bookmarks, owners, untaken signals and undelivered messages that nobody needs any more.</param>
internal sealed record Evidence(int Runs, int Lost, int Missing, int Repeated, int JournalGaps, int FenceRegressions, int LeftOver)
{
    public bool IsSound => this is { Runs: > 0, Lost: 0, Missing: 0, Repeated: 0, JournalGaps: 0, FenceRegressions: 0, LeftOver: 0 };

    /// <param name="effects">Folder of the outside world.</param>
    public static async Task<Evidence> OfStoriesAsync(CampaignFlowDb db, string effects, FenceWatch fences)
    {
        var keys = await db.Runs.Where(r => r.DefinitionId == Story.Name).Select(r => r.Key).ToListAsync();
        var stamps = await db.Outbox.Where(m => m.Type == "stamp").Select(m => m.Payload).ToListAsync();
        var expected = keys.SelectMany(k => Story.Stamps.Select(s => $"{k}|{s}")).ToHashSet(StringComparer.Ordinal);
        var shouted = Directory.Exists(effects) ? Directory.GetFiles(effects).Select(f => Path.GetFileName(f)!).ToHashSet() : [];
        return new(
            keys.Count,
            await db.Runs.CountAsync(r => r.Status != RunStatus.Finished),
            expected.Except(stamps).Count() + keys.Count(k => !shouted.Contains(k)),
            stamps.Count - stamps.Intersect(expected).Count(),
            await JournalGapsAsync(db),
            await fences.LookAsync(db),
            await db.RunBookmarks.CountAsync()
                + await db.Runs.CountAsync(r => r.Owner != null || r.Ready)
                + await db.InboxSignals.CountAsync(s => s.TakenAt == null)
                + await db.Outbox.CountAsync(m => m.DoneAt == null)
        );
    }

    /// <summary>How the runs that are not finished stand, and what was sent to them: where to begin to look.</summary>
    public static async Task<List<string>> OfLostAsync(CampaignFlowDb db)
    {
        var lost = await db.Runs.AsNoTracking().Where(r => r.Status != RunStatus.Finished).OrderBy(r => r.Key).Take(5).ToListAsync();
        var said = new List<string>();
        foreach (var run in lost)
        {
            var waits = await db.RunBookmarks.Where(b => b.RunId == run.Id).Select(b => $"{b.Kind} {b.Key} {b.DueAt}").ToListAsync();
            var sent = await db
                .InboxSignals.AsNoTracking()
                .Where(s => (s.Key == run.Key || s.TakenBy == run.Id) && s.TakenAt == null)
                .Select(s => $"{s.Kind} {s.Key} by {s.TakenBy}, waited for by '{s.WaitedBy ?? "–"}'")
                .ToListAsync();
            said.Add(
                $"{run.Key}: {run.Status}, attempts {run.Attempts}, ready {run.Ready}, owner {run.Owner ?? "–"}, lease {run.LeaseUntil:O}, "
                    + $"{run.Error}; waits for [{string.Join("; ", waits)}]; sent [{string.Join("; ", sent)}]"
            );
        }
        return said;
    }

    public static async Task<int> JournalGapsAsync(CampaignFlowDb db) =>
        await db.RunJournal.GroupBy(j => j.RunId).Where(run => run.Min(j => j.Seq) != 1 || run.Max(j => j.Seq) != run.Count()).CountAsync();
}

/// <summary>Remembers every run's fence and version between looks: they only ever rise.</summary>
internal sealed class FenceWatch
{
    private readonly Dictionary<Guid, (long Fence, int Version)> seen = [];
    private int regressions;

    /// <returns>How often one was lower than before, in all looks so far.</returns>
    public async Task<int> LookAsync(CampaignFlowDb db)
    {
        foreach (
            var run in await db
                .Runs.Select(r => new
                {
                    r.Id,
                    r.Fence,
                    r.Version,
                })
                .ToListAsync()
        )
        {
            if (seen.TryGetValue(run.Id, out var before) && (run.Fence < before.Fence || run.Version < before.Version))
                regressions++;
            seen[run.Id] = (run.Fence, run.Version);
        }
        return regressions;
    }
}
