using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>A stage of one campaign: its work, what it produced, and the way out.</summary>
/// <param name="Visits">Oldest first; a campaign may come back to a stage.</param>
/// <param name="Gate">The newest gate; null while nobody has come to it.</param>
/// <param name="Artefacts">By kind of this stage, newest version first.</param>
public sealed record StageView(
    Campaign Campaign,
    Stage Stage,
    DateTimeOffset Now,
    IReadOnlyList<StageVisit> Visits,
    GateCheck? Gate,
    IReadOnlyList<GateCondition> Conditions,
    IReadOnlyList<WorkTask> Tasks,
    IReadOnlyList<Approval> Approvals,
    IReadOnlyList<(ArtefactKind Kind, IReadOnlyList<Artefact> Versions)> Artefacts
)
{
    public bool Open => Visits.Any(v => v.LeftAt is null);
}

public sealed class StageQueries(CampaignFlowDb db, TimeProvider clock)
{
    /// <param name="stage"><c>C4_PLAN</c>, or short <c>C4</c>.</param>
    /// <returns>Null when there is no such campaign or stage.</returns>
    public async Task<StageView?> LoadAsync(string code, string stage, CancellationToken cancellationToken)
    {
        var asked = Stage.All.FirstOrDefault(s =>
            string.Equals(s.Code, stage, StringComparison.OrdinalIgnoreCase)
            || string.Equals(s.Short, stage, StringComparison.OrdinalIgnoreCase)
        );
        if (
            asked is null
            || await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, cancellationToken) is not { } campaign
        )
            return null;
        var id = campaign.Id;
        var kinds = ArtefactKind.All.Where(k => k.Stage == asked.Code).ToList();
        var codes = kinds.ConvertAll(k => k.Code);
        var gate = await db
            .GateChecks.AsNoTracking()
            .Where(g => g.CampaignId == id && g.Stage == asked.Code)
            .OrderByDescending(g => g.OpenedAt)
            .FirstOrDefaultAsync(cancellationToken);
        var tasks = await db
            .WorkTasks.AsNoTracking()
            .Where(t => t.CampaignId == id && t.WithdrawnAt == null && (t.Stage == asked.Code || t.DoneAt == null))
            .OrderBy(t => t.DueAt)
            .ToListAsync(cancellationToken);
        var approvals = await db
            .Approvals.AsNoTracking()
            .Where(a => a.CampaignId == id && (a.Stage == asked.Code || a.State == ApprovalState.Open))
            .OrderBy(a => a.CreatedAt)
            .ToListAsync(cancellationToken);
        var artefacts = await db
            .Artefacts.AsNoTracking()
            .Where(a => a.CampaignId == id && codes.Contains(a.Kind))
            .OrderByDescending(a => a.Version)
            .ToListAsync(cancellationToken);
        return new(
            campaign,
            asked,
            clock.GetUtcNow(),
            await db
                .StageVisits.AsNoTracking()
                .Where(v => v.CampaignId == id && v.Stage == asked.Code)
                .OrderBy(v => v.EnteredAt)
                .ToListAsync(cancellationToken),
            gate,
            gate is null
                ? []
                : GateCondition.Read(
                    gate,
                    code,
                    tasks.FindAll(t => t.DoneAt is null),
                    approvals.FindAll(a => a.State == ApprovalState.Open)
                ),
            tasks.FindAll(t => t.Stage == asked.Code),
            approvals.FindAll(a => a.Stage == asked.Code),
            [.. kinds.Select(k => (k, (IReadOnlyList<Artefact>)artefacts.FindAll(a => a.Kind == k.Code)))]
        );
    }
}
