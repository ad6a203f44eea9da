using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class JournalTests
{
    private const int Lines = 100_000;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_hundred_thousand_lines_are_leafed_through_and_exported_whole(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        var run = Guid.CreateVersion7();
        await WriteAsync(bench.Store, run);

        await bench.Store.InScopeAsync(
            async (_, services) =>
            {
                var journal = services.GetRequiredService<JournalQueries>();
                var newest = await journal.PageAsync(run, new(), null, null, 100, default);
                Assert.Equal((Lines, Lines - 99, true, false), (newest.Lines[0].Seq, newest.Lines[^1].Seq, newest.Older, newest.Newer));
                var older = await journal.PageAsync(run, new(), newest.Lines[^1].Seq, null, 100, default);
                Assert.Equal((Lines - 100, true, true), (older.Lines[0].Seq, older.Older, older.Newer));
                var back = await journal.PageAsync(run, new(), null, older.Lines[0].Seq, 100, default);
                Assert.Equal(newest.Lines.Select(l => l.Seq), back.Lines.Select(l => l.Seq));
                var oldest = await journal.PageAsync(run, new(), 51, null, 100, default);
                Assert.Equal((50, 1, false, true), (oldest.Lines.Count, oldest.Lines[^1].Seq, oldest.Older, oldest.Newer));

                // Every third line is of step a.
                var step = await journal.PageAsync(run, new("a", "Completed"), Lines / 2, null, 100, default);
                Assert.All(step.Lines, l => Assert.Equal(("a", "Completed"), (l.Activity, l.What)));
                Assert.True(step.Lines[0].Seq < Lines / 2 && step.Lines.Count == 100);

                var seen = 0;
                await foreach (var line in journal.AllAsync(run, new(), default))
                    Assert.Equal(++seen, line.Seq);
                Assert.Equal(Lines, seen);
                Assert.Equal(Lines, (await journal.CountsAsync(run, default)).Sum(c => c.Lines));
            }
        );
    }

    /// <summary>As one statement on both databases, and of no run but this one.</summary>
    internal static Task WriteAsync(TestStore store, Guid run, int lines = Lines) =>
        store.InScopeAsync(
            async (db, _) =>
            {
                var batch = new SqlBatch();
                batch.Add(
                    """
                    with recursive n (seq) as (select 1 union all select seq + 1 from n where seq < @lines)
                    insert into wf_journal (run_id, seq, at, what, activity, text)
                    select @run, seq, 1700000000000 + seq, case when seq % 2 = 0 then 'Completed' else 'Started' end,
                      case when seq % 3 = 0 then 'a' else 'b' end, '=cmd ' || seq from n
                    """,
                    ("@run", run),
                    ("@lines", lines)
                );
                await batch.ExecuteAsync(db, default);
            }
        );
}
