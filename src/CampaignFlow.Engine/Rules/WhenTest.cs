using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Evaluates condition trees in Kleene's three-valued logic.</summary>
internal static class WhenTest
{
    private const int MostNamed = 5;

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
            When.Channels channels => Counted(channels, facts),
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

    /// <summary>In each draw as many as hold in it; channels are drawn independently.</summary>
    private static double[] Counted(When.Channels channels, SnapshotFacts facts)
    {
        var each = Each(channels, facts).ConvertAll(e => (e.Facts, Truths: Truths(channels.Of, e.Facts)));
        var truths = new double[Certainty.DrawCount];
        for (var i = 0; i < truths.Length; i++)
        {
            var draw = i;
            var counted = Counted(channels, each.ConvertAll(e => (e.Facts, Interpreter.Truth(e.Truths[draw]))));
            truths[i] = counted is { } truth ? (truth ? 1 : 0) : double.NaN;
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
            When.Channels channels => Formulas(channels.Of),
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
            When.NoData none => NoData(none, facts),
            When.Learning learning => facts.Roles.Values.Any(c => c.Learning) == learning.Expected,
            When.Channels channels => Counted(channels, Each(channels, facts)),
            _ => null,
        };

    /// <summary>The condition for each active channel, or campaign of a portfolio.</summary>
    private static List<(SnapshotFacts Facts, bool? Holds)> Each(When.Channels channels, SnapshotFacts facts) =>
        [
            .. facts
                .Numbers.Snapshot.Channels.Where(c => c.Active)
                .Select(c => facts.Of(channels.OfCampaigns ? "campaign" : "channel", c))
                .Select(one => (one, Holds(channels.Of, one))),
        ];

    /// <summary>Without any active channel nothing can be said of every one.</summary>
    private static bool? Counted(When.Channels channels, List<(SnapshotFacts Facts, bool? Holds)> each) =>
        Counted(channels, each.Count, each.Count(e => e.Holds == true), each.Count(e => e.Holds is null));

    public static bool? Counted(When.Channels channels, int all, int yes, int unknown)
    {
        var least = channels.HowMany switch
        {
            HowMany.Every => all,
            HowMany.AtLeast => channels.Least,
            _ => 1,
        };
        bool? reached =
            all == 0 ? null
            : yes >= least ? true
            : yes + unknown < least ? false
            : null;
        return channels.HowMany == HowMany.No ? !reached : reached;
    }

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

    /// <summary>The channels that are asked about: of a source or name, the subject, or all.</summary>
    private static List<ChannelState> Watched(When.NoData none, SnapshotFacts facts)
    {
        var all = none.From is null && facts.Roles.Count > 0 ? facts.Roles.Values : facts.Numbers.Snapshot.Channels;
        return [.. all.Where(c => c.Active).Where(c => none.From is not { } from || IsFrom(c, from))];
    }

    /// <summary>The channel is this one, by code or name, or its numbers come from this source.</summary>
    public static bool IsFrom(ChannelState channel, string from) =>
        new[] { channel.Source, channel.Code, channel.Name }.Contains(from, StringComparer.OrdinalIgnoreCase);

    /// <summary>Silent when all that are watched are; unknown when there is nobody to watch.</summary>
    private static bool? NoData(When.NoData none, SnapshotFacts facts)
    {
        var watched = Watched(none, facts);
        return watched.Count == 0 ? null : watched.TrueForAll(c => !facts.Numbers.HasData(c, none.Days, none.Of));
    }

    private static Clause Plain(When when, SnapshotFacts facts)
    {
        var holds = Holds(when, facts);
        var sentence = RuleSentence.Of(when);
        if (when is When.Channels channels)
            return new(sentence.En, holds, null, null, null, Told(sentence, channels, holds, Each(channels, facts)));
        if (when is When.NoData none && holds is null)
        {
            var nobody = none.From is { } from
                ? new Phrase($"no active channel is or comes from {from}", $"没有名为或来源为 {from} 的在投渠道")
                : new("there is no active channel", "没有在投渠道");
            return new(sentence.En, null, null, null, null, Joined(sentence, nobody));
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

    /// <summary>Names those for which it holds; when it is not enough, the first that it does not hold for says why.</summary>
    private static Phrase Told(Phrase sentence, When.Channels channels, bool? holds, List<(SnapshotFacts Facts, bool? Holds)> each)
    {
        if (each.Count == 0)
            return Joined(sentence, new("unknown, there is no active channel", "无法判断，没有在投渠道"));
        var yes = each.Where(e => e.Holds == true).Select(e => Phrase.Same(e.Facts.Roles.Values.First().Name)).ToList();
        var names = yes.Count == 0 ? new Phrase("none", "无") : Phrase.Join(yes.Take(MostNamed), ", ", "、");
        var count = $"{yes.Count}/{each.Count}";
        var told = new Phrase($"{names.En} ({count})", $"{names.Zh}（{count}）");
        if (holds == true || channels.HowMany == HowMany.No)
            return Joined(sentence, told);
        var others = each.Where(e => e.Holds != true).ToList();
        if (others.Count == 0)
            return Joined(sentence, told);
        var blind = others.FindIndex(e => e.Holds is null);
        var other = others[Math.Max(0, holds is null ? blind : others.FindIndex(e => e.Holds == false))];
        var why = Phrase.Join(Explain(channels.Of, other.Facts).Where(c => c.Holds == other.Holds).Select(c => c.Sentence).Take(1));
        return Joined(sentence, new($"{told.En}; {Name(other.Facts)}: {why.En}", $"{told.Zh}；{Name(other.Facts)}：{why.Zh}"));

        static string Name(SnapshotFacts facts) => facts.Roles.Values.First().Name;
    }

    private static Phrase Joined(Phrase sentence, Phrase told) => new($"{sentence.En}: {told.En}", $"{sentence.Zh}：{told.Zh}");

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
