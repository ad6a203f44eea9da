using System.Globalization;
using CampaignFlow.Engine.Rules.Machine;

namespace CampaignFlow.Engine.Rules;

/// <param name="Message">What was expected and what came out, with the rule's own reason; empty when passed.</param>
public sealed record CaseResult(string Name, bool Passed, string Message);

/// <summary>
/// Runs the table of examples beside a rule: channel numbers of one day repeated over a flight, and the verdicts expected.
/// </summary>
public sealed partial class RuleCases
{
    private static readonly string[] ExpectKeys = ["loser", "winner", "channel", "kind", "amount", "by"];

    private readonly string file;
    private readonly Rule rule;

    private RuleCases(Rule rule, string file) => (this.rule, this.file) = (rule, file);

    /// <summary>One result a case; a table that cannot be read is one failed result that says where.</summary>
    public static IReadOnlyList<CaseResult> Run(Rule rule, string casesText, string fileName)
    {
        var (root, problem) = Yaml.Read(casesText, fileName);
        if (problem is not null)
            return [new(fileName, false, problem.ToString())];
        if (root is not Yaml.Map map || map["cases"] is not Yaml.List { Items.Count: > 0 } cases)
            return [new(fileName, false, $"{fileName}: a table of examples has the key 'cases' and a list under it")];
        var runner = new RuleCases(rule, fileName);
        return [.. cases.Items.Select(runner.Run)];
    }

    private CaseResult Run(Yaml node)
    {
        var name = node is Yaml.Map named && named["name"] is Yaml.Scalar words ? words.Text : $"line {node.Line}";
        try
        {
            var one = Map(node, CaseKeys);
            var snapshot = Snapshot(one);
            // An example has no weekday: it shows the rule on a day on which it is due.
            var due = rule with
            {
                Schedule = Schedule.Daily,
            };
            var verdicts = RuleEngine.Evaluate(
                rule.ForEach == ForEach.Portfolio ? RuleNetwork.OfPortfolios([due]) : RuleNetwork.OfCampaigns([due]),
                snapshot,
                Marks(one)
            );
            var misses = List(one["expect"] ?? throw Bad(node, "a case needs 'expect'"))
                .Select(e => Miss(Map(e, ExpectKeys), verdicts, snapshot.Currency))
                .OfType<string>();
            var message = string.Join("; ", misses);
            return new(name, message.Length == 0, message);
        }
        catch (FormatException error)
        {
            return new(name, false, error.Message);
        }
    }

    private string? Miss(Yaml.Map expected, IReadOnlyList<Verdict> verdicts, string currency)
    {
        var subject = expected.Entries.FirstOrDefault(e => e.Key.Text is "loser" or "channel");
        var verdict = subject.Value is null
            ? verdicts.Count > 0
                ? verdicts[0]
                : null
            : verdicts.FirstOrDefault(v => v.Subject.GetValueOrDefault(subject.Key.Text) == Text(subject.Value));
        var place = $"{file}({expected.Line},{expected.Column})";
        if (verdict is null)
            return $"{place}: no verdict for this subject";
        foreach (var (key, value) in expected.Entries)
        {
            var found = key.Text switch
            {
                "kind" => Kind(verdict.Kind),
                "by" => verdict.BlockedBy ?? "nothing",
                "amount" => verdict.Actions.Select(Moved).FirstOrDefault(m => m is not null) is { } moved
                    ? new Money(moved, currency).Units.ToString("0.##", CultureInfo.InvariantCulture)
                    : "nothing",
                var role => verdict.Subject.GetValueOrDefault(role, "nobody"),
            };
            if (found != Text(value))
                return $"{place}: {key.Text} is {found}, expected {Text(value)} ({verdict.Why.En})";
        }
        return null;
    }

    private static long? Moved(RuleAction action) =>
        action switch
        {
            RuleAction.Shift shift => shift.AmountMinor,
            RuleAction.Lift lift => lift.AmountMinor,
            RuleAction.Cut cut => cut.AmountMinor,
            RuleAction.Revert revert => revert.AmountMinor,
            _ => null,
        };

    private static string Kind(VerdictKind kind) => kind == VerdictKind.NotFired ? "not fired" : kind.ToString().ToLowerInvariant();

    private Yaml.Map Map(Yaml node, string[]? keys = null)
    {
        if (node is not Yaml.Map map)
            throw Bad(node, "expected keys and values here");
        if (keys is not null && map.Entries.FirstOrDefault(e => !keys.Contains(e.Key.Text)).Key is { } stray)
            throw Bad(
                stray,
                $"'{stray.Text}' is not a key known here{Expressions.Nearest.Ask(stray.Text, keys).En}; known: {string.Join(", ", keys)}"
            );
        return map;
    }

    private IReadOnlyList<Yaml> List(Yaml node) => node is Yaml.List list ? list.Items : throw Bad(node, "expected a list here");

    private string Text(Yaml node) => node is Yaml.Scalar scalar ? scalar.Text : throw Bad(node, "expected a text here");

    private decimal Number(Yaml node) =>
        decimal.TryParse(Text(node), NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Bad(node, $"expected a number, found '{Text(node)}'");

    private bool YesNo(Yaml node) =>
        Text(node) switch
        {
            "true" => true,
            "false" => false,
            var other => throw Bad(node, $"expected true or false, found '{other}'"),
        };

    private FormatException Bad(Yaml node, string message) => new($"{file}({node.Line},{node.Column}): {message}");
}
