using System.Globalization;
using CampaignFlow.Campaigns;
using CampaignFlow.Scheduling;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Simulation;

/// <summary>Something from outside that happens at one instant: numbers arrive, a campaign begins. Doing it twice must change nothing.</summary>
public sealed record Happening(DateTimeOffset At, Func<IServiceProvider, Task> DoAsync);

/// <summary>
/// Drives the product's own engine, rules, ledger and mails over virtual time. Whatever happens at an instant is keyed, and the
/// instant is stored before anything happens in it: a killed run starts again at that instant and ends the same.
/// </summary>
public sealed class VirtualTime(IServiceProvider services, VirtualClock clock, string clockFile)
{
    /// <summary>The instant at which an earlier, killed run stood; null when there was none.</summary>
    public static DateTimeOffset? Stored(string clockFile) =>
        File.Exists(clockFile) && long.TryParse(File.ReadAllText(clockFile), CultureInfo.InvariantCulture, out var ms)
            ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : null;

    /// <summary>Runs until all campaigns are over, nothing is left to happen, or <paramref name="until"/>.</summary>
    /// <param name="progress">Told the instant at every step.</param>
    public async Task RunAsync(
        IReadOnlyList<Happening> happenings,
        Cast cast,
        DateTimeOffset until,
        Action<DateTimeOffset>? progress,
        CancellationToken cancellationToken
    )
    {
        var runner = services.GetRequiredService<WorkflowRunner>();
        var triggers = services.GetRequiredService<Triggers>();
        var outbox = services.GetRequiredService<OutboxDispatcher>();
        await runner.ReclaimAsync(cancellationToken);
        while (true)
        {
            progress?.Invoke(clock.Now);
            foreach (var happening in happenings.Where(h => h.At == clock.Now))
                await InScopeAsync(async s =>
                {
                    await happening.DoAsync(s);
                    return true;
                });
            await InScopeAsync(s => s.GetRequiredService<DueChecks>().RunAsync(null, cancellationToken));
            await InScopeAsync(s => s.GetRequiredService<ExpireApprovals>().HandleAsync(cancellationToken));
            await cast.ActAsync(clock.Now, cancellationToken);
            while (
                await triggers.FireAsync(cancellationToken)
                    + await runner.DrainAsync(cancellationToken)
                    + await outbox.DispatchDueAsync(cancellationToken)
                > 0
            ) { }
            var next = await NextAsync(happenings, cast, cancellationToken);
            if (next is not { } at || at > until || await AllOverAsync(happenings, cancellationToken))
                return;
            Remember(at);
            clock.Now = at;
        }
    }

    private async Task<DateTimeOffset?> NextAsync(IReadOnlyList<Happening> happenings, Cast cast, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        return await InScopeAsync<DateTimeOffset?>(async s =>
        {
            var db = s.GetRequiredService<CampaignFlowDb>();
            DateTimeOffset?[] candidates =
            [
                happenings.Where(h => h.At > now).Select(h => (DateTimeOffset?)h.At).Min(),
                await s.GetRequiredService<DueChecks>().NextAsync(cancellationToken),
                await cast.NextAsync(now, cancellationToken),
                await db.RunBookmarks.Where(b => b.DueAt > now).MinAsync(b => b.DueAt, cancellationToken),
                await Triggers.NextAsync(db, cancellationToken),
                await db
                    .Approvals.Where(a => a.State == ApprovalState.Open && !a.OfRun && a.DueAt > now)
                    .MinAsync(a => (DateTimeOffset?)a.DueAt, cancellationToken),
                await db
                    .Outbox.Where(m => m.DoneAt == null && m.DeadAt == null && m.AvailableAt > now)
                    .MinAsync(m => (DateTimeOffset?)m.AvailableAt, cancellationToken),
            ];
            return candidates.Min();
        });
    }

    /// <summary>Every campaign is at its end and nothing more comes from outside.</summary>
    private async Task<bool> AllOverAsync(IReadOnlyList<Happening> happenings, CancellationToken cancellationToken) =>
        happenings.All(h => h.At <= clock.Now)
        && await InScopeAsync(s =>
            s.GetRequiredService<CampaignFlowDb>()
                .Campaigns.AllAsync(c => c.State == CampaignState.Completed || c.State == CampaignState.Cancelled, cancellationToken)
        );

    /// <summary>Written whole or not at all: a torn clock would replay the wrong instant.</summary>
    private void Remember(DateTimeOffset at)
    {
        var draft = clockFile + ".new";
        using (var file = new FileStream(draft, FileMode.Create))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)));
            file.Flush(flushToDisk: true);
        }
        File.Move(draft, clockFile, overwrite: true);
    }

    private async Task<T> InScopeAsync<T>(Func<IServiceProvider, Task<T>> work)
    {
        await using var scope = services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }
}
