using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Evaluates condition trees in Kleene's three-valued logic.</summary>
internal static class WhenTest
{
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
    public static double Probability(When when, SnapshotFacts facts) =>
        Truths(when, facts).Count(truth => truth == 1) / (double)Certainty.DrawCount;

    /// <summary>The truth of a condition in every draw: 1, 0 or NaN for unknown.</summary>
    private static double[] Truths(When when, SnapshotFacts facts) =>
        when switch
        {
            When.All all => Every(all.Of.Select(w => Truths(w, facts))),
            When.Any any => Opposite(Every(any.Of.Select(w => Opposite(Truths(w, facts))))),
            When.Unless unless => Opposite(Truths(unless.Of, facts)),
            When.Holds holds => Truths(holds.Formula, facts),
            _ => Same(Holds(when, facts) is { } truth ? (truth ? 1 : 0) : double.NaN),
        };

    private static double[] Truths(Formula formula, SnapshotFacts facts)
    {
        var values = facts.Values(formula.Facts);
        var draws = facts.Draws(formula.Facts, values);
        if (draws.All(d => d.Length == 1))
            return Same(formula.Evaluate(values));
        var truths = new double[Certainty.DrawCount];
        for (var i = 0; i < truths.Length; i++)
        {
            Certainty.Fill(values, draws, i);
            truths[i] = formula.Evaluate(values);
        }
        return truths;
    }

    private static double[] Every(IEnumerable<double[]> conditions)
    {
        var every = Same(1);
        foreach (var condition in conditions)
            for (var i = 0; i < every.Length; i++)
                every[i] = every[i] == 0 || condition[i] == 0 ? 0 : every[i] * condition[i];
        return every;
    }

    private static double[] Opposite(double[] truths) => Array.ConvertAll(truths, truth => 1 - truth);

    private static double[] Same(double truth)
    {
        var truths = new double[Certainty.DrawCount];
        Array.Fill(truths, truth);
        return truths;
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

    public static bool? Holds(When when, SnapshotFacts facts) =>
        when switch
        {
            When.All all => All(all.Of.Select(w => Holds(w, facts))),
            When.Any any => !All(any.Of.Select(w => !Holds(w, facts))),
            When.Unless unless => !Holds(unless.Of, facts),
            When.Holds holds => holds.Formula.Holds(facts),
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
