namespace CampaignFlow.Engine.Rules;

/// <summary>The rules of a folder: those that could be read, and what is wrong with the others.</summary>
public sealed record RuleSet(IReadOnlyList<Rule> Rules, IReadOnlyList<Problem> Problems)
{
    private const string CasesEnding = ".cases";

    /// <summary>True for the table of examples that lies beside a rule.</summary>
    public static bool IsCases(string fileName) =>
        Path.GetFileNameWithoutExtension(fileName).EndsWith(CasesEnding, StringComparison.Ordinal);

    /// <summary>The name of the file with the examples of a rule.</summary>
    public static string CasesOf(string ruleFile) => Path.GetFileNameWithoutExtension(ruleFile) + CasesEnding + ".yaml";

    /// <summary>A bad file does not keep the good ones from working. Files that are not YAML, and cases, are skipped.</summary>
    public static RuleSet Load(IEnumerable<(string Name, string Text)> files)
    {
        var rules = new List<Rule>();
        var problems = new List<Problem>();
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, text) in files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            if (Path.GetExtension(name) is not (".yaml" or ".yml") || IsCases(name))
                continue;
            var (rule, found) = RuleFile.Parse(text, name);
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
        return new(rules, problems);
    }
}
