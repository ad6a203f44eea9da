using CampaignFlow.Shell;
using Microsoft.AspNetCore.SignalR;

namespace CampaignFlow.Studio;

/// <summary>The viewer watches a run; it is told when to look again.</summary>
internal sealed class RunHub : Hub
{
    public Task ObserveInstanceAsync(string instanceId) =>
        Guid.TryParse(instanceId, out var run)
            ? Groups.AddToGroupAsync(Context.ConnectionId, run.ToString(), Context.ConnectionAborted)
            : Task.CompletedTask;
}
