using System.CommandLine;
using System.Globalization;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Rules.Lab;
using CampaignFlow.Storage;

namespace CampaignFlow.Commands;

/// <summary>What a rule would have done on a metrics file, with nothing but what was known each morning, and whether it may be published.</summary>
internal static class BacktestCommand
{
    private static readonly Argument<string> Rule = new("RULE") { Description = "A rule file, or the name of one in the folder of rules" };
    private static readonly Option<string> Metrics = new("--metrics")
    {
        Description = "Daily metrics of all channels, CSV",
        Required = true,
    };
    private static readonly Option<string> Folder = new("--rules")
    {
        Description = "Folder of the rules in force",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RulesFolder") ?? "rules",
    };
    private static readonly Option<string> Currency = new("--currency")
    {
        Description = "ISO code of the file's money",
        DefaultValueFactory = _ => "CNY",
    };
    private static readonly Option<bool> Alone = new("--alone") { Description = "Without the other rules in force" };
    private static readonly Option<double> Floor = new("--floor")
    {
        Description = "Part of its start budget that a channel keeps",
        DefaultValueFactory = _ => 0.5,
    };
    private static readonly Option<double> Ceiling = new("--ceiling")
    {
        Description = "Multiple of its start budget that a channel may reach",
        DefaultValueFactory = _ => 2,
    };
    private static readonly Option<double> Reserve = new("--reserve") { Description = "Part of the daily total kept as a reserve" };
    private static readonly Option<int> Lag = new("--lag") { Description = "Days that numbers come later than the next morning" };
    private static readonly Option<string[]> Goal = new("--goal") { Description = "NAME=VALUE, such as roas=1.5 or cpa=40" };

    public static Command Create()
    {
        var command = new Command("backtest", "Runs a rule over a metrics file as known then; exit code 1 when it may not be published")
        {
            Rule,
            Metrics,
            Folder,
            Currency,
            Alone,
            Floor,
            Ceiling,
            Reserve,
            Lag,
            Goal,
            CommandLine.Json,
        };
        command.SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var history = Read(parsed);
        var folder = parsed.GetRequiredValue(Folder);
        var rule = Parse(parsed.GetRequiredValue(Rule), folder);
        var others = parsed.GetValue(Alone) ? [] : InForce(folder);
        var report = RuleLab.Examine(rule, others, history, cancellationToken);
        var document = BacktestDocument.Of(report, history);
        if (parsed.GetValue(CommandLine.Json))
            CommandLine.Print(document);
        else
            BacktestText.Show(report, history);
        return report.MayPublish ? 0 : 1;
    }

    private static Rule Parse(string words, string folder)
    {
        var inFolder = Path.Combine(folder, words.EndsWith(".yaml", StringComparison.Ordinal) ? words : words + ".yaml");
        var path = File.Exists(words) ? words : inFolder;
        if (!File.Exists(path))
            throw new StartupRefusal($"There is no rule file {words}, and no rule of that name in {folder}.");
        var reading = RuleFile.Parse(RuleText.Read(path), Path.GetFileName(path));
        return reading.Rule ?? throw new StartupRefusal(string.Join(Environment.NewLine, reading.Problems));
    }

    private static IReadOnlyList<Rule> InForce(string folder) =>
        RuleSet.Load(RuleText.FilesOf(folder).Take(RuleSet.MostRules).Select(f => (Path.GetFileName(f), RuleText.Read(f)))).Rules;

    private static History Read(ParseResult parsed)
    {
        var (path, currency) = (parsed.GetRequiredValue(Metrics), parsed.GetRequiredValue(Currency));
        if (!File.Exists(path))
            throw new StartupRefusal($"There is no file {path}.");
        if (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
            throw new StartupRefusal($"'{currency}' is not a currency code such as CNY or EUR.");
        var (floor, ceiling, reserve, lag) = (
            parsed.GetValue(Floor),
            parsed.GetValue(Ceiling),
            parsed.GetValue(Reserve),
            parsed.GetValue(Lag)
        );
        if (floor is not (>= 0 and <= 1) || ceiling is not (>= 1 and <= 100) || reserve is not (>= 0 and <= 1) || lag is < 0 or > 60)
            throw new StartupRefusal("--floor and --reserve go from 0 to 1, --ceiling from 1 to 100, --lag from 0 to 60.");
        using var stream = File.OpenRead(path);
        var file = MetricsFile.Read(stream, Path.GetFileName(path), new() { Currency = currency });
        var assumed = new FileAssumptions(floor, ceiling, reserve, lag) { Goals = Goals(parsed.GetValue(Goal) ?? [], currency) };
        var (history, refusal) = HistoryOfFile.Of(file, currency, assumed);
        return history ?? throw new StartupRefusal(refusal!.Value.En);
    }

    private static Dictionary<string, double> Goals(string[] given, string currency)
    {
        var goals = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var one in given)
        {
            if (
                one.Split('=', 2) is not [var name, var text]
                || MetricBook.Standard.Terms.FirstOrDefault(t => t.Name == name) is not { } term
                || !decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            )
                throw new StartupRefusal($"--goal '{one}' is not NAME=VALUE with a known metric, such as roas=1.5.");
            goals[name] = term.Unit == Engine.Expressions.Unit.Money ? Money.FromUnits(value, currency).Minor : (double)value;
        }
        return goals;
    }
}
