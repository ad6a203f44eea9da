using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Notifications;

/// <summary>A mail was stored and waits to go out.</summary>
public sealed record MailQueued(Guid MailId) : IEffect;

/// <summary>
/// Stores a mail with the caller's own changes: nothing leaves unless they are committed, and then it leaves for certain.
/// Time is the caller's <c>now</c> throughout, also for quiet hours, so a replay on a virtual clock posts and delays as the real one did.
/// </summary>
public sealed class PostMail(WriteMail write, MailOptions options)
{
    /// <param name="about">What and when, without kind and person: <c>double-11-2026:2026-W46</c>.</param>
    /// <returns>
    /// The new mail's id; null when this person already has this mail. Two transactions that post the same key at once: the second
    /// one's commit fails on the unique key, and its retry is silent.
    /// </returns>
    public async Task<Guid?> PostAsync(
        CampaignFlowDb db,
        MailModel model,
        Recipient to,
        string about,
        Guid? campaignId,
        DateTimeOffset now,
        CancellationToken cancellationToken = default
    )
    {
        var key = $"{model.Kind}:{about}:{to.PersonId?.ToString("N") ?? to.Address}";
        if (db.Mails.Local.Any(m => m.Key == key) || await db.Mails.AnyAsync(m => m.Key == key, cancellationToken))
            return null;
        var reader = new Reader(to.Name, to.Language, to.Zone, options.PublicUrl);
        var written = await write.WriteAsync(model, reader, now);
        var mail = new Mail
        {
            Key = key,
            Kind = model.Kind,
            CampaignId = campaignId,
            PersonId = to.PersonId,
            To = to.Address,
            Language = to.Language,
            Subject = written.Subject,
            Html = written.Html,
            Text = written.Text,
            Calendar = written.Calendar,
            CreatedAt = now,
        };
        db.Mails.Add(mail);
        var goes = model.Critical ? now : QuietHours.Next(now, to.Zone);
        db.Publish("mail-queued:" + mail.Id.ToString("N"), new MailQueued(mail.Id), now, goes);
        return mail.Id;
    }
}
