using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>What a person typed on a task's page; null parts are not on that page.</summary>
/// <param name="PaceLike">Code of the campaign whose course the goals are expected to follow; null: none.</param>
public sealed record TaskWork(
    JsonObject? Artefact,
    IReadOnlyList<GoalDraft>? Goals,
    IReadOnlyList<PlannedChannel>? Plan,
    string? PaceLike = null
);

/// <summary>Saves what a task asks for and, when the person says so, finishes it: one commit, so that nothing is half done.</summary>
public sealed class WorkOnTask(CampaignFlowDb db, SaveArtefact artefacts, SaveGoals goals, SavePlan plan, CompleteTask complete)
{
    /// <summary>A task is done by its role; a manager may step in.</summary>
    public static bool MayDo(WorkTask task, IEnumerable<string> roles) => roles.Any(r => r == task.Role || r == Roles.Manager);

    internal static Task<bool> StageIsOpenAsync(CampaignFlowDb db, WorkTask task, CancellationToken cancellationToken) =>
        db.StageVisits.AnyAsync(v => v.CampaignId == task.CampaignId && v.Stage == task.Stage && v.LeftAt == null, cancellationToken);

    /// <returns>What is wrong; empty when all is saved.</returns>
    public async Task<IReadOnlyList<Phrase>> HandleAsync(
        WorkTask task,
        TaskWork work,
        bool finish,
        Person person,
        CancellationToken cancellationToken
    )
    {
        if (!MayDo(task, person.Roles))
            return [new($"This task belongs to: {Roles.Names[task.Role].En}.", $"该任务属于{Roles.Names[task.Role].Zh}。")];
        var closed = task.DoneAt is not null && !(task.ArtefactKind is not null && await StageIsOpenAsync(db, task, cancellationToken));
        if (closed || task.WithdrawnAt is not null)
            return [new("This task is closed; nothing was saved.", "该任务已结束，未保存任何内容。")];
        var wrong = new List<Phrase>();
        if (work.Artefact is { } content)
            wrong.AddRange(
                await artefacts.HandleAsync(task.CampaignId, task.ArtefactKind!, content, person.DisplayName, cancellationToken)
            );
        if (work.Goals is { } drafts)
            wrong.AddRange(await goals.HandleAsync(task.CampaignId, drafts, work.PaceLike, person.DisplayName, cancellationToken));
        if (work.Plan is { } lines)
            wrong.AddRange(await plan.HandleAsync(task.CampaignId, lines, person.DisplayName, cancellationToken));
        if (wrong.Count > 0)
            return wrong;
        if (finish && await complete.HandleAsync(task.Id, person, cancellationToken) is { } refusal)
            return [refusal];
        await db.SaveChangesAsync(cancellationToken);
        return [];
    }
}
