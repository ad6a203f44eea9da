namespace CampaignFlow.Engine.Expressions;

/// <summary>Which way a metric should go.</summary>
public enum Better
{
    Neither,
    Higher,
    Lower,
}

/// <summary>How the values of several days become one.</summary>
public enum OverDays
{
    Sum,
    Mean,

    /// <summary>A level, such as days of stock: the latest day speaks.</summary>
    Latest,
}

/// <summary>A ratio as sums above and below the line: <c>factor × (Σ above − Σ less) / Σ below</c>.</summary>
public sealed record RatioParts(string Above, string Below, double Factor = 1, string? Less = null)
{
    /// <summary>NaN when a part is unknown or there is nothing below the line.</summary>
    public double Of(Func<string, double> sum)
    {
        var below = sum(Below);
        return below == 0 ? double.NaN : Factor * (sum(Above) - (Less is null ? 0 : sum(Less))) / below;
    }
}

/// <summary>A name that formulas may use.</summary>
/// <param name="Name">As written: <c>roas</c>, <c>swot_quadrants</c>.</param>
/// <param name="Label">As people read it.</param>
public sealed record Term(string Name, Unit Unit, Phrase Label)
{
    /// <summary>Must be read over a window: <c>spend(7d)</c>.</summary>
    public bool Windowed { get; init; }

    /// <summary>May be added up over days and channels; ratios may not.</summary>
    public bool Additive { get; init; }

    /// <summary>A ratio that people read as a percentage.</summary>
    public bool Percent { get; init; }

    public Better Better { get; init; }
    public OverDays Over { get; init; }

    /// <summary>The sums it is worked out from; null when it is reported as such.</summary>
    public RatioParts? Parts { get; init; }
}

/// <summary>Whose value is meant: the word before the dot in <c>loser.cpa(7d)</c>.</summary>
/// <param name="Windowed">False where values have no window: <c>goal.cpa</c>.</param>
public sealed record Who(string Name, Phrase Label, bool Windowed = true);

/// <summary>
/// The words one kind of formula may use. Rules bring metrics and channels, gates bring the campaign's artefacts;
/// parser, units, three-valued logic and explanations are the same.
/// </summary>
public sealed class Vocabulary
{
    private readonly Dictionary<string, Term> terms;
    private readonly Dictionary<string, Who> whos;

    /// <param name="bare">Whose value a name without a dot means; null when the author must say whose.</param>
    public Vocabulary(IEnumerable<Term> terms, IEnumerable<Who>? whos = null, string? bare = "")
    {
        this.terms = terms.ToDictionary(t => t.Name, StringComparer.Ordinal);
        this.whos = (whos ?? []).ToDictionary(w => w.Name, StringComparer.Ordinal);
        Bare = bare;
    }

    public string? Bare { get; }
    public IEnumerable<Term> Terms => terms.Values;
    public IEnumerable<Who> Whos => whos.Values;

    /// <summary>Functions over metrics make sense only where some name has a window.</summary>
    public bool HasWindows => terms.Values.Any(t => t.Windowed);

    public Term? Term(string name) => terms.GetValueOrDefault(name);

    public Who? Who(string name) => whos.GetValueOrDefault(name);
}
