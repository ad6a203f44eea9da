using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;

namespace CampaignFlow.Reviews;

/// <summary>
/// <c>CampaignFlow.ReviewReminder</c>: invites the team to the review on the next working morning with agenda, numbers and the
/// decisions that wait for them.
/// </summary>
public sealed class RemindOfReview(CampaignFlowDb db, CampaignStanding standing, PostMail post) : IActivity
{
    private static readonly TimeOnly MeetsAt = new(10, 0);
    private static readonly TimeSpan LookBack = TimeSpan.FromDays(7);

    public ActivityType Type { get; } =
        new(
            "CampaignFlow.ReviewReminder",
            "Campaign",
            new("Review reminder", "复盘提醒"),
            new("Mails agenda, numbers and open decisions before a review.", "复盘前发送议程、数据和待决策事项。"),
            [
                new(
                    "Kind",
                    "String",
                    new("Kind", "类型"),
                    new("Which review: the one of every week, or the last one.", "哪种复盘：每周一次，或最后的总复盘。")
                )
                {
                    Default = "weekly",
                    Options = ["weekly", "final"],
                },
            ],
            [
                new(
                    "FlightOver",
                    "Boolean",
                    new("The flight is over", "投放期已结束"),
                    new("Whether the campaign has ended by then.", "届时活动是否已结束。")
                ),
            ],
            ["Done"]
        )
        {
            Rehearse = call =>
                new()
                {
                    Mails = [MailKinds.Rehearsed("review-reminder", Readers)],
                    Outputs = new Dictionary<string, JsonNode?> { ["FlightOver"] = PlannedFlight.IsOver(call) },
                },
        };

    private static readonly string[] Readers = [Roles.Manager, Roles.Operator, Roles.Analyst, Roles.Brand];

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var campaign = await db.CampaignOfAsync(call.Correlation, cancellationToken);
        var final = call.Text("Kind") == "final";
        var meets = NextWorkingMorning(campaign, call.Now);
        var model = new ReviewReminderMail
        {
            Campaign = new(campaign.Code, campaign.Name),
            Path = $"/campaigns/{campaign.Code}",
            Review = final ? new("Final review", "总复盘") : new("Weekly review", "周复盘"),
            MeetingKey = $"{campaign.Code}:{campaign.Today(meets):yyyy-MM-dd}",
            StartsAt = meets,
            Agenda = Agenda,
            Goals = await standing.GoalsAsync(campaign, call.Now, cancellationToken),
            Money = await standing.MoneyAsync(campaign, call.Now - LookBack, call.Now, cancellationToken),
            Automation = await standing.AutomationAsync(campaign, call.Now - LookBack, cancellationToken),
            Decisions = [.. (await standing.OpenApprovalsAsync(campaign, cancellationToken)).Select(DecisionOf)],
            Overdue = await standing.OverdueAsync(campaign, call.Now, cancellationToken),
        };
        foreach (var reader in await Team.OfAsync(db, cancellationToken, Readers))
            await post.PostAsync(db, model, reader, model.MeetingKey, campaign.Id, call.Now, cancellationToken);
        return new ActivityResult.Done
        {
            Outputs = new Dictionary<string, JsonNode?> { ["FlightOver"] = campaign.Today(call.Now) > campaign.EndsOn },
        };
    }

    private static DecisionNeeded DecisionOf(Approval approval) =>
        new(approval.Title, approval.Why)
        {
            DueAt = approval.DueAt,
            Offers = [new(new("Look at it", "查看"), $"/approvals/{approval.Id}", Primary: true)],
        };

    /// <summary>Ten o'clock of the next day that is neither Saturday nor Sunday.</summary>
    private static DateTimeOffset NextWorkingMorning(Campaign campaign, DateTimeOffset now)
    {
        var day = campaign.Today(now).AddDays(1);
        while (day.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
            day = day.AddDays(1);
        return campaign.At(day, MeetsAt);
    }

    private static readonly IReadOnlyList<AgendaItem> Agenda =
    [
        new(new("Goals and pace", "目标与进度"), 10, Roles.Names[Roles.Analyst]),
        new(new("Channels and budget", "渠道与预算"), 15, Roles.Names[Roles.Operator]),
        new(new("Automatic decisions", "自动决定"), 5, Roles.Names[Roles.Analyst]),
        new(new("Risks and feedback", "风险与反馈"), 5, Roles.Names[Roles.Brand]),
        new(new("Decisions", "决策"), 10, Roles.Names[Roles.Manager]),
    ];
}
