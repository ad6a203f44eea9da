namespace CampaignFlow.Engine;

/// <summary>
/// Something wrong with a file or a definition: where it is, what was found and what was expected.
/// <paramref name="Line"/> and <paramref name="Column"/> start at 1; 0 means the file as a whole.
/// </summary>
public sealed record Problem(string File, int Line, int Column, Phrase Text)
{
    public Severity Severity { get; init; }

    /// <summary>Short name of the check that found it, the same in every language: <c>loop-without-wait</c>.</summary>
    public string? Code { get; init; }

    /// <summary>What mends it, where the text does not say so itself.</summary>
    public Phrase? Cure { get; init; }

    /// <summary>Id or name of the activity, rule or channel concerned, when there is one.</summary>
    public string? Subject { get; init; }

    /// <summary>As compilers print it: <c>file(line,column): text</c>, with the severity of what is no error.</summary>
    public override string ToString() => In("en");

    /// <summary>The same in the reader's language.</summary>
    public string In(string language)
    {
        var place = Line > 0 ? $"{File}({Line},{Column})" : File;
        var kind = Severity == Severity.Error ? "" : Severity.Word.In(language) + ": ";
        var text = Text.In(language);
        var stop =
            text is [.., '.' or '?' or '!' or '。' or '？' or '！'] ? " "
            : language == "zh" ? "。"
            : ". ";
        return $"{place}: {kind}{text}{(Cure is { } cure ? stop + cure.In(language) : "")}";
    }
}

/// <summary>An error refuses the file; a warning needs a look; a note is only worth knowing.</summary>
public enum Severity
{
    Error,
    Warning,
    Note,
}

public static class Severities
{
    extension(Severity severity)
    {
        public Phrase Word =>
            severity switch
            {
                Severity.Error => new("error", "错误"),
                Severity.Warning => new("warning", "警告"),
                _ => new("note", "提示"),
            };
    }
}
