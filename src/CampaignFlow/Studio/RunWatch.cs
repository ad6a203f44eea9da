using System.Collections.Concurrent;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.AspNetCore.SignalR;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>
/// Looks at the runs that somebody has open and tells their viewers what changed. It asks the database, so it does not matter which
/// node carries the run on; while nobody watches it asks nothing.
/// </summary>
internal sealed partial class RunWatch(IHubContext<RunHub> hub, IServiceScopeFactory scopes, ILogger<RunWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);
    private readonly ConcurrentDictionary<string, Guid> watchers = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, int> seen = [];

    public void Begin(string connection, Guid run) => watchers[connection] = run;

    public void End(string connection) => watchers.TryRemove(connection, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            if (watchers.IsEmpty)
                continue;
            try
            {
                await TellAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                Log.Failed(logger, e);
            }
        }
    }

    private async Task TellAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var watched = watchers.Values.Distinct().ToList();
        foreach (var gone in seen.Keys.Except(watched).ToList())
            seen.Remove(gone);
        var now = await db.Runs.Where(r => watched.Contains(r.Id)).Select(r => new { r.Id, r.Version }).ToListAsync(cancellationToken);
        foreach (var run in now)
        {
            var news = seen.TryGetValue(run.Id, out var before) && before != run.Version;
            seen[run.Id] = run.Version;
            if (news)
                await TellAsync(run.Id, scope.ServiceProvider.GetRequiredService<InstanceQueries>(), cancellationToken);
        }
    }

    private async Task TellAsync(Guid run, InstanceQueries instances, CancellationToken cancellationToken)
    {
        if (await instances.FindAsync(run, cancellationToken) is not { } found)
            return;
        var viewers = hub.Clients.Group(run.ToString());
        await viewers.SendAsync("ActivityExecutionLogUpdatedAsync", new { stats = found.Stats() }, cancellationToken);
        await viewers.SendAsync("WorkflowExecutionLogUpdatedAsync", new { }, cancellationToken);
        await viewers.SendAsync("WorkflowInstanceUpdatedAsync", new { workflowInstanceId = run.ToString() }, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Viewers of runs could not be told; the next look tries again")]
        public static partial void Failed(ILogger logger, Exception e);
    }
}
