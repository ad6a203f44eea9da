namespace CampaignFlow.Engine.Expressions;

/// <summary>One condition with its values. <paramref name="Holds"/> null: unknown.</summary>
/// <param name="Gap">How far from holding, in the left side's unit; null when it holds or is unknown.</param>
public sealed record Clause(string Text, bool? Holds, double? Left, double? Right, double? Gap, Phrase Sentence)
{
    /// <summary>When it would hold; null where that cannot honestly be told.</summary>
    public Phrase? Outlook { get; init; }
}
