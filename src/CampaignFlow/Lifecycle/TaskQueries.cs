using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>A task with all that its page shows.</summary>
/// <param name="Latest">The newest version of the artefact it fills.</param>
/// <param name="Goals">Of the goals task; null for others.</param>
/// <param name="Plan">Of the task before the budget is approved; null for others.</param>
/// <param name="PaceModels">Earlier campaigns whose course the goals may be expected to follow.</param>
/// <param name="PlanClosed">Why the plan cannot be changed now.</param>
/// <param name="SentBack">What the approver of this stage wrote who sent it back last.</param>
public sealed record TaskView(
    WorkTask Task,
    Campaign Campaign,
    Stage? Stage,
    ArtefactKind? Kind,
    Artefact? Latest,
    IReadOnlyList<Goal>? Goals,
    bool GoalsFrozen,
    IReadOnlyList<Campaign> PaceModels,
    IReadOnlyList<CampaignChannel>? Plan,
    Phrase? PlanClosed,
    ApprovalVote? SentBack,
    bool StageIsOpen
)
{
    /// <summary>Done, but its stage still waits: what was written may be mended, or a red gate could never turn green.</summary>
    public bool MayMend => Task is { DoneAt: not null, WithdrawnAt: null, ArtefactKind: not null } && StageIsOpen;

    public bool IsOpen => Task.DoneAt is null && Task.WithdrawnAt is null;
}

public sealed class TaskQueries(CampaignFlowDb db, SaveGoals goals, SavePlan plan)
{
    private const int MostModels = 50;

    /// <returns>Null when there is no such task.</returns>
    public async Task<TaskView?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await db.WorkTasks.AsNoTracking().SingleOrDefaultAsync(t => t.Id == id, cancellationToken) is not { } task)
            return null;
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == task.CampaignId, cancellationToken);
        var isGoals = task.Stage == Stage.Goals && task.ArtefactKind is null;
        var isPlan = task.Stage == Stage.Plan && task.ArtefactKind == "schedule";
        return new(
            task,
            campaign,
            Stage.All.FirstOrDefault(s => s.Code == task.Stage),
            ArtefactKind.All.FirstOrDefault(k => k.Code == task.ArtefactKind),
            await db
                .Artefacts.AsNoTracking()
                .Where(a => a.CampaignId == campaign.Id && a.Kind == task.ArtefactKind)
                .OrderByDescending(a => a.Version)
                .FirstOrDefaultAsync(cancellationToken),
            isGoals
                ? await db
                    .Goals.AsNoTracking()
                    .Where(g => g.CampaignId == campaign.Id)
                    .OrderBy(g => g.Guardrail)
                    .ThenBy(g => g.Metric)
                    .ToListAsync(cancellationToken)
                : null,
            isGoals && await goals.AreFrozenAsync(campaign.Id, cancellationToken),
            isGoals ? await SaveGoals.ModelsFor(db, campaign).Take(MostModels).ToListAsync(cancellationToken) : [],
            isPlan
                ? await db
                    .CampaignChannels.AsNoTracking()
                    .Where(c => c.CampaignId == campaign.Id)
                    .OrderByDescending(c => c.PlannedMinor)
                    .ThenBy(c => c.Code)
                    .ToListAsync(cancellationToken)
                : null,
            isPlan ? await plan.IsClosedAsync(campaign.Id, cancellationToken) : null,
            await SentBackAsync(task, cancellationToken),
            await WorkOnTask.StageIsOpenAsync(db, task, cancellationToken)
        );
    }

    private async Task<ApprovalVote?> SentBackAsync(WorkTask task, CancellationToken cancellationToken)
    {
        if (task.Stage is null)
            return null;
        var last = await db
            .Approvals.AsNoTracking()
            .Where(a => a.CampaignId == task.CampaignId && a.Stage == task.Stage && a.CreatedAt < task.CreatedAt)
            .OrderByDescending(a => a.CreatedAt)
            .FirstOrDefaultAsync(cancellationToken);
        return last is { State: ApprovalState.Returned or ApprovalState.Rejected }
            ? await db
                .ApprovalVotes.AsNoTracking()
                .Where(v => v.ApprovalId == last.Id && v.Said != ApprovalState.Approved)
                .FirstOrDefaultAsync(cancellationToken)
            : null;
    }
}
