using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Applying;

/// <summary>A person has set what stands on an operation sheet.</summary>
public sealed class TickSheet(CampaignFlowDb db) : IFactHandler<TaskDone>
{
    public async Task Handle(TaskDone fact, CancellationToken cancellationToken)
    {
        var task = await db.WorkTasks.AsNoTracking().SingleAsync(t => t.Id == fact.TaskId, cancellationToken);
        if (!WriteInstructions.IsSheet(task))
            return;
        var open = await db
            .Instructions.Where(i => i.CampaignId == task.CampaignId && i.State == InstructionState.Open && i.Adapter == Adapter.Sheet)
            .ToListAsync(cancellationToken);
        foreach (var instruction in open.Where(i => WriteInstructions.SheetOf(i) == task.Key))
        {
            (instruction.State, instruction.DoneAt, instruction.DoneBy) = (InstructionState.Done, task.DoneAt, task.DoneBy);
            instruction.Version++;
        }
    }
}
