namespace CampaignFlow.Engine;

/// <summary>
/// Something wrong with a file or a definition: where it is, what was found and what was expected.
/// <paramref name="Line"/> and <paramref name="Column"/> start at 1; 0 means the file as a whole.
/// </summary>
public sealed record Problem(string File, int Line, int Column, Phrase Text)
{
    /// <summary>Id or name of the activity, rule or channel concerned, when there is one.</summary>
    public string? Subject { get; init; }

    /// <summary>As compilers print it: <c>file(line,column): text</c>.</summary>
    public override string ToString() => Line > 0 ? $"{File}({Line},{Column}): {Text.En}" : $"{File}: {Text.En}";
}
