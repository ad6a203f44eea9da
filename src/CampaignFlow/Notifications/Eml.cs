using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace CampaignFlow.Notifications;

/// <summary>Writes a mail as RFC 5322 text with MIME parts: pure ASCII, CRLF, no line over 78 characters in the headers or 76 in bodies.</summary>
public static class Eml
{
    public static string Write(Mail mail, MailOptions options, DateTimeOffset sentAt)
    {
        var eml = new StringBuilder();
        var id = mail.Id.ToString("N");
        Header(eml, "Date", sentAt.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture));
        Header(eml, "From", Mailbox(mail.From is { } from ? new MailAddress(from) : options.From));
        foreach (var (name, addresses) in new[] { ("To", mail.To), ("Cc", mail.Cc), ("Bcc", mail.Bcc) })
            if (!string.IsNullOrEmpty(addresses))
                Header(eml, name, string.Join(",\r\n ", new MailAddressCollection { addresses }.Select(Mailbox)));
        Header(eml, "Message-ID", MessageId.Of(mail, options.Domain));
        Header(eml, "Subject", Words(mail.Subject, "Subject: ".Length));
        Header(eml, "Content-Language", mail.Language);
        Header(eml, "Auto-Submitted", "auto-generated");
        Header(eml, "X-CampaignFlow-Kind", mail.Kind);
        Header(eml, "MIME-Version", "1.0");
        if (mail.Calendar is null)
        {
            Alternatives(eml, mail, "alt-" + id);
            return eml.ToString();
        }
        Header(eml, "Content-Type", $"multipart/mixed;\r\n boundary=\"mix-{id}\"");
        eml.Append("\r\n--mix-").Append(id).Append("\r\n");
        Alternatives(eml, mail, "alt-" + id);
        eml.Append("--mix-").Append(id).Append("\r\n");
        Part(
            eml,
            "text/calendar; charset=utf-8; method=PUBLISH;\r\n name=\"invite.ics\"",
            mail.Calendar,
            "attachment; filename=\"invite.ics\""
        );
        eml.Append("--mix-").Append(id).Append("--\r\n");
        return eml.ToString();
    }

    private static void Alternatives(StringBuilder eml, Mail mail, string boundary)
    {
        Header(eml, "Content-Type", $"multipart/alternative;\r\n boundary=\"{boundary}\"");
        eml.Append("\r\n--").Append(boundary).Append("\r\n");
        Part(eml, "text/plain; charset=utf-8", mail.Text, null);
        eml.Append("--").Append(boundary).Append("\r\n");
        Part(eml, "text/html; charset=utf-8", mail.Html, null);
        eml.Append("--").Append(boundary).Append("--\r\n");
    }

    private static void Part(StringBuilder eml, string type, string content, string? disposition)
    {
        Header(eml, "Content-Type", type);
        Header(eml, "Content-Transfer-Encoding", "base64");
        if (disposition is not null)
            Header(eml, "Content-Disposition", disposition);
        var canonical = content.ReplaceLineEndings("\r\n");
        var text = Convert.ToBase64String(Encoding.UTF8.GetBytes(canonical));
        eml.Append("\r\n");
        for (var i = 0; i < text.Length; i += 76)
            eml.Append(text, i, Math.Min(76, text.Length - i)).Append("\r\n");
    }

    private static void Header(StringBuilder eml, string name, string value) => eml.Append(name).Append(": ").Append(value).Append("\r\n");

    private static string Mailbox(MailAddress address) =>
        address.DisplayName.Length == 0 ? address.Address : $"{Words(address.DisplayName, 8, phrase: true)} <{address.Address}>";

    /// <summary>RFC 2047: plain ASCII stays, everything else becomes encoded words of at most 75 characters, never cut inside a character.</summary>
    private static string Words(string text, int column, bool phrase = false)
    {
        if (text.All(c => c is >= ' ' and <= '~') && !text.Contains("=?", StringComparison.Ordinal))
            return phrase
                ? $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""
                : Folded(text, column);
        const int room = 45; // octets whose base64 is 60 characters, 72 with the frame
        var words = new List<string>();
        var octets = new List<byte>();
        Span<byte> buffer = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(buffer);
            // The first line also holds the header's name.
            if (octets.Count + length > (words.Count == 0 ? room - (column / 4 * 3) : room))
                Flush();
            octets.AddRange(buffer[..length]);
        }
        Flush();
        return string.Join("\r\n ", words);

        void Flush()
        {
            words.Add($"=?utf-8?B?{Convert.ToBase64String([.. octets])}?=");
            octets.Clear();
        }
    }

    private static string Folded(string text, int column)
    {
        var folded = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (folded.Length > 0)
            {
                var fits = column + 1 + word.Length <= 78;
                folded.Append(fits ? " " : "\r\n ");
                column = fits ? column + 1 : 1;
            }
            folded.Append(word);
            column += word.Length;
        }
        return folded.ToString();
    }
}
