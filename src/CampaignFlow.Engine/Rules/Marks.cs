namespace CampaignFlow.Engine.Rules;

/// <summary>What rules have derived in this evaluation: a word on a channel, or on the whole campaign (the empty code).</summary>
internal sealed class Marks
{
    private readonly Dictionary<(string Subject, string Word), string> set = [];
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private readonly HashSet<(string Subject, string Word)> unknown = [];
    private readonly HashSet<string> unknownWords = new(StringComparer.Ordinal);

    /// <returns>Null when the rule that would mark cannot tell, or when no rule marks with this word.</returns>
    public bool? Has(string subject, string word) =>
        set.ContainsKey((subject, word)) ? true
        : !told.Contains(word) || unknownWords.Contains(word) || unknown.Contains((subject, word)) ? null
        : false;

    public bool Told(string word) => told.Contains(word);

    public void Set(string subject, string word, string rule) => set.TryAdd((subject, word), rule);

    /// <summary>A rule that sets this word has had its say.</summary>
    public void Tell(string word) => told.Add(word);

    public void Unsure(string subject, string word) => unknown.Add((subject, word));

    /// <summary>The rule could not speak at all.</summary>
    public void Unsure(string word) => unknownWords.Add(word);
}
