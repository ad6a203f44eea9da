using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Waiting;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tasks;

/// <summary>A run that waits for somebody's work: since when, whose, until when.</summary>
internal sealed class TaskWaits(CampaignFlowDb db) : IWaitReason
{
    public string Kind => HumanTask.BookmarkKind;

    public async Task<IReadOnlyDictionary<Wait, Phrase>> SayAsync(IReadOnlyList<Wait> waits, CancellationToken cancellationToken)
    {
        var ids = Keys.Of(waits);
        var tasks = await db.WorkTasks.AsNoTracking().Where(t => ids.Contains(t.Id)).ToDictionaryAsync(t => t.Id, cancellationToken);
        return Keys.Say(waits, tasks, Say);
    }

    private static Phrase Say(Wait wait, WorkTask task)
    {
        var (since, due) = (wait.Day(task.CreatedAt), wait.Due(task.DueAt));
        var who = Roles.Names.GetValueOrDefault(task.Role, Phrase.Same(task.Role));
        return new(
            $"Waits since {since.En} for the task '{task.Title.En}' by {who.En.ToLowerInvariant()}{due.En}.",
            $"自{since.Zh}起等待{who.Zh}完成任务“{task.Title.Zh}”{due.Zh}。"
        );
    }
}

/// <summary>A run that waits for a decision: of whom, who has said yes already, until when.</summary>
internal sealed class ApprovalWaits(CampaignFlowDb db) : IWaitReason
{
    public string Kind => DecideApproval.BookmarkKind;

    public async Task<IReadOnlyDictionary<Wait, Phrase>> SayAsync(IReadOnlyList<Wait> waits, CancellationToken cancellationToken)
    {
        var ids = Keys.Of(waits);
        var approvals = await db.Approvals.AsNoTracking().Where(a => ids.Contains(a.Id)).ToDictionaryAsync(a => a.Id, cancellationToken);
        var votes = (
            await db
                .ApprovalVotes.Where(v => ids.Contains(v.ApprovalId) && v.Said == ApprovalState.Approved)
                .Select(v => new { v.ApprovalId, v.Role })
                .ToListAsync(cancellationToken)
        ).ToLookup(v => v.ApprovalId, v => v.Role);
        return Keys.Say(waits, approvals, (wait, approval) => Say(wait, approval, [.. votes[approval.Id]]));
    }

    private static Phrase Say(Wait wait, Approval approval, IReadOnlyList<string> agreed)
    {
        var (since, due) = (wait.Day(approval.CreatedAt), wait.Due(approval.DueAt));
        var missing = approval.Roles.Where(r => !agreed.Contains(r)).ToList();
        var who = Phrase.Join(missing.Select(r => Roles.Names.GetValueOrDefault(r, Phrase.Same(r))), " and ", "、");
        return new(
            $"Waits since {since.En} for the approval '{approval.Title.En}' by {who.En.ToLowerInvariant()}{due.En}.",
            $"自{since.Zh}起等待{who.Zh}审批“{approval.Title.Zh}”{due.Zh}。"
        );
    }
}

/// <summary>The key of these bookmarks is the id of what is waited for.</summary>
file static class Keys
{
    public static List<Guid> Of(IReadOnlyList<Wait> waits) => [.. waits.Select(IdOf).Distinct()];

    public static Dictionary<Wait, Phrase> Say<T>(IReadOnlyList<Wait> waits, Dictionary<Guid, T> known, Func<Wait, T, Phrase> say) =>
        waits.Where(w => known.ContainsKey(IdOf(w))).ToDictionary(w => w, w => say(w, known[IdOf(w)]));

    private static Guid IdOf(Wait wait) => Guid.TryParse(wait.Bookmark.Key, out var id) ? id : Guid.Empty;
}
