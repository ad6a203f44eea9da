using System.Globalization;

namespace CampaignFlow.Engine.Expressions;

/// <summary>Where a formula's values come from, and the words for those that are missing.</summary>
public abstract class FactSource
{
    /// <summary>Money literals of another currency are unknown here.</summary>
    public abstract string Currency { get; }

    /// <returns>The value, money in minor units, conditions as 1 and 0; NaN when unknown.</returns>
    public abstract double Read(Fact.Named fact);

    /// <summary>Why the fact is unknown, naming it.</summary>
    public abstract Phrase Missing(Fact.Named fact);

    /// <summary>The method and source behind a fact that is more than a sum, for the explanation; null where there is nothing to name.</summary>
    public virtual Phrase? Method(Fact.Named fact) => null;

    /// <summary>The local date, where facts have one: without it nothing is said of days to come.</summary>
    public virtual DateOnly? Today => null;

    /// <summary>The last day worth looking ahead to.</summary>
    public virtual DateOnly? LastDay => null;

    /// <summary>How the fact goes on from today; null when that cannot be told.</summary>
    public virtual Course? Ahead(Fact.Named fact) => null;

    /// <summary>Null when the text is unknown.</summary>
    public virtual bool? Is(Fact.TextIs fact) => null;

    /// <summary>Probability that the comparison holds; NaN where nothing is known about uncertainty.</summary>
    protected virtual double Chance(Node condition, IReadOnlyList<Fact> facts, double[] values) => double.NaN;

    /// <summary>The flat value array that compiled formulas work on.</summary>
    public double[] Values(IReadOnlyList<Fact> facts)
    {
        var values = new double[facts.Count];
        // A probability follows the facts it compares, so one pass in order is enough.
        for (var slot = 0; slot < facts.Count; slot++)
            values[slot] = facts[slot] switch
            {
                Fact.Named named => Read(named),
                Fact.Amount amount => amount.Money.Currency == Currency ? amount.Money.Minor : double.NaN,
                Fact.TextIs text => Is(text) is { } same ? (same ? 1 : 0) : double.NaN,
                Fact.Chance chance => Chance(chance.Condition, facts, values),
                _ => double.NaN,
            };
        return values;
    }

    protected virtual Phrase MissingText(Fact.TextIs fact) => new($"{fact.Term.Name} is not known", $"{fact.Term.Label.Zh}未知");

    public Phrase WhyMissing(Fact fact) =>
        fact switch
        {
            Fact.Named named => Missing(named),
            Fact.Amount amount => new(
                $"{amount.Money} is not in the campaign's currency {Currency}",
                $"{amount.Money} 与活动币种 {Currency} 不一致"
            ),
            Fact.TextIs text => MissingText(text),
            // A probability is unknown because what it is made of is, or because that is too little to draw from.
            Fact.Chance when Fact.WithInner(fact).OfType<Fact.Named>().FirstOrDefault(f => double.IsNaN(Read(f))) is { } inner => Missing(
                inner
            ),
            _ => new("there is too little data for a probability", "数据不足，无法计算概率"),
        };
}

/// <summary>Facts by name, for gates: numbers, yes/no, texts and money; null or absent is unknown.</summary>
public sealed class NamedFacts(IReadOnlyDictionary<string, object?> facts, string currency = "") : FactSource
{
    public override string Currency => currency;

    public override double Read(Fact.Named fact) =>
        facts.GetValueOrDefault(Key(fact.Who, fact.Term)) switch
        {
            null => double.NaN,
            bool yes => yes ? 1 : 0,
            Money money => money.Currency == currency ? money.Minor : double.NaN,
            TimeSpan time => time.TotalHours,
            IConvertible number and not string => Convert.ToDouble(number, CultureInfo.InvariantCulture),
            _ => double.NaN,
        };

    public override bool? Is(Fact.TextIs fact) =>
        facts.GetValueOrDefault(Key(fact.Who, fact.Term)) is string text ? string.Equals(text, fact.Text, StringComparison.Ordinal) : null;

    public override Phrase Missing(Fact.Named fact) => new($"{Key(fact.Who, fact.Term)} is not known yet", $"{fact.Term.Label.Zh}尚无数据");

    private static string Key(string who, Term term) => who.Length == 0 ? term.Name : $"{who}.{term.Name}";
}
