using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tasks;

/// <param name="Said">Approved, Returned or Rejected.</param>
public sealed record ApprovalDecision(Guid ApprovalId, ApprovalState Said, string? Comment);

/// <summary>One person says yes or no. All asked roles must say yes; one no ends it. Deciding twice changes nothing.</summary>
public sealed class DecideApproval(CampaignFlowDb db, TimeProvider clock)
{
    /// <summary>Bookmark kind of a workflow that waits for an approval; its key is the approval's id.</summary>
    public const string BookmarkKind = "approval";

    /// <returns>Null when the vote counts (or counted before); otherwise why it cannot.</returns>
    public async Task<Phrase?> HandleAsync(ApprovalDecision decision, Person person, CancellationToken cancellationToken)
    {
        if (decision.Said is not (ApprovalState.Approved or ApprovalState.Returned or ApprovalState.Rejected))
            throw new ArgumentException($"'{decision.Said}' is not a decision.", nameof(decision));
        var approval = await db.Approvals.SingleOrDefaultAsync(a => a.Id == decision.ApprovalId, cancellationToken);
        if (approval is null)
            return new("There is no such approval.", "没有这项审批。");
        var votes = await db.ApprovalVotes.Where(v => v.ApprovalId == approval.Id).ToListAsync(cancellationToken);
        if (votes.Any(v => v.PersonId == person.Id && v.Said == decision.Said))
            return null;
        if (approval.State != ApprovalState.Open)
            return new($"This was already decided: {Name(approval.State).En}.", $"该审批已有结果：{Name(approval.State).Zh}。");
        var now = clock.GetUtcNow();
        if (now >= approval.DueAt)
            return new("The time to answer is over; nothing was decided.", "答复时限已过，未作任何决定。");
        if (approval.Roles.Except(votes.Select(v => v.Role)).FirstOrDefault(person.Roles.Contains) is not { } role)
            return new(
                $"This decision belongs to: {string.Join(", ", approval.Roles.Select(r => Roles.Names[r].En))}.",
                $"该审批由{string.Join("、", approval.Roles.Select(r => Roles.Names[r].Zh))}决定。"
            );
        if (approval.AskedBy == person.Id)
            return new("You proposed this yourself: somebody else has to decide.", "这是您本人提出的，须由他人审批。");
        db.ApprovalVotes.Add(
            new()
            {
                ApprovalId = approval.Id,
                Role = role,
                PersonId = person.Id,
                PersonName = person.DisplayName,
                Said = decision.Said,
                Comment = decision.Comment,
                At = now,
            }
        );
        approval.Version++;
        var complete = decision.Said != ApprovalState.Approved || approval.Roles.Count == votes.Count + 1;
        if (complete)
            await CloseAsync(db, approval, decision.Said, person.DisplayName, now, cancellationToken);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            return new("Somebody else decided at the same moment; look again.", "刚刚有人同时做了决定，请刷新查看。");
        }
        return null;
    }

    /// <summary>Settles an approval and wakes what waits for it; the caller commits.</summary>
    internal static async Task CloseAsync(
        CampaignFlowDb db,
        Approval approval,
        ApprovalState state,
        string by,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        approval.State = state;
        approval.DecidedAt = now;
        db.Publish(
            $"approval-decided:{approval.Id}",
            new ApprovalDecided(approval.Id, approval.CampaignId, approval.Kind, approval.Stage, approval.ShiftId, state, by),
            now
        );
        await db.SignalAsync(
            BookmarkKind,
            approval.Id.ToString(),
            approval.CampaignId.ToString(),
            new JsonObject { ["state"] = state.ToString(), ["by"] = by },
            $"approval:{approval.Id}",
            now,
            cancellationToken
        );
    }

    public static Phrase Name(ApprovalState state) =>
        state switch
        {
            ApprovalState.Open => new("Open", "待审批"),
            ApprovalState.Approved => new("Approved", "已通过"),
            ApprovalState.Returned => new("Returned", "已退回修改"),
            ApprovalState.Rejected => new("Rejected", "已拒绝"),
            ApprovalState.Expired => new("Expired", "已过期"),
            _ => new("Withdrawn", "已撤回"),
        };
}
