using System.Text.RegularExpressions;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

/// <summary>The examples of rules/README.md, read as what they are.</summary>
internal static class GrammarPage
{
    public static IEnumerable<(string Kind, string Text, int Line)> Blocks()
    {
        var text = System.IO.File.ReadAllText(Repository.Path("rules", "README.md"));
        foreach (
            System.Text.RegularExpressions.Match block in Regex.Matches(
                text,
                "^```(?<kind>.+)\n(?<text>(?:.*\n)*?)```$",
                RegexOptions.Multiline | RegexOptions.ExplicitCapture
            )
        )
            yield return (block.Groups["kind"].Value, block.Groups["text"].Value, text[..block.Index].Count(c => c == '\n') + 1);
    }

    public static List<string> Lines(string block) =>
        [.. block.Split('\n').Select(l => Regex.Replace(l, "\\s+# .*$", "")).Where(l => l.Length > 0)];

    public static string Plain(string subject) => subject == "pair" ? "loser.roas(7d) < 1" : "roas(7d) < 1";

    public static string File(string subject, string when, string rest)
    {
        var each = RuleFile.Subjects.Single(s => s.Value == Enum.Parse<ForEach>(subject, ignoreCase: true)).Key;
        return $"rule: x\nfor each: {each}\n{when}\n{rest}\n";
    }

    /// <summary>Every rule that the page's blocks make, one for each line of a list.</summary>
    public static IEnumerable<Rule> Rules()
    {
        foreach (var (kind, text, _) in Blocks())
        foreach (var file in Files(kind.Split(' '), text))
            yield return RuleFile.Parse(file, "README.md").Rule!;
    }

    private static IEnumerable<string> Files(string[] kind, string text) =>
        kind switch
        {
            ["yaml"] => [text],
            ["conditions", var subject] => Lines(text).Select(l => File(subject, $"when: {Quoted(l)}", "then: { notify: me }")),
            ["when", var subject] => Lines(text).Select(l => File(subject, $"when:\n  {l}", "then: { notify: me }")),
            ["then", var subject] => Lines(text).Select(l => File(subject, $"when: {Plain(subject)}", $"then:\n  - {l}")),
            ["guard"] => Lines(text).Select(l => File("channel", "when: roas(7d) < 1", $"then: {{ pause: channel }}\nguard:\n  {l}")),
            ["mode"] => Lines(text).Select(l => File("channel", "when: roas(7d) < 1", $"then: {{ pause: channel }}\nmode: {l}")),
            ["check"] => Lines(text).Select(l => File("campaign", "when: roas(7d) < 1", $"then: {{ notify: me }}\ncheck: {l}")),
            _ => [],
        };

    private static string Quoted(string line) => $"'{line.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>All facts and nodes that the page's conditions read.</summary>
    public static IEnumerable<Node> Nodes(IEnumerable<Rule> rules) =>
        rules.SelectMany(r => r.Branches).SelectMany(b => WhenTest.Formulas(b.When)).SelectMany(f => Walk(f.Root));

    private static IEnumerable<Node> Walk(Node node) =>
        new[] { node }.Concat(
            node switch
            {
                Node.And and => Walk(and.Left).Concat(Walk(and.Right)),
                Node.Or or => Walk(or.Left).Concat(Walk(or.Right)),
                Node.Not not => Walk(not.Of),
                Node.Negative negative => Walk(negative.Of),
                Node.Comparison comparison => Walk(comparison.Left).Concat(Walk(comparison.Right)),
                Node.Arithmetic arithmetic => Walk(arithmetic.Left).Concat(Walk(arithmetic.Right)),
                Node.Consecutive consecutive => consecutive.Days.SelectMany(Walk),
                Node.Read { Fact: Fact.Chance chance } => Walk(chance.Condition),
                _ => [],
            }
        );

    public static IEnumerable<When> Whens(When when) =>
        new[] { when }.Concat(
            when switch
            {
                When.All all => all.Of.SelectMany(Whens),
                When.Any any => any.Of.SelectMany(Whens),
                When.Unless unless => Whens(unless.Of),
                When.Channels channels => Whens(channels.Of),
                _ => [],
            }
        );
}
