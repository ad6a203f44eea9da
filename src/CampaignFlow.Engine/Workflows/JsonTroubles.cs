using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CampaignFlow.Engine.Workflows;

/// <summary>Finds the first thing that keeps a text from being read as JSON and says it in words for people who write such files.</summary>
internal static class JsonTroubles
{
    /// <summary>More than any text is allowed, so that ours is the sentence about it.</summary>
    private const int Beyond = 1000;

    private static readonly Phrase Empty = new(
        "The text is empty: a workflow in JSON was expected, beginning with {.",
        "内容为空：应为以 { 开头的 JSON 流程。"
    );

    /// <param name="deepest">Levels of objects and lists.</param>
    /// <param name="refuseRepeated">A name that stands twice in an object is trouble.</param>
    public static JsonTrouble? Find(byte[] utf8, int deepest, bool refuseRepeated)
    {
        var text = DefinitionJson.WithoutMark(utf8);
        if (text.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            return new(1, 1, Empty);
        var reader = Reader(text, isFinal: true);
        var open = new Stack<HashSet<string>?>();
        var (last, end) = (JsonTokenType.None, 0);
        try
        {
            while (reader.Read())
            {
                if (Wrong(ref reader, open, deepest, refuseRepeated) is { } why)
                    return At(text, (int)reader.TokenStartIndex, why);
                (last, end) = (reader.TokenType, (int)reader.BytesConsumed);
            }
            return null;
        }
        catch (JsonException broken)
        {
            return EndsEarly(text)
                ? At(text, text.Length, Unfinished(text, open.Count))
                : At(text, OffsetOf(text, broken), Unexpected(text, OffsetOf(text, broken), last, end, open));
        }
    }

    private static Utf8JsonReader Reader(ReadOnlySpan<byte> text, bool isFinal) =>
        new(
            text,
            isFinal,
            new(
                new JsonReaderOptions
                {
                    CommentHandling = JsonCommentHandling.Skip,
                    AllowTrailingCommas = true,
                    MaxDepth = Beyond,
                }
            )
        );

    private static Phrase? Wrong(ref Utf8JsonReader reader, Stack<HashSet<string>?> open, int deepest, bool refuseRepeated)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                open.Push(new(StringComparer.Ordinal));
                return TooDeep(open.Count, deepest);
            case JsonTokenType.StartArray:
                open.Push(null);
                return TooDeep(open.Count, deepest);
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                open.Pop();
                return null;
            case JsonTokenType.String or JsonTokenType.PropertyName:
                if (TextOf(ref reader) is not { } name)
                    return new(
                        "Half a character stands in this text (such as \\ud83d without its other half). Write the character whole.",
                        "该文本含有半个字符（例如缺少另一半的 \\ud83d），请写完整的字符。"
                    );
                return reader.TokenType == JsonTokenType.PropertyName && !open.Peek()!.Add(name) && refuseRepeated
                    ? new(
                        $"\"{name}\" stands twice in the same object. Keep the one that is meant.",
                        $"同一对象中 \"{name}\" 出现两次，请只保留需要的一个。"
                    )
                    : null;
            case JsonTokenType.Number when !double.IsFinite(reader.GetDouble()):
                return new("This number is too large.", "该数字过大。");
            default:
                return null;
        }
    }

    // Also where more is put up with: this is what may be written.
    private static Phrase? TooDeep(int levels, int deepest) =>
        levels <= deepest
            ? null
            : new(
                $"This is nested deeper than {DefinitionJson.Deepest} levels of objects and lists. Put the inner part into a workflow of its own, or draw it as a flowchart, whose steps stand beside each other.",
                $"嵌套超过 {DefinitionJson.Deepest} 层。请将内层部分拆成单独的流程，或改用流程图（其步骤并列，不逐层嵌套）。"
            );

    private static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // Told that more may come, the reader waits at the end of a text that is right so far.
    private static bool EndsEarly(ReadOnlySpan<byte> text)
    {
        var reader = Reader(text, isFinal: false);
        try
        {
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Phrase Unfinished(ReadOnlySpan<byte> text, int open) =>
        text.TrimEnd(" \t\r\n"u8).EndsWith("\""u8) || open == 0
            ? new("The text ends in the middle: the rest is missing.", "内容在中途结束：缺少后面的部分。")
            : new(
                $"The text ends in the middle: {open} opened {{ or [ {(open == 1 ? "is" : "are")} not closed.",
                $"内容在中途结束：还有 {open} 个 {{ 或 [ 没有闭合。"
            );

    private static Phrase Unexpected(ReadOnlySpan<byte> text, int offset, JsonTokenType last, int end, Stack<HashSet<string>?> open)
    {
        var (en, zh) = Expected(text[end..Math.Max(end, offset)], last, open.Count == 0 ? null : open.Peek() is not null);
        var found = Found(text[Math.Min(offset, text.Length)..]);
        return new($"Not JSON here: {found} stands where {en} was expected.", $"此处不是 JSON：遇到 {found}，应为{zh}。");
    }

    /// <param name="between">From the last thing that was right to the place.</param>
    /// <param name="inObject">Null outside of all.</param>
    private static (string En, string Zh) Expected(ReadOnlySpan<byte> between, JsonTokenType last, bool? inObject)
    {
        var rest = between.TrimStart(" \t\r\n,"u8);
        var comma = between.Contains((byte)',') || last is JsonTokenType.StartObject or JsonTokenType.StartArray;
        if (rest.StartsWith("\""u8))
            return rest.Length > 1 && rest[1..].Contains((byte)'"')
                ? ("a colon after the name", "名称后的冒号")
                : (
                    "more text or its closing quote (a line break is written \\n, a backslash \\\\)",
                    "文本内容或结束引号（换行写作 \\n，反斜杠写作 \\\\）"
                );
        return (last, inObject) switch
        {
            (JsonTokenType.None, _) => ("an object beginning with {", "以 { 开头的对象"),
            (_, null) => ("nothing more", "结束，其后不应再有内容"),
            (JsonTokenType.PropertyName, _) => ("a value", "一个值"),
            (_, true) when comma => ("a name in double quotes or a closing }", "双引号中的名称或结束的 }"),
            (_, true) => ("a comma or a closing }", "逗号或结束的 }"),
            _ when comma => ("a value or a closing ]", "一个值或结束的 ]"),
            _ => ("a comma or a closing ]", "逗号或结束的 ]"),
        };
    }

    private static string Found(ReadOnlySpan<byte> rest)
    {
        if (Rune.DecodeFromUtf8(rest, out var rune, out _) != System.Buffers.OperationStatus.Done)
            return "?";
        if (Rune.IsControl(rune))
            return rune.Value is '\n' or '\r' ? "↵" : string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");
        var word = 0;
        while (word < Math.Min(rest.Length, 20) && (char.IsAsciiLetterOrDigit((char)rest[word]) || rest[word] == '_'))
            word++;
        return word > 1 ? Encoding.UTF8.GetString(rest[..word]) : rune.ToString();
    }

    private static int OffsetOf(ReadOnlySpan<byte> text, JsonException broken)
    {
        var start = 0;
        for (var line = broken.LineNumber ?? 0; line > 0 && text[start..].IndexOf((byte)'\n') is >= 0 and var length; line--)
            start += length + 1;
        return Math.Min(text.Length, start + (int)(broken.BytePositionInLine ?? 0));
    }

    private static JsonTrouble At(ReadOnlySpan<byte> text, int offset, Phrase why)
    {
        var before = text[..offset];
        var line = before[(before.LastIndexOf((byte)'\n') + 1)..];
        return new(before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(line) + 1, why);
    }
}
