using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;

namespace CampaignFlow.Notifications;

/// <summary>Sends through a mail server with STARTTLS and, when a user is given, AUTH.</summary>
public sealed class SmtpMailer : IMailer
{
    /// <summary>One attempt ends before its lease does.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly MailOptions options;
    private readonly SmtpOptions smtp;

    public SmtpMailer(MailOptions options)
    {
        this.options = options;
        smtp = options.Smtp ?? throw new ArgumentException("No server is configured.", nameof(options));
        if (smtp.TrustedCertificate is { } file)
            TrustedCertificates.Trust(smtp.Host, file);
    }

    public async Task SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        using var message = Message(mail);
        using var client = new SmtpClient(smtp.Host, smtp.Port) { EnableSsl = smtp.StartTls, DeliveryFormat = SmtpDeliveryFormat.SevenBit };
        if (smtp.User is not null)
            client.Credentials = new NetworkCredential(smtp.User, smtp.Password);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await client.SendMailAsync(message, patience.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{smtp.Host}:{smtp.Port} did not answer within {Patience.TotalSeconds:0} s.", e);
        }
        catch (SmtpException e)
        {
            var reason = Reason(e);
            throw (int)e.StatusCode >= 500 ? new MailRefused(reason, e) : new IOException(reason, e);
        }
    }

    private MailMessage Message(Mail mail)
    {
        var message = new MailMessage
        {
            From = mail.From is { } from ? new MailAddress(from) : options.From,
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
        };
        message.To.Add(mail.To);
        if (mail.Cc is { Length: > 0 } copies)
            message.CC.Add(copies);
        if (mail.Bcc is { Length: > 0 } hidden)
            message.Bcc.Add(hidden);
        message.Headers.Add("Message-ID", MessageId.Of(mail, options.Domain));
        message.Headers.Add("Content-Language", mail.Language);
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-CampaignFlow-Kind", mail.Kind);
        message.AlternateViews.Add(View(mail.Text, MediaTypeNames.Text.Plain));
        message.AlternateViews.Add(View(mail.Html, MediaTypeNames.Text.Html));
        if (mail.Calendar is not null)
        {
            var type = new ContentType("text/calendar") { CharSet = "utf-8", Name = "invite.ics" };
            type.Parameters["method"] = "PUBLISH";
            var invite = new Attachment(new MemoryStream(Encoding.UTF8.GetBytes(mail.Calendar)), type)
            {
                TransferEncoding = TransferEncoding.Base64,
            };
            invite.ContentDisposition!.FileName = "invite.ics";
            message.Attachments.Add(invite);
        }
        return message;
    }

    private static AlternateView View(string content, string type)
    {
        var view = AlternateView.CreateAlternateViewFromString(content, Encoding.UTF8, type);
        view.TransferEncoding = TransferEncoding.Base64;
        return view;
    }

    /// <summary>The innermost message is the one that says why: a refused connection, an untrusted certificate.</summary>
    private string Reason(SmtpException e)
    {
        Exception innermost = e;
        while (innermost.InnerException is { } inner)
            innermost = inner;
        var code = (int)e.StatusCode > 0 ? $" ({(int)e.StatusCode})" : "";
        return $"{smtp.Host}:{smtp.Port}{code}: {(innermost == e ? e.Message : $"{e.Message} {innermost.Message}")}";
    }
}
