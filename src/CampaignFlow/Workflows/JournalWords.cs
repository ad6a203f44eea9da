using System.Globalization;
using System.Text.RegularExpressions;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;

namespace CampaignFlow.Workflows;

/// <summary>What the stepper notes about a wait (<c>timer until 2026-10-10 01:10:00Z</c>), in the reader's words and zone.</summary>
internal static partial class JournalWords
{
    /// <param name="what">Suspended or Resumed; all else is told as it was written.</param>
    /// <param name="zone">Of the run's campaign; null: the reader's.</param>
    public static string? Of(string what, string? text, Words words, string? zone)
    {
        if (text is null || what is not ("Suspended" or "Resumed"))
            return text;
        var due = Until().Match(text);
        var parts = (due.Success ? text[..due.Index] : text).Split(' ', 2, StringSplitOptions.TrimEntries);
        // These only have a number of the store; what else is waited for is named.
        var numbered = parts[0] is Bookmark.Timer or Bookmark.Retry or Bookmark.Timeout or "task" or "approval" or "metric" or "shift";
        var said = words.T(KindOf(parts[0])) + (parts.Length > 1 && parts[1] != "" && !numbered ? " " + parts[1] : "");
        return due.Success ? said + words.T(" until ", "，至 ") + words.Moment(Moment(due.Groups["at"].Value), zone) : said;
    }

    private static DateTimeOffset Moment(string text) =>
        DateTimeOffset.ParseExact(text, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static Phrase KindOf(string kind) =>
        kind switch
        {
            Bookmark.Timer => new("timer", "定时"),
            Bookmark.Event => new("event", "事件"),
            Bookmark.Http or Bookmark.HttpRoute => new("request", "请求"),
            Bookmark.Retry => new("another try", "再次尝试"),
            Bookmark.Timeout => new("time limit", "时限"),
            "task" => new("task", "任务"),
            "approval" => new("approval", "审批"),
            "gate" => new("gate", "关口"),
            "metric" => new("numbers", "指标"),
            "shift" => new("budget shift", "预算调整"),
            _ => Phrase.Same(kind),
        };

    [GeneratedRegex(@" ?until (?<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)Z$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Until();
}
