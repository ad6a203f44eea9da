using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>The rows the product wrote for one run, for the others to write likewise.</summary>
internal sealed record Sample(
    string Fresh,
    string Waiting,
    string Over,
    RunBookmark Bookmark,
    IReadOnlyList<RunJournal> Suspended,
    IReadOnlyList<RunJournal> Resumed
)
{
    public static async Task<Sample> TakeAsync()
    {
        await using var ours = new Ours(await Contender.StoreAsync(DatabaseKind.Postgres));
        await ours.StartAsync("sample");
        var fresh = await ours.AskAsync(db => db.Runs.SingleAsync());
        await ours.CarryOnAsync(1);
        var waiting = await ours.AskAsync(db => db.Runs.SingleAsync());
        var bookmark = await ours.AskAsync(db => db.RunBookmarks.SingleAsync());
        var suspended = await ours.AskAsync(db => db.RunJournal.OrderBy(j => j.Seq).ToListAsync());
        await ours.SignalAsync("sample");
        await ours.CarryOnAsync(1);
        var over = await ours.AskAsync(db => db.Runs.SingleAsync());
        var all = await ours.AskAsync(db => db.RunJournal.OrderBy(j => j.Seq).ToListAsync());
        return new(fresh.State, waiting.State, over.State, bookmark, suspended, [.. all.Skip(suspended.Count)]);
    }

    public RunBookmark BookmarkOf(Guid run, string correlation) =>
        new()
        {
            RunId = run,
            Id = Bookmark.Id,
            Execution = Bookmark.Execution,
            Kind = Bookmark.Kind,
            Key = Bookmark.Key,
            Correlation = correlation,
            DefinitionId = Bookmark.DefinitionId,
            RunKey = correlation,
        };

    public static RunJournal Copy(RunJournal line, Guid run) =>
        new()
        {
            RunId = run,
            Seq = line.Seq,
            At = line.At,
            What = line.What,
            Activity = line.Activity,
            ActivityName = line.ActivityName,
            Type = line.Type,
            Execution = line.Execution,
            Text = line.Text,
        };
}
