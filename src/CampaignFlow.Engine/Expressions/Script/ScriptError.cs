namespace CampaignFlow.Engine.Expressions.Script;

/// <summary>Why an expression is refused or failed, and where in its text (offset from 0).</summary>
public sealed record ScriptProblem(int At, Phrase Text);

/// <summary>An expression that parsed but could not be worked out with the values at hand.</summary>
public sealed class ScriptException(int at, Phrase text) : Exception(text.En)
{
    public ScriptProblem Problem { get; } = new(at, text);
}
