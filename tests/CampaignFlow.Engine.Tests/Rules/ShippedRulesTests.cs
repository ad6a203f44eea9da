using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

public class ShippedRulesTests
{
    public static TheoryData<string> RuleNames =>
        [.. Directory.GetFiles(Repository.Path("rules"), "*.yaml").Select(f => Path.GetFileName(f)!).Where(f => !RuleSet.IsCases(f))];

    public static TheoryData<string, string, int> Readme
    {
        get
        {
            var data = new TheoryData<string, string, int>();
            foreach (var (kind, text, line) in GrammarPage.Blocks())
                data.Add(kind, text, line);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void A_shipped_rule_passes_its_own_examples(string name)
    {
        var (rule, problems) = RuleFile.Parse(File.ReadAllText(Repository.Path("rules", name)), name);
        Assert.Empty(problems);
        var cases = RuleSet.CasesOf(name);
        Assert.All(
            RuleCases.Run(rule!, File.ReadAllText(Repository.Path("rules", cases)), cases),
            c => Assert.True(c.Passed, $"{c.Name}: {c.Message}")
        );
        Assert.NotEqual(rule!.Title.En, rule.Title.Zh);
    }

    [Fact]
    public void The_catalogue_names_every_rule_and_every_handbook_sentence_once()
    {
        var page = File.ReadAllText(Repository.Path("rules", "README.md"));
        var catalogue = page[page.IndexOf("## The catalogue", StringComparison.Ordinal)..];
        foreach (var name in RuleNames.Select(n => Path.GetFileNameWithoutExtension(n.Data)))
            Assert.Contains($"`{name}`", catalogue, StringComparison.Ordinal);
        for (var number = 1; number <= 13; number++)
            Assert.Single(catalogue.Split('\n'), l => l.StartsWith($"| G{number:00} |", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Readme))]
    public void The_grammar_page_tells_the_truth(string kind, string text, int line)
    {
        var lines = GrammarPage.Lines(text);
        switch (kind.Split(' '))
        {
            case ["yaml"]:
                Assert.Empty(RuleFile.Parse(text, $"README.md, line {line}").Problems);
                break;
            case ["conditions", var subject]:
                Assert.All(
                    lines,
                    l => Assert.Empty(Formula.Condition(l, RuleVocabulary.For(Enum.Parse<ForEach>(subject, ignoreCase: true))).Problems)
                );
                break;
            case ["then", var subject]:
                Assert.All(lines, l => Assert.Empty(RuleFile.Parse(Whole(subject, $"then:\n  - {l}"), "README.md").Problems));
                break;
            case ["when", var subject]:
                Assert.All(
                    lines,
                    l =>
                        Assert.Empty(
                            RuleFile.Parse(GrammarPage.File(subject, $"when:\n  {l}", "then: { notify: me }"), "README.md").Problems
                        )
                );
                break;
            case ["check"]:
                Assert.All(
                    lines,
                    l => Assert.Empty(RuleFile.Parse(Whole("campaign", $"then: {{ notify: me }}\ncheck: {l}"), "README.md").Problems)
                );
                break;
            case ["guard"]:
                Assert.All(
                    lines,
                    l => Assert.Empty(RuleFile.Parse(Whole("channel", $"then: {{ pause: channel }}\nguard:\n  {l}"), "README.md").Problems)
                );
                break;
            case ["mode"]:
                Assert.All(
                    lines,
                    l => Assert.Empty(RuleFile.Parse(Whole("channel", $"then: {{ pause: channel }}\nmode: {l}"), "README.md").Problems)
                );
                break;
            case ["cases"]:
                var rule = RuleFile.Parse(File.ReadAllText(Repository.Path("rules", "shift-to-winner.yaml")), "shift-to-winner.yaml").Rule!;
                Assert.All(RuleCases.Run(rule, text, "README.md"), c => Assert.True(c.Passed, c.Message));
                break;
            default:
                Assert.Fail($"A block of the kind '{kind}' is not tried out.");
                break;
        }
    }

    [Theory]
    [InlineData("kind: fired", "kind is blocked, expected fired")]
    [InlineData("kind: blocked, by: floor", "by is sample, expected floor")]
    [InlineData("kind: blocked, amuont: 5", "'amuont' is not a key known here; did you mean 'amount'?")]
    public void An_example_that_does_not_hold_fails_and_says_why(string expected, string message)
    {
        var rule = RuleFile.Parse(File.ReadAllText(Repository.Path("rules", "shift-to-winner.yaml")), "shift-to-winner.yaml").Rule!;
        var text = $$"""
            cases:
              - name: too few
                channels:
                  poor: { budget: 100, spend: 90, revenue: 60, conversions: 2 }
                  good: { budget: 100, spend: 95, revenue: 380, conversions: 16 }
                expect:
                  - { loser: poor, {{expected}} }
            """;
        var result = Assert.Single(RuleCases.Run(rule, text, "x.cases.yaml"));
        Assert.False(result.Passed);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
    }

    private static string Whole(string subject, string rest) => GrammarPage.File(subject, "when: " + GrammarPage.Plain(subject), rest);
}
