using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>Small changes to a text, all in places of the text as it was; everything else stays byte by byte.</summary>
internal sealed class FormEdits(string text)
{
    private readonly List<(int At, int Length, string New)> edits = [];
    private readonly HashSet<int> removed = [];
    private readonly List<string> appended = [];
    private readonly string newline = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    public void Replace(Span raw, string words) => edits.Add((raw.Start, raw.Length, words));

    public void RemoveLine(int line)
    {
        if (!removed.Add(line))
            return;
        var (start, end) = Line(text, line);
        edits.Add((start, end - start, ""));
    }

    public bool IsRemoved(int line) => removed.Contains(line);

    public void InsertAfter(int line, int indent, string words)
    {
        var (_, end) = Line(text, line);
        var whole = new string(' ', indent) + words;
        edits.Add(end > 0 && text[end - 1] == '\n' ? (end, 0, whole + newline) : (end, 0, newline + whole));
    }

    /// <summary>At the end of the file.</summary>
    public void Append(string line) => appended.Add(line);

    /// <summary>Several lines of one block that the file does not have yet.</summary>
    public void AppendBlock(string head, string line)
    {
        var at = appended.IndexOf(head);
        if (at >= 0)
            appended.Insert(at + 1, "  " + line);
        else
            appended.AddRange([head, "  " + line]);
    }

    public int? DashOf(int line) => Dash(text, line);

    /// <summary>How far a list item's dash is indented; null when the line begins with something else.</summary>
    public static int? Dash(string text, int line)
    {
        var (start, end) = Line(text, line);
        var at = start;
        while (at < end && text[at] == ' ')
            at++;
        return at + 1 < end && text[at] == '-' && text[at + 1] == ' ' ? at - start : null;
    }

    /// <summary>True when the line holds nothing but this one value.</summary>
    public static bool StandsAlone(string text, int line, int values)
    {
        var (start, end) = Line(text, line);
        return values == 1 && text.AsSpan(start, end - start).IndexOfAny('{', '[') < 0;
    }

    public string Apply()
    {
        var result = text;
        // From the end, so that places before stay true; of several at one place the first comes first.
        foreach (
            var (at, length, words) in edits
                .Select((e, i) => (e, i))
                .OrderByDescending(x => x.e.At)
                .ThenByDescending(x => x.i)
                .Select(x => x.e)
        )
            result = string.Concat(result.AsSpan(0, at), words, result.AsSpan(at + length));
        if (appended.Count == 0)
            return result;
        var end = result.Length == 0 || result.EndsWith('\n') ? "" : newline;
        return result + end + string.Join(newline, appended) + newline;
    }

    /// <summary>From the first character of the line to the first of the next; lines count from 1.</summary>
    private static (int Start, int End) Line(string text, int line)
    {
        var start = 0;
        for (var i = 1; i < line; i++)
        {
            var next = text.IndexOf('\n', start);
            if (next < 0)
                return (text.Length, text.Length);
            start = next + 1;
        }
        var end = text.IndexOf('\n', start);
        return (start, end < 0 ? text.Length : end + 1);
    }
}
