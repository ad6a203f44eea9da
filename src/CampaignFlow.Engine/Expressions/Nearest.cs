namespace CampaignFlow.Engine.Expressions;

/// <summary>"Did you mean": the known word at the smallest edit distance, when it is near enough to be a slip of the finger.</summary>
public static class Nearest
{
    public static string? Word(string word, IEnumerable<string> known)
    {
        var best = known
            .Select(k => (Word: k, Distance: Distance(word.ToLowerInvariant(), k.ToLowerInvariant())))
            .OrderBy(x => x.Distance)
            .ThenBy(x => x.Word, StringComparer.Ordinal)
            .FirstOrDefault();
        return best.Word is not null && best.Distance <= Math.Max(1, Math.Min(word.Length, best.Word.Length) / 2) ? best.Word : null;
    }

    /// <summary>The question to append to an error, or nothing.</summary>
    public static Phrase Ask(string word, IEnumerable<string> known) =>
        Word(word, known) is { } near ? new($"; did you mean '{near}'?", $"；是否想写“{near}”？") : new("", "");

    /// <summary>Levenshtein's distance over two rows.</summary>
    private static int Distance(string a, string b)
    {
        var above = Enumerable.Range(0, b.Length + 1).ToArray();
        foreach (var (i, letter) in a.Index())
        {
            var row = new int[b.Length + 1];
            row[0] = i + 1;
            for (var j = 0; j < b.Length; j++)
                row[j + 1] = Math.Min(Math.Min(row[j], above[j + 1]) + 1, above[j] + (letter == b[j] ? 0 : 1));
            above = row;
        }
        return above[b.Length];
    }
}
