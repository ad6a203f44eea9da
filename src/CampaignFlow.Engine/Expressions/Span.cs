namespace CampaignFlow.Engine.Expressions;

/// <summary>A piece of a formula's text; <paramref name="Start"/> counts from 0.</summary>
public readonly record struct Span(int Start, int Length)
{
    public int End => Start + Length;

    public Span To(Span last) => new(Start, last.End - Start);

    public string Of(string text) => text.Substring(Start, Length);
}
