using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>
/// What one writes first: tracked entities and a <c>SaveChanges</c> after every step, no engine logic either. The rows are those that
/// the product left behind in <paramref name="sample"/>.
/// </summary>
internal sealed class PlainEf(TestStore store, Sample sample) : Contender("plain EF", store)
{
    public override Task StartAsync(string run) =>
        Store.InScopeAsync(
            async (db, _) =>
            {
                db.Runs.Add(
                    new()
                    {
                        Key = run,
                        VersionId = Guid.Empty,
                        DefinitionId = "ten",
                        Correlation = run,
                        State = sample.Fresh,
                        Ready = true,
                        CreatedAt = DateTimeOffset.UtcNow,
                    }
                );
                await db.SaveChangesAsync();
            }
        );

    public override Task SignalAsync(string run) =>
        Store.InScopeAsync(
            async (db, _) =>
            {
                db.InboxSignals.Add(
                    new()
                    {
                        DedupKey = run,
                        Kind = "event",
                        Key = "go",
                        Correlation = run,
                        At = DateTimeOffset.UtcNow,
                    }
                );
                await db.SaveChangesAsync();
            }
        );

    public override async Task CarryOnAsync(int runs)
    {
        var started = await Store.InScopeAsync((db, _) => db.Runs.Where(r => r.Ready).Select(r => r.Key).ToListAsync());
        await ForEachAsync(started, run => BurstAsync(run, signal: false));
        var signalled = await Store.InScopeAsync(
            (db, _) => db.InboxSignals.Where(s => s.TakenAt == null).Select(s => s.DedupKey).ToListAsync()
        );
        await ForEachAsync(signalled, run => BurstAsync(run, signal: true));
    }

    public override Task PublishEffectsAsync(int count) => new Ours(Store).PublishEffectsAsync(count);

    public override async Task DeliverEffectsAsync(int count)
    {
        var due = await Store.InScopeAsync((db, _) => db.Outbox.Where(m => m.DoneAt == null).Select(m => m.Id).ToListAsync());
        foreach (var id in due)
        {
            await Store.InScopeAsync(
                async (db, _) =>
                {
                    var message = await db.Outbox.SingleAsync(m => m.Id == id);
                    db.OutboxReceipts.Add(new() { Message = id, Handler = "nobody" });
                    message.DoneAt = DateTimeOffset.UtcNow;
                    await db.SaveChangesAsync();
                }
            );
        }
    }

    private Task BurstAsync(string key, bool signal) =>
        Store.InScopeAsync(
            async (db, _) =>
            {
                var run = await db.Runs.SingleAsync(r => r.Key == key);
                var journal = signal ? sample.Resumed : sample.Suspended;
                foreach (var step in journal.Chunk(3))
                {
                    run.State = signal ? sample.Over : sample.Waiting;
                    run.Version++;
                    run.UpdatedAt = DateTimeOffset.UtcNow;
                    db.RunJournal.AddRange(step.Select(line => Sample.Copy(line, run.Id)));
                    await db.SaveChangesAsync();
                }
                run.Ready = false;
                if (signal)
                {
                    db.RunBookmarks.Remove(await db.RunBookmarks.SingleAsync(b => b.RunId == run.Id));
                    (await db.InboxSignals.SingleAsync(s => s.DedupKey == key)).TakenAt = DateTimeOffset.UtcNow;
                    run.Status = RunStatus.Finished;
                }
                else
                {
                    run.Status = RunStatus.Suspended;
                    db.RunBookmarks.Add(sample.BookmarkOf(run.Id, key));
                }
                await db.SaveChangesAsync();
            }
        );
}
