using System.Security.Cryptography;
using System.Text;
using CampaignFlow.Storage;

namespace CampaignFlow.Notifications;

/// <summary>
/// Writes mails as <c>.eml</c> files into <c>mails/</c> of the data folder, one per key: the default where no server is configured.
/// Every mail program opens them. A file that is already there is the mail; it is never written twice.
/// </summary>
public sealed class FileMailer(StorageOptions storage, MailOptions options, TimeProvider clock) : IMailer
{
    public string Folder { get; } = Path.Combine(storage.Folder, "mails");

    public async Task SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Folder);
        var file = Path.Combine(Folder, FileName(mail.Key));
        if (File.Exists(file))
            return;
        var part = Path.Combine(Folder, $".{mail.Id:N}.part");
        await using (var stream = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Eml.Write(mail, options, clock.GetUtcNow())), cancellationToken);
            stream.Flush(flushToDisk: true);
        }
        File.Move(part, file, overwrite: true);
    }

    /// <summary>Reversible as long as it is short: ':' becomes '+', everything a file system may dislike is percent-encoded.</summary>
    public static string FileName(string key)
    {
        var name = new StringBuilder();
        foreach (var octet in Encoding.UTF8.GetBytes(key))
        {
            var c = (char)octet;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '@' || (c == '.' && name.Length > 0))
                name.Append(c);
            else if (c == ':')
                name.Append('+');
            else
                name.Append('%').Append(octet.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }
        if (name.Length <= 200)
            return name + ".eml";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..24];
        return name.ToString(0, 170) + "~" + hash + ".eml";
    }
}
