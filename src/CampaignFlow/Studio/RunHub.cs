using Microsoft.AspNetCore.SignalR;

namespace CampaignFlow.Studio;

/// <summary>The viewer watches a run; it is told when to look again.</summary>
internal sealed class RunHub(RunWatch watch) : Hub
{
    public async Task ObserveInstanceAsync(string instanceId)
    {
        if (!Guid.TryParse(instanceId, out var run))
            return;
        await Groups.AddToGroupAsync(Context.ConnectionId, run.ToString(), Context.ConnectionAborted);
        watch.Begin(Context.ConnectionId, run);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        watch.End(Context.ConnectionId);
        return base.OnDisconnectedAsync(exception);
    }
}
