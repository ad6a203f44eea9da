using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Lifecycle;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Notices;

/// <summary>Tells the people of a role about new work.</summary>
public sealed class TaskNotice(CampaignFlowDb db, PostMail post, TimeProvider clock) : IFactHandler<TaskOpened>
{
    public async Task Handle(TaskOpened fact, CancellationToken cancellationToken)
    {
        var task = await db.WorkTasks.AsNoTracking().SingleAsync(t => t.Id == fact.TaskId, cancellationToken);
        if (task.DoneAt is not null || task.WithdrawnAt is not null)
            return;
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == task.CampaignId, cancellationToken);
        var mail = new TaskAssignedMail
        {
            Campaign = new(campaign.Code, campaign.Name),
            Path = $"/tasks/{task.Id}",
            Task = task.Title,
            Why = task.Why,
            Stage = task.Stage is { } stage ? Stage.Of(stage).Name : null,
            Role = Roles.Names[task.Role],
            DueAt = task.DueAt,
        };
        foreach (var reader in await Recipients.OfRoleAsync(db, task.Role, cancellationToken))
            await post.PostAsync(db, mail, reader, task.Id.ToString("N"), campaign.Id, clock.GetUtcNow(), cancellationToken);
    }
}
