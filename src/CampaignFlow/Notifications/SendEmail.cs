using System.Net;
using System.Net.Mail;
using System.Text.RegularExpressions;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;

namespace CampaignFlow.Notifications;

/// <summary>
/// Elsa's e-mail activity on this house's own way out: the mail is stored with the run, sent by the outbox, and never twice for one
/// execution. Its words are the author's; nothing is added to them.
/// </summary>
internal sealed partial class SendEmail(CampaignFlowDb db, MailOptions options) : IActivity
{
    private const int MostReaders = 50;
    private const int LongestSubject = 500;
    private const int LongestBody = 256 * 1024;

    public ActivityType Type { get; } =
        new(
            "Elsa.SendEmail",
            "Email",
            new("Send e-mail", "发送邮件"),
            new("Sends a mail with your own words.", "发送一封自行撰写的邮件。"),
            [
                new("From", "String", new("From", "发件人"), new("Empty: the sender of the settings.", "留空：使用设置中的发件人。")),
                new(
                    "To",
                    "String[]",
                    new("To", "收件人"),
                    new("Addresses, such as agency@example.com.", "邮箱地址，例如 agency@example.com。"),
                    Required: true
                ),
                new("Cc", "String[]", new("Cc", "抄送"), new("Who gets a copy.", "抄送给谁。")),
                new("Bcc", "String[]", new("Bcc", "密送"), new("Addresses the others do not see.", "其他收件人看不到的地址。")),
                new("Subject", "String", new("Subject", "主题"), new("One line: The brief is ready.", "一行文字，例如“简报已就绪”。")),
                new("Body", "String", new("Body", "正文"), new("HTML or plain text.", "HTML 或纯文本。")),
            ],
            [],
            ["Done"]
        );

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var body = call.Text("Body") ?? "";
        var subject = Breaks().Replace(call.Text("Subject") ?? "", " ").Trim();
        if (body.Length > LongestBody || subject.Length > LongestSubject)
            throw new ActivityFault($"A mail has at most {LongestSubject} characters of subject and {LongestBody} of body.");
        var (to, cc, bcc) = (Readers(call, "To"), Readers(call, "Cc"), Readers(call, "Bcc"));
        if (to.Count == 0)
            throw new ActivityFault("The input 'To' names nobody.");
        if (to.Count + cc.Count + bcc.Count > MostReaders)
            throw new ActivityFault($"A mail goes to at most {MostReaders} addresses; send several, or use a list of your mail server.");
        var written = Tags().IsMatch(body) ? body : $"<p>{WebUtility.HtmlEncode(body).ReplaceLineEndings("<br>\n")}</p>";
        var campaign = Guid.TryParse(call.Correlation, out var id) ? await db.Campaigns.FindAsync([id], cancellationToken) : null;
        var mail = new Mail
        {
            Key = $"workflow:{call.Key}",
            Kind = "workflow",
            CampaignId = campaign?.Id,
            From = Sender(call.Text("From")),
            To = string.Join(", ", to),
            Cc = cc.Count == 0 ? null : string.Join(", ", cc),
            Bcc = bcc.Count == 0 ? null : string.Join(", ", bcc),
            Language = "en",
            Subject = subject,
            Html = written,
            Text = Plain(written),
            CreatedAt = call.Now,
        };
        db.Mails.Add(mail);
        db.Publish("mail-queued:" + mail.Id.ToString("N"), new MailQueued(mail.Id), call.Now);
        return new ActivityResult.Done();
    }

    private static IReadOnlyList<string> Readers(ActivityCall call, string input) =>
        [
            .. call.List(input)
                .SelectMany(text => text.Split([',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                .Select(text =>
                    MailAddress.TryCreate(text, out var address) && !Breaks().IsMatch(address.Address)
                        ? address.ToString()
                        : throw new ActivityFault($"The input '{input}' has '{text}', which is not a mail address.")
                )
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];

    // Another domain's mails would be refused by receivers, or be a forgery.
    private string? Sender(string? from) =>
        string.IsNullOrWhiteSpace(from) ? null
        : !MailAddress.TryCreate(from, out var address)
            ? throw new ActivityFault($"The input 'From' is '{from}', which is not a mail address.")
        : string.Equals(address.Host, options.From.Host, StringComparison.OrdinalIgnoreCase) ? address.ToString()
        : throw new ActivityFault($"The input 'From' is '{from}', but this server sends for {options.From.Host} only.");

    private static string Plain(string html) =>
        WebUtility.HtmlDecode(Tags().Replace(LineEnds().Replace(Unseen().Replace(html, ""), "\n"), "")).Trim();

    [GeneratedRegex(@"\s*[\r\n]+\s*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Breaks();

    [GeneratedRegex("</?[a-zA-Z][^<>]*>", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Tags();

    [GeneratedRegex(
        @"<br\s*/?>\n?|</(p|div|tr|li|h[1-6])>",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex LineEnds();

    [GeneratedRegex(
        "<(?<tag>style|script|head)[^<>]*>.*?</\\k<tag>>",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Unseen();
}
