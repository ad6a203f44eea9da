using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Evaluates condition trees in Kleene's three-valued logic.</summary>
internal static class WhenTest
{
    public static bool? Holds(When when, SnapshotFacts facts) => Holds(when, facts, formula => formula.Holds(facts));

    /// <summary>How many single conditions hold: the nearest miss explains best.</summary>
    public static int Held(When when, SnapshotFacts facts) =>
        when switch
        {
            When.All all => all.Of.Sum(w => Held(w, facts)),
            When.Any any => any.Of.Sum(w => Held(w, facts)),
            _ => Holds(when, facts) == true ? 1 : 0,
        };

    public static IEnumerable<Clause> Explain(When when, SnapshotFacts facts) =>
        when switch
        {
            When.All all => all.Of.SelectMany(w => Explain(w, facts)),
            When.Any any => any.Of.SelectMany(w => Explain(w, facts)),
            When.Unless unless => [Denied(unless, facts)],
            When.Holds holds => holds.Formula.Explain(facts).Clauses,
            _ => [Plain(when, facts)],
        };

    /// <summary>Probability that the whole condition holds; 1 where nothing in it is uncertain.</summary>
    public static double Probability(When when, SnapshotFacts facts)
    {
        var draws = new Dictionary<Formula, (IReadOnlyList<double[]?> Draws, double[] Values)>();
        foreach (var formula in Formulas(when).Distinct())
        {
            var values = facts.Values(formula.Facts);
            draws[formula] = (facts.Draws(formula.Facts, values), values);
        }
        if (draws.Values.All(d => d.Draws.All(x => x is null or { Length: 1 })))
            return 1;
        var count = 0;
        for (var i = 0; i < Certainty.DrawCount; i++)
        {
            var draw = i;
            var holds = Holds(
                when,
                facts,
                formula =>
                {
                    var (drawn, values) = draws[formula];
                    Certainty.Fill(values, drawn, draw);
                    return Interpreter.Truth(formula.Evaluate(values));
                }
            );
            if (holds == true)
                count++;
        }
        return (double)count / Certainty.DrawCount;
    }

    public static IEnumerable<Formula> Formulas(When when) =>
        when switch
        {
            When.All all => all.Of.SelectMany(Formulas),
            When.Any any => any.Of.SelectMany(Formulas),
            When.Unless unless => Formulas(unless.Of),
            When.Holds holds => [holds.Formula],
            _ => [],
        };

    private static bool? Holds(When when, SnapshotFacts facts, Func<Formula, bool?> test) =>
        when switch
        {
            When.All all => All(all.Of.Select(w => Holds(w, facts, test))),
            When.Any any => !All(any.Of.Select(w => !Holds(w, facts, test))),
            When.Unless unless => !Holds(unless.Of, facts, test),
            When.Holds holds => test(holds.Formula),
            When.NoData none => Silent(none, facts).Count > 0,
            When.Learning learning => facts.Roles.Values.Any(c => c.Learning) == learning.Expected,
            _ => null,
        };

    /// <summary>One false settles it; then one unknown does.</summary>
    private static bool? All(IEnumerable<bool?> truths)
    {
        bool? all = true;
        foreach (var truth in truths)
        {
            if (truth == false)
                return false;
            if (truth is null)
                all = null;
        }
        return all;
    }

    /// <summary>The channels without data: any of them, or the subject only when all of its channels are silent.</summary>
    private static List<ChannelState> Silent(When.NoData none, SnapshotFacts facts)
    {
        var watched = (facts.Roles.Count > 0 && !none.AnyChannel ? facts.Roles.Values : facts.Numbers.Snapshot.Channels)
            .Where(c => c.Active)
            .ToList();
        var silent = watched.Where(c => !facts.Numbers.HasData(c, none.Days)).ToList();
        return none.AnyChannel || silent.Count == watched.Count ? silent : [];
    }

    private static Clause Plain(When when, SnapshotFacts facts)
    {
        var holds = Holds(when, facts);
        var sentence = RuleSentence.Of(when);
        if (when is When.NoData none && Silent(none, facts) is { Count: > 0 } silent)
        {
            var names = string.Join(", ", silent.Select(c => c.Name));
            return new(sentence.En, holds, null, null, null, new($"{sentence.En}: {names}", $"{sentence.Zh}：{names}"));
        }
        return new(
            sentence.En,
            holds,
            null,
            null,
            null,
            new($"{sentence.En}: {(holds == true ? "yes" : "no")}", $"{sentence.Zh}：{(holds == true ? "是" : "否")}")
        );
    }

    private static Clause Denied(When.Unless unless, SnapshotFacts facts)
    {
        var holds = Holds(unless, facts);
        var inner = Phrase.Join(Explain(unless.Of, facts).Select(c => c.Sentence));
        return new(
            $"unless {RuleSentence.Of(unless.Of).En}",
            holds,
            null,
            null,
            null,
            new($"unless {inner.En}", $"排除条件（{inner.Zh}）")
        );
    }
}
