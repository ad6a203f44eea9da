using System.Security.Cryptography;
using System.Text;

namespace CampaignFlow.Notifications;

/// <summary>Takes a mail out of the house: to a server, or to a file.</summary>
public interface IMailer
{
    /// <exception cref="MailRefused">It will never be accepted. Every other exception is worth another try.</exception>
    Task SendAsync(Mail mail, CancellationToken cancellationToken);
}

/// <summary>The receiving side said no for good.</summary>
public sealed class MailRefused(string reason, Exception? inner = null) : Exception(reason, inner);

internal static class MessageId
{
    /// <summary>Made from the mail's key, so that a receiver recognises a repeat.</summary>
    public static string Of(Mail mail, string domain) =>
        $"<{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(mail.Key)))[..40]}@{domain}>";
}
