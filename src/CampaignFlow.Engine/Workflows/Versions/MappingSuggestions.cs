using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <param name="Likeness">0 to 1.</param>
public sealed record MappingSuggestion(string From, string To, double Likeness);

/// <summary>
/// Which renamed activity may be which: same type, and alike in id, name and inputs. A suggestion does nothing until a person takes it.
/// </summary>
public static class MappingSuggestions
{
    private const double Enough = 0.5;

    /// <summary>Comparing takes the square of it.</summary>
    private const int LongestCompared = 200;

    /// <summary>Pairs of activities that have no partner yet, the likeliest first, each activity at most once.</summary>
    public static IReadOnlyList<MappingSuggestion> For(ActivityMapping mapping)
    {
        var gone = mapping.Old.Activities.Values.Where(a => mapping[a.Id] is null && !mapping.Chosen.ContainsKey(a.Id)).ToList();
        var fresh = mapping.New.Activities.Values.Where(a => mapping.SourceOf(a.Id) is null).ToList();
        var pairs = gone.SelectMany(old =>
                fresh.Where(f => f.Type == old.Type).Select(f => new MappingSuggestion(old.Id, f.Id, Likeness(old, f)))
            )
            .Where(pair => pair.Likeness >= Enough)
            .OrderByDescending(pair => pair.Likeness)
            .ThenBy(pair => pair.From, StringComparer.Ordinal)
            .ThenBy(pair => pair.To, StringComparer.Ordinal);
        var (from, to) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        return [.. pairs.Where(pair => !from.Contains(pair.From) && !to.Contains(pair.To) && from.Add(pair.From) && to.Add(pair.To))];
    }

    /// <summary>The better of id and name, averaged with how alike the inputs are.</summary>
    private static double Likeness(Activity old, Activity fresh)
    {
        var names = Math.Max(Nearest.Likeness(old.Id, fresh.Id), Nearest.Likeness(old.Name, fresh.Name));
        var inputs = old.Inputs.Keys.Union(fresh.Inputs.Keys, StringComparer.Ordinal).ToList();
        return inputs.Count == 0
            ? names
            : (names + inputs.Average(i => Likeness(old.Inputs.GetValueOrDefault(i), fresh.Inputs.GetValueOrDefault(i)))) / 2;
    }

    private static double Likeness(Expression? a, Expression? b) =>
        VersionDiff.Same(a, b) ? 1
        : a is not null && b is not null && a.Syntax == b.Syntax ? Nearest.Likeness(Text(a), Text(b))
        : 0;

    private static string Text(Expression expression)
    {
        var text = expression.Script?.Text ?? expression.Value?.ToString() ?? "";
        return text[..Math.Min(text.Length, LongestCompared)];
    }
}
