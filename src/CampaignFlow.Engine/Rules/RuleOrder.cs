namespace CampaignFlow.Engine.Rules;

/// <summary>
/// Rules that mark come before those that read their marks. What goes in a circle is named and left out, so evaluation always ends.
/// </summary>
/// <param name="Marking">In the order in which they must speak; by id where it does not matter.</param>
/// <param name="Circles">Each from a rule to itself.</param>
public sealed record RuleOrder(IReadOnlyList<Rule> Marking, IReadOnlyList<Rule> Rest, IReadOnlyList<IReadOnlyList<Rule>> Circles)
{
    public static RuleOrder Of(IEnumerable<Rule> rules)
    {
        var all = rules.OrderBy(r => r.Id, StringComparer.Ordinal).ToList();
        var open = all.Select(r => new Node(r, [.. r.Sets], [.. r.Reads])).Where(n => n.Sets.Count > 0).ToList();
        var ordered = new List<Rule>();
        var circles = new List<IReadOnlyList<Rule>>();
        while (open.Count > 0)
        {
            // A rule waits while one that is still open, itself included, marks what it reads.
            if (open.Find(n => !open.Exists(n.WaitsFor)) is { } next)
            {
                ordered.Add(next.Rule);
                open.Remove(next);
                continue;
            }
            var circle = Circle(open);
            circles.Add(circle.ConvertAll(n => n.Rule));
            open.RemoveAll(circle.Contains);
        }
        return new(ordered, [.. all.Where(r => !r.Sets.Any())], circles);
    }

    /// <summary>Each open rule waits for another open one, so following the first it waits for must come back.</summary>
    private static List<Node> Circle(List<Node> open)
    {
        var path = new List<Node> { open[0] };
        while (true)
        {
            var next = open.First(path[^1].WaitsFor);
            var back = path.IndexOf(next);
            if (back >= 0)
                return path[back..];
            path.Add(next);
        }
    }

    private sealed class Node(Rule rule, HashSet<string> sets, string[] reads)
    {
        public Rule Rule => rule;
        public HashSet<string> Sets => sets;

        public bool WaitsFor(Node other) => Array.Exists(reads, other.Sets.Contains);
    }

    /// <summary>The circle by name, beginning at its first rule.</summary>
    public static Phrase Name(IReadOnlyList<Rule> circle)
    {
        var first = circle.Select((r, i) => (r.Id, i)).Min(x => (x.Id, x.i)).i;
        var names = circle.Skip(first).Concat(circle.Take(first)).Append(circle[first]).Select(r => r.Id);
        var path = string.Join(" ← ", names);
        return new($"marks go in a circle: {path}", $"标记互相依赖，形成循环：{path}");
    }
}
