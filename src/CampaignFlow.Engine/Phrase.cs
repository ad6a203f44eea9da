namespace CampaignFlow.Engine;

/// <summary>A sentence a person will read, in English and in Simplified Chinese. Both are always there.</summary>
public readonly record struct Phrase(string En, string Zh)
{
    /// <summary>The same words in both languages: names, codes, numbers.</summary>
    public static Phrase Same(string text) => new(text, text);

    /// <param name="language">A BCP 47 tag; every tag that starts with <c>zh</c> reads Chinese, all others English.</param>
    public string In(string language) => language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? Zh : En;

    /// <summary>Joins sentences, each language with its own separator.</summary>
    public static Phrase Join(IEnumerable<Phrase> phrases, string en = "; ", string zh = "；")
    {
        var all = phrases.ToList();
        return new(string.Join(en, all.Select(p => p.En)), string.Join(zh, all.Select(p => p.Zh)));
    }

    public override string ToString() => En;
}
