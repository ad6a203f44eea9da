using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

internal static partial class Guards
{
    private static Objection? Sample(Rule rule, SnapshotFacts facts, Sample? wanted)
    {
        if (wanted is not { } least)
            return null;
        var window = Window.Last(least.Days ?? LongestWindow(rule));
        foreach (var (role, channel) in facts.Roles.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            var fact = new Fact.Named(role, least.Metric, window);
            var found = facts.Read(fact);
            if (double.IsNaN(found))
                return new("sample", facts.Missing(fact));
            if (found < least.Count)
            {
                var (have, need, gap) = (Text(found), Text(least.Count), Text(least.Count - found));
                var then = Enough(least, window, fact, facts);
                return new(
                    "sample",
                    new(
                        $"{channel.Name} {least.Metric.Name}({window.Label.En}) {have} < minimum sample {need}, {gap} short{then.En}",
                        $"{channel.Name} {window.Label.Zh}{least.Metric.Label.Zh} {have} < 最小样本 {need}，差 {gap}{then.Zh}"
                    )
                );
            }
        }
        return null;
    }

    /// <summary>When a young flight will have filled the window; of a full one, what it holds at the present pace.</summary>
    private static Phrase Enough(Sample least, Window window, Fact.Named fact, SnapshotFacts facts)
    {
        if (facts.PerDay(fact) is not { } pace || pace <= 0)
            return new("", "");
        var (a, full) = (Text(pace), Text(pace * window.Days));
        if (pace * window.Days < least.Count)
            return new(
                $"; at {a} a day {window.Days} days never hold more than about {full}",
                $"；按目前每日 {a}，{window.Days} 日约只有 {full}"
            );
        return
            facts.Ahead(fact) is { } course
            && Enumerable.Range(1, window.Days).FirstOrDefault(d => course.After(d) >= least.Count) is > 0 and var days
            ? new($"; at {a} a day in about {days} {(days == 1 ? "day" : "days")}", $"；按目前每日 {a}，约 {days} 天后满足")
            : new("", "");
    }

    private static int LongestWindow(Rule rule) =>
        rule
            .Branches.SelectMany(b => WhenTest.Formulas(b.When))
            .SelectMany(f => f.Facts)
            .OfType<Fact.Named>()
            .Where(f => f.Window is { Kind: WindowKind.Last })
            .Select(f => f.Window!.Value.Days)
            .DefaultIfEmpty(7)
            .Max();
}
