using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tasks;

/// <summary><c>CampaignFlow.Approval</c>: asks roles for a decision and goes on by what they say, or by time.</summary>
public sealed class ApprovalActivity(CampaignFlowDb db, OpenApproval open) : IActivity
{
    public ActivityType Type { get; } =
        new(
            "CampaignFlow.Approval",
            "Campaign",
            new("Approval", "审批"),
            new(
                "Asks one or more roles to approve; silence leads to TimedOut, never to a silent yes.",
                "请一个或多个角色审批；无人答复走“超时”，绝不默认通过。"
            ),
            [
                new(
                    "Kind",
                    "String",
                    new("Kind", "类型"),
                    new(
                        "One word for what is decided: goals, budget, content, launch, …",
                        "用一个词说明审批对象：goals、budget、content、launch 等。"
                    ),
                    true
                ),
                new(
                    "Title",
                    "String",
                    new("Title (English)", "英文标题"),
                    new("What is to be decided: Approve the budget.", "要决定什么，例如 Approve the budget。"),
                    true
                ),
                new(
                    "TitleZh",
                    "String",
                    new("Title (Chinese)", "中文标题"),
                    new("For readers of Chinese; empty: the English one.", "给中文读者看，例如“审批预算”；留空则用英文标题。")
                ),
                new(
                    "Why",
                    "String",
                    new("Why (English)", "英文说明"),
                    new("What hangs on it: Nothing is spent before.", "为何需要决定，例如 Nothing is spent before。")
                ),
                new(
                    "WhyZh",
                    "String",
                    new("Why (Chinese)", "中文说明"),
                    new("For readers of Chinese; empty: the English one.", "给中文读者看，例如“批准前不会投放”；留空则用英文说明。")
                ),
                new(
                    "Roles",
                    "String[]",
                    new("Roles", "审批角色"),
                    new("Who is asked, such as manager and finance; all must agree.", "请谁审批，例如运营经理和财务；须全部同意。"),
                    true
                )
                {
                    NameOf = NameList.Role,
                },
                new(
                    "Stage",
                    "String",
                    new("Stage", "阶段"),
                    new("Which one it belongs to, such as C4; empty: to none.", "所属阶段，例如 C4；留空则不归入阶段。")
                )
                {
                    NameOf = NameList.Stage,
                },
                new(
                    "AnswerWithin",
                    "TimeSpan",
                    new("Answer within", "答复时限"),
                    new(
                        "Then it leaves by Timed out: 2.00:00:00 is two days, 04:00:00 four hours.",
                        "超过后走“超时”：2.00:00:00 为两天，04:00:00 为四小时。"
                    )
                )
                {
                    Default = "2.00:00:00",
                },
            ],
            [new("DecidedBy", "String", new("Decided by", "审批人"), new("Name of who decided last.", "最后作出决定的人。"))],
            ["Approved", "Returned", "Rejected", "TimedOut"]
        )
        {
            Decides = true,
            Waits = true,
            TimeOutOutcome = "TimedOut",
            Rehearse = Rehearse,
        };

    private static readonly TimeSpan UsualTime = TimeSpan.FromDays(2);

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        if (call.Resumption is { } woken)
            return await ResumeAsync(call, woken, cancellationToken);
        var campaign = await db.CampaignOfAsync(call.Correlation, cancellationToken);
        var within = call.Span("AnswerWithin", UsualTime);
        var title = call.Required("Title");
        var approval = await open.HandleAsync(
            new(campaign, call.Key, call.Required("Kind"), new(title, call.Text("TitleZh") ?? title), Why(call, title))
            {
                Roles = AskedRoles(call),
                DueAt = call.Now + within,
                Stage = call.Text("Stage"),
                OfRun = true,
            },
            call.Now,
            cancellationToken
        );
        return new ActivityResult.Wait(
            new Bookmark($"approval-{approval.Id:N}", DecideApproval.BookmarkKind, approval.Id.ToString(), approval.DueAt)
        );
    }

    public async Task WithdrawAsync(Bookmark bookmark, CancellationToken cancellationToken)
    {
        var id = Guid.Parse(bookmark.Key);
        if (
            await db.Approvals.SingleOrDefaultAsync(a => a.Id == id && a.State == ApprovalState.Open, cancellationToken) is not { } approval
        )
            return;
        approval.State = ApprovalState.Withdrawn;
        approval.Version++;
    }

    private async Task<ActivityResult> ResumeAsync(ActivityCall call, Resumption woken, CancellationToken cancellationToken)
    {
        var id = Guid.Parse(woken.Bookmark.Key);
        var approval = await db.Approvals.SingleAsync(a => a.Id == id, cancellationToken);
        if (approval.State == ApprovalState.Open)
        {
            approval.State = ApprovalState.Expired;
            approval.DecidedAt = call.Now;
            approval.Version++;
        }
        var by = await db
            .ApprovalVotes.Where(v => v.ApprovalId == id)
            .OrderByDescending(v => v.At)
            .Select(v => v.PersonName)
            .FirstOrDefaultAsync(cancellationToken);
        return new ActivityResult.Done(approval.State == ApprovalState.Expired ? "TimedOut" : approval.State.ToString())
        {
            Outputs = new Dictionary<string, JsonNode?> { ["DecidedBy"] = by },
        };
    }

    private static Rehearsal Rehearse(RehearsalCall call)
    {
        var roles = call.List("Roles");
        var time = call.Span("AnswerWithin", UsualTime);
        var title = call.Text("Title") ?? "";
        return new()
        {
            Takes = time,
            Task = new(new(title, call.Text("TitleZh") ?? title), roles, call.Now + time, Decides: true),
            Mails = [.. roles.Select(role => MailKinds.Rehearsed("approval-request", [role]))],
        };
    }

    private static IReadOnlyList<string> AskedRoles(ActivityCall call)
    {
        var roles = call.List("Roles");
        return roles.FirstOrDefault(r => !Roles.Names.ContainsKey(r)) is { } unknown
            ? throw new ActivityFault($"'{unknown}' is not a role; use {string.Join(", ", Roles.Names.Keys)}.")
            : roles;
    }

    private static Phrase Why(ActivityCall call, string title)
    {
        var en = call.Text("Why") ?? title;
        return new(en, call.Text("WhyZh") ?? en);
    }
}
