using CampaignFlow.Accounts;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tasks;

/// <summary><c>CampaignFlow.HumanTask</c>: gives work to a role and waits until it is done.</summary>
public sealed class HumanTask(CampaignFlowDb db, TimeProvider clock) : IActivity
{
    /// <summary>Bookmark kind of a run that waits for a task; its key is the task's id.</summary>
    public const string BookmarkKind = "task";

    public ActivityType Type { get; } =
        new(
            "CampaignFlow.HumanTask",
            "Campaign",
            new("Human task", "人工任务"),
            new("Puts a task into the inbox of a role and goes on when it is done.", "把任务放进某个角色的收件箱，完成后继续。"),
            [
                new(
                    "Title",
                    "String",
                    new("Title (English)", "英文标题"),
                    new("What is to be done, in a few words: Fill in the baseline.", "用几个词说明要做什么，例如 Fill in the baseline。"),
                    true
                ),
                new(
                    "TitleZh",
                    "String",
                    new("Title (Chinese)", "中文标题"),
                    new("For readers of Chinese; empty: the English one.", "给中文读者看，例如“填写基线”；留空则用英文标题。")
                ),
                new(
                    "Why",
                    "String",
                    new("Why (English)", "英文说明"),
                    new("What it is needed for: The forecast starts from it.", "为什么需要，例如 The forecast starts from it。")
                ),
                new(
                    "WhyZh",
                    "String",
                    new("Why (Chinese)", "中文说明"),
                    new(
                        "For readers of Chinese; empty: only the stage is named.",
                        "给中文读者看，例如“预测以它为起点”；留空则只说明所属阶段。"
                    )
                ),
                new(
                    "Role",
                    "String",
                    new("Role", "角色"),
                    new("In whose inbox it lies, such as the analyst's.", "任务进入谁的收件箱，例如数据分析师。"),
                    true
                )
                {
                    NameOf = NameList.Role,
                },
                new(
                    "Stage",
                    "String",
                    new("Stage", "阶段"),
                    new("Which one it belongs to, such as C2; empty: to none.", "所属阶段，例如 C2；留空则不归入阶段。")
                )
                {
                    NameOf = NameList.Stage,
                },
                new(
                    "Artefact",
                    "String",
                    new("Artefact", "产出物"),
                    new("What the person fills in, such as the competitor sheet.", "需要填写的产出物，例如竞品分析表。")
                )
                {
                    NameOf = NameList.Artefact,
                },
                new(
                    "DueIn",
                    "TimeSpan",
                    new("Due in", "期限"),
                    new(
                        "How long there is time: 3.00:00:00 is three days, 04:00:00 four hours.",
                        "完成期限：3.00:00:00 为三天，04:00:00 为四小时。"
                    )
                )
                {
                    Default = "3.00:00:00",
                },
            ],
            [],
            ["Done"]
        )
        {
            Waits = true,
            Rehearse = Rehearse,
        };

    private static readonly TimeSpan UsualTime = TimeSpan.FromDays(3);

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        if (call.Resumption is not null)
            return new ActivityResult.Done();
        var campaign = await db.CampaignOfAsync(call.Correlation, cancellationToken);
        var role = call.Required("Role");
        if (!Roles.Names.ContainsKey(role))
            throw new ActivityFault($"'{role}' is not a role; use {string.Join(", ", Roles.Names.Keys)}.");
        var title = call.Required("Title");
        var why = call.Text("Why") ?? $"Part of stage {call.Text("Stage") ?? "–"}";
        var task = new WorkTask
        {
            CampaignId = campaign.Id,
            Key = call.Key,
            Stage = call.Text("Stage"),
            TitleEn = title,
            TitleZh = call.Text("TitleZh") ?? title,
            WhyEn = why,
            WhyZh = call.Text("WhyZh") ?? $"阶段 {call.Text("Stage") ?? "–"} 的工作",
            Role = role,
            ArtefactKind = call.Text("Artefact"),
            CreatedAt = call.Now,
            DueAt = call.Now + call.Span("DueIn", UsualTime),
        };
        db.WorkTasks.Add(task);
        db.Publish($"task-opened:{task.Key}", new TaskOpened(task.Id), call.Now);
        return new ActivityResult.Wait(new Bookmark($"task-{task.Id:N}", BookmarkKind, task.Id.ToString()));
    }

    private static Rehearsal Rehearse(RehearsalCall call)
    {
        var roles = call.List("Role");
        var time = call.Span("DueIn", UsualTime);
        var title = call.Text("Title") ?? "";
        return new()
        {
            Takes = time,
            Task = new(new(title, call.Text("TitleZh") ?? title), roles, call.Now + time, Decides: false),
            Mails = [MailKinds.Rehearsed("task-assigned", roles)],
        };
    }

    public async Task WithdrawAsync(Bookmark bookmark, CancellationToken cancellationToken)
    {
        var id = Guid.Parse(bookmark.Key);
        if (await db.WorkTasks.SingleOrDefaultAsync(t => t.Id == id && t.DoneAt == null, cancellationToken) is { } task)
            task.WithdrawnAt = clock.GetUtcNow();
    }
}
