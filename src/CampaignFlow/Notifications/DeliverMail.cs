using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Notifications;

/// <summary>
/// Hands a queued mail to the mailer. The claim is committed before anything leaves, the result together with the outbox receipt:
/// after a crash between the two, the file mailer finds its file, and a server gets the same Message-ID again.
/// </summary>
public sealed partial class DeliverMail(CampaignFlowDb db, IMailer mailer, TimeProvider clock, ILogger<DeliverMail> logger)
    : IFactHandler<MailQueued>
{
    /// <summary>Longer than any one attempt may take.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    public async Task Handle(MailQueued fact, CancellationToken cancellationToken)
    {
        var mail = await db.Mails.SingleOrDefaultAsync(m => m.Id == fact.MailId, cancellationToken);
        if (mail is null || mail.State is MailState.Sent or MailState.Failed)
            return;
        if (!await ClaimAsync(mail, cancellationToken))
            throw new InvalidOperationException(
                $"Mail {mail.Id} is being sent by another node, or was when it stopped; trying again later."
            );
        try
        {
            await mailer.SendAsync(mail, cancellationToken);
            mail.State = MailState.Sent;
            mail.SentAt = clock.GetUtcNow();
            mail.Error = null;
        }
        catch (MailRefused refused)
        {
            Fail(mail, refused.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException && mail.Attempts >= OutboxDispatcher.MaxAttempts)
        {
            Fail(mail, e.Message);
        }
        catch (Exception e)
        {
            await ReleaseAsync(mail.Id, e.Message);
            throw;
        }
        mail.SendingUntil = null;
    }

    /// <summary>One conditional update: of two nodes with the same fact only one sends.</summary>
    private async Task<bool> ClaimAsync(Mail mail, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var claimed = await db
            .Mails.Where(m => m.Id == mail.Id && (m.State == MailState.Queued || (m.State == MailState.Sending && m.SendingUntil <= now)))
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(m => m.State, MailState.Sending)
                        .SetProperty(m => m.SendingUntil, now + Lease)
                        .SetProperty(m => m.Attempts, m => m.Attempts + 1),
                cancellationToken
            );
        if (claimed == 1)
            await db.Entry(mail).ReloadAsync(cancellationToken);
        return claimed == 1;
    }

    private void Fail(Mail mail, string reason)
    {
        Log.Refused(logger, mail.Id, mail.Kind, reason);
        mail.State = MailState.Failed;
        mail.Error = reason;
    }

    /// <summary>Also when the program is stopping, so that the next start need not wait for the lease.</summary>
    private Task ReleaseAsync(Guid id, string reason) =>
        db
            .Mails.Where(m => m.Id == id)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(m => m.State, MailState.Queued)
                        .SetProperty(m => m.SendingUntil, (DateTimeOffset?)null)
                        .SetProperty(m => m.Error, reason),
                CancellationToken.None
            );

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {Id} ({Kind}) was not accepted: {Reason}")]
        public static partial void Refused(ILogger logger, Guid id, string kind, string reason);
    }
}
