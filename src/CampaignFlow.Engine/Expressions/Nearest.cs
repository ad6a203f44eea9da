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

    /// <summary>1 for the same word, capitals aside, down to 0 for words that have nothing in common.</summary>
    public static double Likeness(string a, string b) =>
        a.Length + b.Length == 0 ? 1 : 1 - ((double)Distance(a.ToLowerInvariant(), b.ToLowerInvariant()) / Math.Max(a.Length, b.Length));

    /// <summary>Optimal string alignment: Levenshtein's distance in which two swapped neighbours count as one slip.</summary>
    private static int Distance(string a, string b)
    {
        var steps = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        for (var j = 0; j <= b.Length; j++)
        {
            if (i == 0 || j == 0)
            {
                steps[i, j] = i + j;
                continue;
            }
            var replaced = steps[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            steps[i, j] = Math.Min(replaced, Math.Min(steps[i - 1, j], steps[i, j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                steps[i, j] = Math.Min(steps[i, j], steps[i - 2, j - 2] + 1);
        }
        return steps[a.Length, b.Length];
    }
}
