using System.Text;
using System.Text.RegularExpressions;

namespace CampaignFlow.Metrics;

/// <summary>What a column of an export says.</summary>
public enum MetricField
{
    Day,

    /// <summary>First and last day a row covers, in exports without a day column.</summary>
    PeriodStart,
    PeriodEnd,

    Channel,

    /// <summary>The platform's campaign (推广计划): it is the channel when no column says more.</summary>
    Plan,

    /// <summary>Below a channel and day: campaign id, ad group, ad, keyword. Tells two rows of one day apart.</summary>
    Level,
    Kind,
    Currency,
    Impressions,
    Clicks,
    Spend,
    Conversions,
    Leads,
    Revenue,

    /// <summary>The daily budget that the platform has for the row; it is checked, never counted.</summary>
    Budget,
}

/// <summary>A column that was understood.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Scale">From the unit in the header's brackets: 0.01 for 分, 10,000 for 万元.</param>
/// <param name="Currency">From the header's brackets, when it names one.</param>
public sealed record RecognisedColumn(int Index, string Header, MetricField Field, decimal Scale, string? Currency)
{
    internal int Rank { get; init; }
}

/// <summary>
/// The words that platforms print above their columns. Earlier words win when a file has two columns for one field. Comparison ignores
/// case, width, spaces, underscores, full stops and what stands in brackets, unless the bracket itself is listed.
/// </summary>
public sealed partial class MetricColumns
{
    public static readonly MetricColumns Default = new(
        MetricWords.BuiltIn.SelectMany(b => b.Words.Select((word, rank) => (b.Field, word, rank)))
    );

    private readonly Dictionary<string, (MetricField Field, int Rank)> words;

    private MetricColumns(IEnumerable<(MetricField Field, string Word, int Rank)> entries)
    {
        words = new(StringComparer.Ordinal);
        foreach (var (field, word, rank) in entries)
            words.TryAdd(Normal(word), (field, rank));
    }

    /// <summary>The same table with a house's own words, which win over the built-in ones.</summary>
    public MetricColumns With(MetricField field, params IEnumerable<string> own) =>
        new(own.Select((word, i) => (field, word, i - 1000)).Concat(words.Select(w => (w.Value.Field, w.Key, w.Value.Rank))));

    /// <summary>The words for a field, best first, as a refusal shows them.</summary>
    public static IReadOnlyList<string> Examples(MetricField field) => [.. MetricWords.BuiltIn.First(b => b.Field == field).Words.Take(5)];

    /// <summary>The columns this row would have if it were a header; one column for each field, except for the levels.</summary>
    public IReadOnlyList<RecognisedColumn> Read(IReadOnlyList<string> cells)
    {
        var all = cells.Select((cell, i) => Recognise(cell, i)).OfType<RecognisedColumn>().ToList();
        return
        [
            .. all.GroupBy(c => c.Field)
                .SelectMany(g => g.Key == MetricField.Level ? g : g.OrderBy(c => c.Rank).ThenBy(c => c.Index).Take(1))
                .OrderBy(c => c.Index),
        ];
    }

    private RecognisedColumn? Recognise(string cell, int index)
    {
        if (cell.Length is 0 or > 80)
            return null;
        var whole = Normal(cell);
        var bare = Normal(Brackets().Replace(cell.Normalize(NormalizationForm.FormKC), ""));
        if (!words.TryGetValue(whole, out var found) && !words.TryGetValue(bare, out found))
            return null;
        var (scale, currency) = Unit(cell);
        return new(index, cell.Trim(), found.Field, scale, currency) { Rank = found.Rank };
    }

    private static (decimal Scale, string? Currency) Unit(string cell)
    {
        foreach (Match bracket in Brackets().Matches(cell.Normalize(NormalizationForm.FormKC)))
        {
            var unit = bracket.Value[1..^1].Trim();
            switch (unit)
            {
                case "分":
                    return (0.01m, "CNY");
                case "千元":
                    return (1_000m, "CNY");
                case "万元":
                    return (10_000m, "CNY");
                case "万" or "万次":
                    return (10_000m, null);
                case "亿元":
                    return (100_000_000m, "CNY");
            }
            if (Currencies.Named(unit) is { } currency)
                return (1m, currency);
        }
        return (1m, null);
    }

    private static string Normal(string text)
    {
        var kept = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormKC))
        {
            if (!char.IsWhiteSpace(c) && c is not ('_' or '-' or '.' or '"' or '\'' or '*' or '\uFEFF'))
                kept.Append(char.ToLowerInvariant(c));
        }
        return kept.ToString();
    }

    [GeneratedRegex(@"[(\[][^()\[\]]*[)\]]", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Brackets();
}
