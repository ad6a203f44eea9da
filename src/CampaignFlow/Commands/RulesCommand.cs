using System.CommandLine;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Rules;
using CampaignFlow.Storage;

namespace CampaignFlow.Commands;

internal static class RulesCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("FILES")
        {
            Description = "Rule files, or folders of them; without any the folder of the product's rules",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var check = new Command("check", "Reads every rule and runs the cases beside it") { paths, CommandLine.Json };
        check.SetAction(parsed =>
        {
            var results = Check(parsed.GetValue(paths) is { Length: > 0 } given ? given : [RulesFolder]);
            if (parsed.GetValue(CommandLine.Json))
                CommandLine.Print(new { rules = results });
            else
                Show(results);
            return results.All(r => r.Good) ? 0 : 1;
        });
        return new Command("rules", "Optimisation rules")
        {
            check,
            ExplainCommand.Create(),
            RerunCommand.Create(),
            BacktestCommand.Create(),
        };
    }

    private static string RulesFolder => Environment.GetEnvironmentVariable("RulesFolder") is { Length: > 0 } set ? set : "rules";

    private static List<Checked> Check(string[] paths)
    {
        var files = paths.SelectMany(FilesOf).Distinct(StringComparer.Ordinal).ToList();
        var results = files[..Math.Min(files.Count, RuleSet.MostRules)].ConvertAll(CheckFile);
        if (files.Count > RuleSet.MostRules)
        {
            var first = Path.GetFileName(files[RuleSet.MostRules]);
            results.Add(new(first, null, null, [Place.Of(new(first, 0, 0, RuleSet.TooMany))], []));
        }
        // Marks bind rules together: what is wrong between them is told with the file it is wrong in.
        var between = RuleSet
            .MarkProblems([.. results.Select(r => r.Rule).OfType<Rule>()])
            .ToLookup(p => p.Subject, StringComparer.Ordinal);
        var whole = paths.Any(Directory.Exists);
        return whole
            ? results.ConvertAll(r => r.Rule is { } rule ? r with { Problems = [.. r.Problems, .. between[rule.Id].Select(Place.Of)] } : r)
            : results;
    }

    private static List<string> FilesOf(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new StartupRefusal($"There is no file or folder {path}.");
        var files = RuleText.FilesOf(path).ToList();
        return files.Count > 0 ? files : throw new StartupRefusal($"There are no rule files (*.yaml) in {path}.");
    }

    private static Checked CheckFile(string path)
    {
        var name = Path.GetFileName(path);
        var reading = RuleFile.Parse(RuleText.Read(path), name);
        if (reading.Rule is not { } rule)
            return new(name, null, null, [.. reading.Problems.Select(Place.Of)], []);
        var cases = Path.Combine(Path.GetDirectoryName(path)!, RuleSet.CasesOf(name));
        var ran = File.Exists(cases) ? RuleCases.Run(rule, RuleText.Read(cases), Path.GetFileName(cases)) : [];
        return new(name, rule.Sentence.En, rule.Sentence.Zh, [], [.. ran.Select(c => new CaseOutcome(c.Name, c.Passed, c.Message))])
        {
            Rule = rule,
        };
    }

    private static void Show(List<Checked> results)
    {
        foreach (var r in results)
        {
            Console.WriteLine($"{(r.Good ? "ok " : "BAD")}  {r.File}  {r.Sentence}");
            foreach (var problem in r.Problems)
                Console.WriteLine($"     {problem.File}({problem.Line},{problem.Column}): {problem.Message}");
            foreach (var c in r.Cases)
                Console.WriteLine($"     {(c.Passed ? "✓" : "✗")} {c.Name}{(c.Passed ? "" : ": " + c.Message)}");
        }
    }

    private sealed record Checked(
        string File,
        string? Sentence,
        string? SentenceZh,
        IReadOnlyList<Place> Problems,
        IReadOnlyList<CaseOutcome> Cases
    )
    {
        [System.Text.Json.Serialization.JsonIgnore]
        public Rule? Rule { get; init; }

        public bool Good => Problems.Count == 0 && Cases.All(c => c.Passed);
    }

    private sealed record CaseOutcome(string Name, bool Passed, string Message);
}

/// <summary>A problem as the command line's JSON prints it.</summary>
internal sealed record Place(string File, int Line, int Column, string Message, string? Subject)
{
    /// <summary>error, warning or note.</summary>
    public string Severity { get; init; } = "error";

    public string? Code { get; init; }
    public string? Cure { get; init; }
    public string? MessageZh { get; init; }

    public static Place Of(Problem problem) =>
        new(problem.File, problem.Line, problem.Column, problem.Text.En, problem.Subject)
        {
            Severity = problem.Severity.Word.En,
            Code = problem.Code,
            Cure = problem.Cure?.En,
            MessageZh = problem.Text.Zh,
        };
}
