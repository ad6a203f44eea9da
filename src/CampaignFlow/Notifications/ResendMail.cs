using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Notifications;

/// <summary>Sends what a mail server refused once more, as a new mail with the same words: the failed one stays as it was.</summary>
public sealed class ResendMail(CampaignFlowDb db, TimeProvider clock)
{
    /// <returns>The new mail, or why there is none. Asking twice for the same failed mail makes one.</returns>
    public async Task<(Guid? Id, Phrase? Refusal)> HandleAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await db.Mails.AsNoTracking().SingleOrDefaultAsync(m => m.Id == id, cancellationToken) is not { } failed)
            return (null, new("There is no such mail.", "没有这封邮件。"));
        if (failed.State != MailState.Failed)
            return (null, new("Only mails that failed are sent again.", "只有发送失败的邮件可以重发。"));
        var key = $"{failed.Key}:again:{failed.Id:N}";
        if (
            await db.Mails.AsNoTracking().Where(m => m.Key == key).Select(m => (Guid?)m.Id).FirstOrDefaultAsync(cancellationToken) is
            { } known
        )
            return (known, null);
        var now = clock.GetUtcNow();
        var mail = new Mail
        {
            Key = key,
            Kind = failed.Kind,
            CampaignId = failed.CampaignId,
            PersonId = failed.PersonId,
            To = failed.To,
            Cc = failed.Cc,
            Bcc = failed.Bcc,
            From = failed.From,
            Language = failed.Language,
            Subject = failed.Subject,
            Html = failed.Html,
            Text = failed.Text,
            Calendar = failed.Calendar,
            CreatedAt = now,
        };
        db.Mails.Add(mail);
        db.Publish("mail-queued:" + mail.Id.ToString("N"), new MailQueued(mail.Id), now);
        await db.SaveChangesAsync(cancellationToken);
        return (mail.Id, null);
    }
}
