using System.Runtime.CompilerServices;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>Which lines of a journal are asked for; null: all.</summary>
/// <param name="Step">Id of the activity in the definition.</param>
/// <param name="What">Started, Completed, Suspended, …</param>
public sealed record JournalFilter(string? Step = null, string? What = null)
{
    internal IQueryable<RunJournal> On(IQueryable<RunJournal> lines) =>
        lines.Where(j => (Step == null || j.Activity == Step) && (What == null || j.What == What));
}

/// <summary>Lines newest first, and whether there are older and newer ones than these.</summary>
public sealed record JournalPage(IReadOnlyList<RunJournal> Lines, bool Older, bool Newer);

/// <summary>What there is in a journal: how often each step had each kind of line. Step is null for lines of the run itself.</summary>
public sealed record JournalCount(string? Step, string What, int Lines);

/// <summary>A run's history in pieces: it may have a hundred thousand lines, and no piece costs more for coming late.</summary>
public sealed class JournalQueries(CampaignFlowDb db)
{
    private const int Piece = 1000;

    /// <param name="before">Lines with smaller numbers than this.</param>
    /// <param name="after">Else lines with greater numbers, the nearest ones; neither: the newest.</param>
    public async Task<JournalPage> PageAsync(
        Guid run,
        JournalFilter filter,
        int? before,
        int? after,
        int atMost,
        CancellationToken cancellationToken
    )
    {
        var lines = filter.On(db.RunJournal.AsNoTracking().Where(j => j.RunId == run));
        if (before is null && after is { } from)
        {
            var newer = await lines.Where(j => j.Seq > from).OrderBy(j => j.Seq).Take(atMost + 1).ToListAsync(cancellationToken);
            return new(
                [.. newer.Take(atMost).Reverse()],
                await lines.AnyAsync(j => j.Seq <= from, cancellationToken),
                newer.Count > atMost
            );
        }
        var found = await lines
            .Where(j => before == null || j.Seq < before)
            .OrderByDescending(j => j.Seq)
            .Take(atMost + 1)
            .ToListAsync(cancellationToken);
        return new(
            [.. found.Take(atMost)],
            found.Count > atMost,
            before is not null && await lines.AnyAsync(j => j.Seq >= before, cancellationToken)
        );
    }

    /// <summary>All lines that pass the filter, oldest first, read a thousand at a time.</summary>
    public async IAsyncEnumerable<RunJournal> AllAsync(
        Guid run,
        JournalFilter filter,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        for (var last = 0; ; )
        {
            var from = last;
            var lines = await filter
                .On(db.RunJournal.AsNoTracking().Where(j => j.RunId == run && j.Seq > from))
                .OrderBy(j => j.Seq)
                .Take(Piece)
                .ToListAsync(cancellationToken);
            foreach (var line in lines)
                yield return line;
            if (lines.Count < Piece)
                yield break;
            last = lines[^1].Seq;
        }
    }

    public async Task<IReadOnlyList<JournalCount>> CountsAsync(Guid run, CancellationToken cancellationToken)
    {
        var counts = await db
            .RunJournal.Where(j => j.RunId == run)
            .GroupBy(j => new { j.Activity, j.What })
            .Select(g => new
            {
                g.Key.Activity,
                g.Key.What,
                Count = g.Count(),
            })
            .ToListAsync(cancellationToken);
        return [.. counts.Select(c => new JournalCount(c.Activity, c.What, c.Count))];
    }
}
