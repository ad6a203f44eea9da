namespace CampaignFlow.Engine.Rules;

/// <summary>The rules of a folder: those that could be read, and what is wrong with the others.</summary>
public sealed record RuleSet(IReadOnlyList<Rule> Rules, IReadOnlyList<Problem> Problems)
{
    private const string CasesEnding = ".cases";

    /// <summary>More could not be read by anybody.</summary>
    public const int MostRules = 200;

    /// <summary>True for the table of examples that lies beside a rule.</summary>
    public static bool IsCases(string fileName) =>
        Path.GetFileNameWithoutExtension(fileName).EndsWith(CasesEnding, StringComparison.Ordinal);

    /// <summary>The name of the file with the examples of a rule.</summary>
    public static string CasesOf(string ruleFile) => Path.GetFileNameWithoutExtension(ruleFile) + CasesEnding + ".yaml";

    /// <summary>A bad file does not keep the good ones from working. Files that are not YAML, and cases, are skipped.</summary>
    /// <param name="book">The metrics that rules may name; null: the standard ones.</param>
    public static RuleSet Load(IEnumerable<(string Name, string Text)> files, MetricBook? book = null)
    {
        var rules = new List<Rule>();
        var problems = new List<Problem>();
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, text) in files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            if (Path.GetExtension(name) is not (".yaml" or ".yml") || IsCases(name))
                continue;
            if (seen.Count >= MostRules)
            {
                problems.Add(new(name, 0, 0, TooMany));
                break;
            }
            var (rule, found) = RuleFile.Parse(text, name, book);
            problems.AddRange(found);
            if (rule is null)
                continue;
            if (seen.TryAdd(rule.Id, name))
                rules.Add(rule);
            else
                problems.Add(
                    new(name, 0, 0, new($"the rule '{rule.Id}' is also in {seen[rule.Id]}", $"规则“{rule.Id}”与 {seen[rule.Id]} 重名"))
                );
        }
        return Marked(rules, problems);
    }

    /// <summary>The sentence for a folder with more rules than anybody can oversee; those beyond are not used.</summary>
    public static Phrase TooMany { get; } =
        new(
            $"there are more than {MostRules} rules; this one and all after it by name are not used",
            $"规则超过 {MostRules} 条；按名称排序，此文件及其后的规则不生效"
        );

    /// <summary>Leaves out rules whose marks go in a circle or that read a mark nobody sets.</summary>
    private static RuleSet Marked(List<Rule> rules, List<Problem> problems)
    {
        problems.AddRange(MarkProblems(rules));
        var bad = problems.Select(p => p.Subject).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return new([.. rules.Where(r => !bad.Contains(r.Id))], problems);
    }

    /// <summary>What is wrong between the rules rather than in one of them.</summary>
    public static IEnumerable<Problem> MarkProblems(IReadOnlyList<Rule> rules)
    {
        foreach (var circle in RuleOrder.Of(rules).Circles)
        foreach (var rule in circle.OrderBy(r => r.Id, StringComparer.Ordinal))
            yield return new(rule.Id + ".yaml", 0, 0, RuleOrder.Name(circle)) { Subject = rule.Id };
        var words = rules.SelectMany(r => r.Sets).ToHashSet(StringComparer.Ordinal);
        foreach (var rule in rules)
        foreach (var word in rule.Reads.Where(w => !words.Contains(w)))
        {
            var hint = Expressions.Nearest.Ask(word, words);
            yield return new(rule.Id + ".yaml", 0, 0, new($"no rule marks '{word}'{hint.En}", $"没有规则标记“{word}”{hint.Zh}"))
            {
                Subject = rule.Id,
            };
        }
    }
}
