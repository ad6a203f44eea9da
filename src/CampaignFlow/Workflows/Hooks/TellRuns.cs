using System.Text.Json.Nodes;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Hooks;

/// <summary>Signals from outside: who hears them is said, and one for a run that is over or unknown is refused in a sentence.</summary>
public sealed class TellRuns(CampaignFlowDb db, TimeProvider clock, WakeUp wakeUp)
{
    private const int LongestName = 200;

    /// <summary>Publishes an event to everybody, to the runs of a correlation, or to one run.</summary>
    public async Task<(Phrase Said, HookRefusal? Refusal)> EventAsync(
        string name,
        JsonNode? payload,
        HookAddress address,
        CancellationToken cancellationToken
    )
    {
        if (await RefusalAsync(name, address, cancellationToken) is { } refusal)
            return (default, refusal);
        var starting = address.Run is null
            ? await db.WorkflowTriggers.CountAsync(t => t.Kind == Bookmark.Event && t.Key == name, cancellationToken)
            : 0;
        if (starting == 0 && await AreOverAsync(address, cancellationToken))
            return (default, new(410, new("Every run it is meant for is already over.", "该关联的所有运行都已结束。")));
        await PutAsync(Bookmark.Event, name, payload, address, cancellationToken);
        var waiting = await WaitingAsync(Bookmark.Event, name, address, cancellationToken);
        return waiting + starting == 0
            ? (
                new(
                    $"Nobody waits for '{name}' now; it is kept until a run does.",
                    $"目前没有运行在等待“{name}”；它会保留到有运行等待为止。"
                ),
                null
            )
            : (
                new(
                    $"'{name}' goes to {waiting} waiting runs and starts {starting}.",
                    $"“{name}”将送达 {waiting} 个等待中的运行，并启动 {starting} 个。"
                ),
                null
            );
    }

    /// <summary>Reports a task of a run (RunTask) as done.</summary>
    public async Task<(Phrase Said, HookRefusal? Refusal)> TaskDoneAsync(
        string name,
        JsonNode? result,
        HookAddress address,
        CancellationToken cancellationToken
    )
    {
        if (await RefusalAsync(name, address, cancellationToken) is { } refusal)
            return (default, refusal);
        await PutAsync("runtask", name, result, address, cancellationToken);
        return await WaitingAsync("runtask", name, address, cancellationToken) > 0
            ? (new($"The run goes on with '{name}'.", $"该运行将以“{name}”的结果继续。"), null)
            : (
                new($"The run does not wait for '{name}' yet; the result is kept for it.", $"该运行尚未等待“{name}”；结果会为其保留。"),
                null
            );
    }

    private async Task<HookRefusal?> RefusalAsync(string name, HookAddress address, CancellationToken cancellationToken)
    {
        if (name.Length > LongestName)
            return new(400, new($"A name has at most {LongestName} characters.", $"名称最多 {LongestName} 个字符。"));
        if (address.Run is not { } run)
            return null;
        var status = await db.Runs.Where(r => r.Id == run).Select(r => (RunStatus?)r.Status).SingleOrDefaultAsync(cancellationToken);
        return status switch
        {
            null when await db.ArchivedRuns.FindAsync([run], cancellationToken) is { } archived => new(410, archived.Says),
            null => new(404, PersonsVerb.Unknown),
            RunStatus.Finished or RunStatus.Cancelled => new(410, PersonsVerb.Over),
            _ => null,
        };
    }

    /// <summary>There were runs of that correlation, and none is left.</summary>
    private async Task<bool> AreOverAsync(HookAddress address, CancellationToken cancellationToken) =>
        address is { Run: null, Correlation: { } correlation }
        && await db.Runs.AnyAsync(r => r.Correlation == correlation, cancellationToken)
        && !await db.Runs.AnyAsync(
            r => r.Correlation == correlation && r.Status != RunStatus.Finished && r.Status != RunStatus.Cancelled,
            cancellationToken
        );

    private async Task PutAsync(string kind, string name, JsonNode? payload, HookAddress address, CancellationToken cancellationToken)
    {
        var dedup = $"{kind}:{name}:{address.Run}:{address.IdempotencyKey ?? Guid.NewGuid().ToString("N")}";
        if (await db.InboxSignals.AnyAsync(s => s.DedupKey == dedup, cancellationToken))
            return;
        var now = clock.GetUtcNow();
        db.InboxSignals.Add(
            new()
            {
                DedupKey = dedup,
                Kind = kind,
                Key = name,
                Correlation = address.Run is null ? address.Correlation : null,
                Payload = payload?.ToJsonString(),
                At = now,
                TakenBy = address.Run,
                // What is meant for one run starts no other.
                TriggeredAt = address.Run is null ? null : now,
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (address.IdempotencyKey is not null)
        {
            db.ChangeTracker.Clear(); // the same one came at the same moment
        }
        wakeUp.Ring();
    }

    private Task<int> WaitingAsync(string kind, string name, HookAddress address, CancellationToken cancellationToken) =>
        db
            .RunBookmarks.Where(b => b.Kind == kind && b.Key == name)
            .Where(b => address.Run == null || b.RunId == address.Run)
            .Where(b => address.Run != null || address.Correlation == null || b.Correlation == address.Correlation)
            .CountAsync(cancellationToken);
}
