namespace CampaignFlow.Engine.Expressions;

internal enum TokenKind
{
    Number,
    Percent,
    Days,
    Hours,
    Name,
    Text,
    Sign,
    End,
}

/// <param name="Text">The sign or name itself; the content of a quoted text.</param>
/// <param name="Value">Of numbers, percentages (20% is 0.2) and durations.</param>
internal readonly record struct Token(TokenKind Kind, Span At, string Text, decimal Value = 0);

/// <summary>A formula that cannot be read: caught where the file, line and column are known.</summary>
internal sealed class FormulaError(Span at, Phrase text) : Exception(text.En)
{
    public Span At => at;
    public Phrase Text => text;
}
