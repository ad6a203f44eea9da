using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Reviews;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;

namespace CampaignFlow.Notices;

/// <summary>What stands in a notice beside its author's words.</summary>
public sealed record NoticeTemplate(string Code, Phrase Name)
{
    public static readonly NoticeTemplate Plain = new("message", new("Message only", "仅消息"));
    public static readonly NoticeTemplate WithNumbers = new("numbers", new("Message and the campaign's numbers", "消息与活动数据"));

    public static IReadOnlyList<NoticeTemplate> All { get; } = [Plain, WithNumbers];
}

/// <summary><c>CampaignFlow.NotifyRole</c>: mails everybody of a role, each in their own language, once.</summary>
public sealed class NotifyRole(CampaignFlowDb db, PostMail post, CampaignStanding standing) : IActivity
{
    private const int LongestMessage = 20_000;

    public ActivityType Type { get; } =
        new(
            "CampaignFlow.NotifyRole",
            "Campaign",
            new("Notify role", "通知角色"),
            new("Mails everybody of a role in the language each of them reads.", "向某个角色的每个人发邮件，语言随收件人。"),
            [
                new("Role", "String", new("Role", "角色"), new("Who is told, such as the brand manager.", "通知对象，例如品牌经理。"), true)
                {
                    NameOf = NameList.Role,
                },
                new(
                    "Title",
                    "String",
                    new("Title (English)", "英文标题"),
                    new("The mail's subject: The campaign goes live tomorrow.", "邮件主题，例如 The campaign goes live tomorrow。"),
                    true
                ),
                new(
                    "TitleZh",
                    "String",
                    new("Title (Chinese)", "中文标题"),
                    new("For readers of Chinese; empty: the English one.", "给中文读者看，例如“活动明天上线”；留空则用英文标题。")
                ),
                new(
                    "Message",
                    "String",
                    new("Message (English)", "英文内容"),
                    new(
                        "What the mail says: Please look at the last creatives today.",
                        "邮件正文，例如 Please look at the last creatives today。"
                    )
                )
                {
                    Multiline = true,
                },
                new(
                    "MessageZh",
                    "String",
                    new("Message (Chinese)", "中文内容"),
                    new("For readers of Chinese; empty: the English one.", "给中文读者看，例如“请在今天确认最后的素材”；留空则用英文内容。")
                )
                {
                    Multiline = true,
                },
                new("Template", "String", new("Template", "邮件模板"), new("What stands beside the message.", "除消息外还包含什么。"))
                {
                    NameOf = NameList.MailTemplate,
                    Default = NoticeTemplate.Plain.Code,
                },
            ],
            [new("Sent", "Int32", new("Mails", "邮件数"), new("How many people were told.", "通知了多少人。"))],
            ["Done"]
        )
        {
            Rehearse = call => new() { Mails = [MailKinds.Rehearsed("role-notice", call.List("Role"))] },
        };

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var campaign = await db.CampaignOfAsync(call.Correlation, cancellationToken);
        var role = call.Required("Role");
        if (!Roles.Names.ContainsKey(role))
            throw new ActivityFault($"'{role}' is not a role; use {string.Join(", ", Roles.Names.Keys)}.");
        var (title, message) = (call.Required("Title"), call.Text("Message") ?? "");
        if (message.Length > LongestMessage)
            throw new ActivityFault($"A message has at most {LongestMessage} characters.");
        var mail = new RoleNoticeMail
        {
            Campaign = new(campaign.Code, campaign.Name),
            Path = $"/campaigns/{campaign.Code}",
            Heading = new(title, call.Text("TitleZh") is { Length: > 0 } zh ? zh : title),
            Message = new(message, call.Text("MessageZh") is { Length: > 0 } said ? said : message),
            Goals =
                call.Text("Template") == NoticeTemplate.WithNumbers.Code
                    ? await standing.GoalsAsync(campaign, call.Now, cancellationToken)
                    : null,
        };
        var readers = await Recipients.OfRoleAsync(db, role, cancellationToken);
        if (readers.Count == 0)
            throw new ActivityFault($"Nobody with a mail address holds the role '{role}'; give it to somebody and try again.");
        foreach (var reader in readers)
            await post.PostAsync(db, mail, reader, call.Key, campaign.Id, call.Now, cancellationToken);
        return new ActivityResult.Done { Outputs = new Dictionary<string, JsonNode?> { ["Sent"] = readers.Count } };
    }
}
