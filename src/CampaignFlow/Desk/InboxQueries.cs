using System.Security.Claims;
using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Lifecycle;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Desk;

/// <summary>One thing that waits for a person.</summary>
/// <param name="Waiting">The roles whose word is still missing; for a task the role that does it.</param>
/// <param name="IsMine">The reader holds one of these roles.</param>
public sealed record InboxItem(
    Guid Id,
    bool IsApproval,
    Phrase Title,
    Phrase Why,
    Stage? Stage,
    Campaign Campaign,
    DateTimeOffset DueAt,
    IReadOnlyList<string> Waiting,
    bool IsMine
)
{
    public bool IsShift { get; init; }
    public string Path => (IsApproval ? "/approvals/" : "/tasks/") + Id;
}

/// <summary>What waits for whom, soonest first.</summary>
public sealed class InboxQueries(CampaignFlowDb db)
{
    /// <summary>More than anybody works through in one sitting; the page says when there are more.</summary>
    public const int Most = 500;

    /// <param name="all">Also what waits for other roles.</param>
    public async Task<IReadOnlyList<InboxItem>> ItemsAsync(ClaimsPrincipal reader, bool all, CancellationToken cancellationToken)
    {
        var mine = RolesOf(reader);
        var tasks = await Tasks(mine, all).OrderBy(t => t.DueAt).Take(Most).ToListAsync(cancellationToken);
        var approvals = await ApprovalsAsync(mine, all, cancellationToken);
        var ids = tasks.Select(t => t.CampaignId).Concat(approvals.Select(a => a.Approval.CampaignId)).Distinct().ToList();
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        return
        [
            .. tasks
                .Select(t => Of(t, campaigns[t.CampaignId], mine))
                .Concat(approvals.Select(a => Of(a.Approval, a.Waiting, campaigns[a.Approval.CampaignId], mine)))
                .OrderBy(i => i.DueAt)
                .ThenBy(i => i.Id),
        ];
    }

    /// <summary>How many things wait for the reader: the number beside the link.</summary>
    public async Task<int> CountAsync(ClaimsPrincipal reader, CancellationToken cancellationToken)
    {
        var mine = RolesOf(reader);
        return await Tasks(mine, all: false).CountAsync(cancellationToken) + (await ApprovalsAsync(mine, false, cancellationToken)).Count;
    }

    private IQueryable<WorkTask> Tasks(IReadOnlyList<string> mine, bool all) =>
        db.WorkTasks.AsNoTracking().Where(t => t.DoneAt == null && t.WithdrawnAt == null && (all || mine.Contains(t.Role)));

    private async Task<List<(Approval Approval, IReadOnlyList<string> Waiting)>> ApprovalsAsync(
        IReadOnlyList<string> mine,
        bool all,
        CancellationToken cancellationToken
    )
    {
        var open = await db
            .Approvals.AsNoTracking()
            .Where(a => a.State == ApprovalState.Open)
            .OrderBy(a => a.DueAt)
            .Take(Most)
            .ToListAsync(cancellationToken);
        var ids = open.ConvertAll(a => a.Id);
        var said = (await db.ApprovalVotes.AsNoTracking().Where(v => ids.Contains(v.ApprovalId)).ToListAsync(cancellationToken)).ToLookup(
            v => v.ApprovalId,
            v => v.Role
        );
        return
        [
            .. open.Select(a => (a, (IReadOnlyList<string>)[.. a.Roles.Except(said[a.Id])])).Where(a => all || a.Item2.Any(mine.Contains)),
        ];
    }

    private static InboxItem Of(WorkTask task, Campaign campaign, IReadOnlyList<string> mine) =>
        new(
            task.Id,
            IsApproval: false,
            task.Title,
            task.Why,
            StageOf(task.Stage),
            campaign,
            task.DueAt,
            [task.Role],
            mine.Contains(task.Role)
        );

    private static InboxItem Of(Approval approval, IReadOnlyList<string> waiting, Campaign campaign, IReadOnlyList<string> mine) =>
        new(
            approval.Id,
            IsApproval: true,
            approval.Title,
            approval.Why,
            StageOf(approval.Stage),
            campaign,
            approval.DueAt,
            waiting,
            waiting.Any(mine.Contains)
        )
        {
            IsShift = approval.ShiftId is not null,
        };

    private static Stage? StageOf(string? code) => Stage.All.FirstOrDefault(s => s.Code == code);

    internal static IReadOnlyList<string> RolesOf(ClaimsPrincipal reader) => [.. Roles.Names.Keys.Where(reader.IsInRole)];
}
