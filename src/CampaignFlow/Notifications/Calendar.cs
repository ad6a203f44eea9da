using System.Globalization;
using System.Text;

namespace CampaignFlow.Notifications;

/// <summary>Writes an appointment as iCalendar (RFC 5545): UTC instants, escaped text, lines folded at 75 octets, CRLF.</summary>
public static class Calendar
{
    public static string Write(Meeting meeting, DateTimeOffset stamp)
    {
        var text = new StringBuilder();
        Line(text, "BEGIN:VCALENDAR");
        Line(text, "VERSION:2.0");
        Line(text, "PRODID:-//CampaignFlow//Notifications//EN");
        Line(text, "CALSCALE:GREGORIAN");
        Line(text, "METHOD:PUBLISH");
        Line(text, "BEGIN:VEVENT");
        Line(text, "UID:" + Escape(meeting.Uid));
        Line(text, "DTSTAMP:" + Utc(stamp));
        Line(text, "DTSTART:" + Utc(meeting.StartsAt));
        Line(text, "DTEND:" + Utc(meeting.StartsAt + meeting.Length));
        Line(text, "SUMMARY:" + Escape(meeting.Summary));
        Line(text, "DESCRIPTION:" + Escape(meeting.Description));
        if (meeting.Location is not null)
            Line(text, "LOCATION:" + Escape(meeting.Location));
        Line(text, "URL:" + meeting.Url);
        Line(text, "STATUS:CONFIRMED");
        Line(text, "TRANSP:OPAQUE");
        Line(text, "BEGIN:VALARM");
        Line(text, "ACTION:DISPLAY");
        Line(text, "TRIGGER:-PT15M");
        Line(text, "DESCRIPTION:" + Escape(meeting.Summary));
        Line(text, "END:VALARM");
        Line(text, "END:VEVENT");
        Line(text, "END:VCALENDAR");
        return text.ToString();
    }

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Section 3.3.11: backslash, semicolon, comma and line break.</summary>
    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace(";", "\\;", StringComparison.Ordinal)
            .Replace(",", "\\,", StringComparison.Ordinal)
            .Replace("\r\n", "\\n", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal);

    /// <summary>Section 3.1: at most 75 octets a line, never inside a character; the continuation's space counts.</summary>
    private static void Line(StringBuilder text, string content)
    {
        var octets = 0;
        foreach (var rune in content.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > 75)
            {
                text.Append("\r\n ");
                octets = 1;
            }
            text.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }
        text.Append("\r\n");
    }
}
