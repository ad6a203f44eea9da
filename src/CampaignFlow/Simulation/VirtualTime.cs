using CampaignFlow.Campaigns;
using CampaignFlow.Metrics;
using CampaignFlow.Scheduling;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Simulation;

/// <summary>Rows that become known at one instant; a simulated market looks at the budgets of that instant.</summary>
public sealed record Arrival(DateTimeOffset KnownAt, string Source, Func<IServiceProvider, Task<IReadOnlyList<MetricRow>>> ReadAsync)
{
    public Arrival(DateTimeOffset knownAt, string source, IReadOnlyList<MetricRow> rows)
        : this(knownAt, source, _ => Task.FromResult(rows)) { }
}

/// <summary>
/// Drives the product's own engine, rules, ledger and mails over virtual time. Whatever happens at an instant is keyed, and the
/// instant is stored before anything happens in it: a killed run starts again at that instant and ends the same.
/// </summary>
public sealed class VirtualTime(IServiceProvider services, VirtualClock clock, string clockFile)
{
    /// <summary>The instant at which an earlier, killed run stood; null when there was none.</summary>
    public static DateTimeOffset? Stored(string clockFile) =>
        File.Exists(clockFile) && long.TryParse(File.ReadAllText(clockFile), out var ms) ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary>Runs until the campaign is over, nothing is left to happen, or <paramref name="until"/>.</summary>
    /// <param name="progress">Told the instant at every step.</param>
    public async Task RunAsync(
        Guid campaign,
        IReadOnlyList<Arrival> arrivals,
        Cast cast,
        DateTimeOffset until,
        Action<DateTimeOffset>? progress,
        CancellationToken cancellationToken
    )
    {
        var runner = services.GetRequiredService<WorkflowRunner>();
        var outbox = services.GetRequiredService<OutboxDispatcher>();
        await runner.ReclaimAsync(cancellationToken);
        while (true)
        {
            progress?.Invoke(clock.Now);
            foreach (var arrival in arrivals.Where(a => a.KnownAt == clock.Now))
                await InScopeAsync(async s =>
                    await s.GetRequiredService<ImportMetrics>()
                        .ImportAsync(campaign, await arrival.ReadAsync(s), arrival.Source, "–", clock.Now, cancellationToken: cancellationToken)
                );
            await InScopeAsync(s => s.GetRequiredService<DueChecks>().RunAsync(null, cancellationToken));
            await InScopeAsync(s => s.GetRequiredService<ExpireApprovals>().HandleAsync(cancellationToken));
            await cast.ActAsync(clock.Now, cancellationToken);
            while (await runner.DrainAsync(cancellationToken) + await outbox.DispatchDueAsync(cancellationToken) > 0) { }
            var next = await NextAsync(arrivals, cast, cancellationToken);
            if (next is not { } at || at > until || await IsOverAsync(campaign, cancellationToken))
                return;
            Remember(at);
            clock.Now = at;
        }
    }

    private async Task<DateTimeOffset?> NextAsync(IReadOnlyList<Arrival> arrivals, Cast cast, CancellationToken cancellationToken)
    {
        var now = clock.Now;
        return await InScopeAsync<DateTimeOffset?>(async s =>
        {
            var db = s.GetRequiredService<CampaignFlowDb>();
            DateTimeOffset?[] candidates =
            [
                arrivals.Where(a => a.KnownAt > now).Select(a => (DateTimeOffset?)a.KnownAt).Min(),
                await s.GetRequiredService<DueChecks>().NextAsync(cancellationToken),
                await cast.NextAsync(now, cancellationToken),
                await db.RunBookmarks.Where(b => b.DueAt > now).MinAsync(b => b.DueAt, cancellationToken),
                await db.Approvals.Where(a => a.State == ApprovalState.Open && a.ShiftId != null && a.DueAt > now).MinAsync(a => (DateTimeOffset?)a.DueAt, cancellationToken),
                await db.Outbox.Where(m => m.DoneAt == null && m.DeadAt == null && m.AvailableAt > now).MinAsync(m => (DateTimeOffset?)m.AvailableAt, cancellationToken),
            ];
            return candidates.Min();
        });
    }

    private Task<bool> IsOverAsync(Guid campaign, CancellationToken cancellationToken) =>
        InScopeAsync(s =>
            s.GetRequiredService<CampaignFlowDb>()
                .Campaigns.AnyAsync(c => c.Id == campaign && (c.State == CampaignState.Completed || c.State == CampaignState.Cancelled), cancellationToken)
        );

    /// <summary>Written whole or not at all: a torn clock would replay the wrong instant.</summary>
    private void Remember(DateTimeOffset at)
    {
        var draft = clockFile + ".new";
        using (var file = new FileStream(draft, FileMode.Create))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(at.ToUnixTimeMilliseconds().ToString(System.Globalization.CultureInfo.InvariantCulture)));
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
