using System.CommandLine;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;

namespace CampaignFlow.Commands;

internal static class RulesCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of rule files" };
        var check = new Command("check", "Reads every rule and runs the cases beside it") { folder, CommandLine.Json };
        check.SetAction(parsed =>
        {
            var results = Check(parsed.GetRequiredValue(folder));
            if (parsed.GetValue(CommandLine.Json))
                CommandLine.Print(new { rules = results });
            else
                Show(results);
            return results.All(r => r.Good) ? 0 : 1;
        });
        return new Command("rules", "Optimisation rules") { check, BacktestCommand.Create() };
    }

    private static List<Checked> Check(string folder)
    {
        if (!Directory.Exists(folder))
            throw new StartupRefusal($"There is no folder {folder}.");
        var files = Directory
            .GetFiles(folder, "*.yaml")
            .Where(f => !RuleSet.IsCases(Path.GetFileName(f)))
            .Order(StringComparer.Ordinal)
            .ToList();
        return files.Count == 0 ? throw new StartupRefusal($"There are no rule files (*.yaml) in {folder}.") : files.ConvertAll(CheckFile);
    }

    private static Checked CheckFile(string path)
    {
        var name = Path.GetFileName(path);
        var reading = RuleFile.Parse(File.ReadAllText(path), name);
        if (reading.Rule is not { } rule)
            return new(name, null, [.. reading.Problems.Select(Place.Of)], []);
        var cases = Path.Combine(Path.GetDirectoryName(path)!, RuleSet.CasesOf(name));
        var ran = File.Exists(cases) ? RuleCases.Run(rule, File.ReadAllText(cases), Path.GetFileName(cases)) : [];
        return new(name, rule.Sentence.En, [], [.. ran.Select(c => new CaseOutcome(c.Name, c.Passed, c.Message))]);
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

    private sealed record Checked(string File, string? Sentence, IReadOnlyList<Place> Problems, IReadOnlyList<CaseOutcome> Cases)
    {
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
