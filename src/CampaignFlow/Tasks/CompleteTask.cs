using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tasks;

/// <summary>A person reports a task as done; the run that waits for it goes on. The artefact, if any, is saved by the caller before.</summary>
public sealed class CompleteTask(CampaignFlowDb db, TimeProvider clock)
{
    /// <returns>Null when done (or done before); otherwise why it cannot be.</returns>
    public async Task<Phrase?> HandleAsync(Guid taskId, Person person, CancellationToken cancellationToken)
    {
        var task = await db.WorkTasks.SingleOrDefaultAsync(t => t.Id == taskId, cancellationToken);
        if (task is null)
            return new("There is no such task.", "没有这项任务。");
        if (task.DoneAt is not null)
            return null;
        if (task.WithdrawnAt is not null)
            return new("This task was withdrawn: its process went another way.", "该任务已撤回：流程已走其他分支。");
        if (!person.Roles.Contains(task.Role) && !person.Roles.Contains(Roles.Manager))
            return new($"This task belongs to: {Roles.Names[task.Role].En}.", $"该任务属于{Roles.Names[task.Role].Zh}。");
        var now = clock.GetUtcNow();
        task.DoneAt = now;
        task.DoneBy = person.DisplayName;
        db.Publish($"task-done:{task.Id}", new TaskDone(task.Id, task.CampaignId, task.Stage), now);
        await db.SignalAsync(
            HumanTask.BookmarkKind,
            task.Id.ToString(),
            task.CampaignId.ToString(),
            null,
            $"task:{task.Id}",
            now,
            cancellationToken
        );
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }
}
