using System.Globalization;

namespace CampaignFlow.Engine.Rules;

/// <param name="Message">What was expected and what came out, with the rule's own reason; empty when passed.</param>
public sealed record CaseResult(string Name, bool Passed, string Message);

/// <summary>
/// Runs the table of examples beside a rule: channel numbers of one day repeated over a flight, and the verdicts expected.
/// </summary>
public sealed class RuleCases
{
    private const int UsualDays = 28;
    private static readonly DateOnly Today = new(2026, 3, 29);

    private static readonly string[] CaseKeys =
    [
        "name",
        "currency",
        "flight budget",
        "reserve",
        "goals",
        "held",
        "days",
        "channels",
        "changes",
        "expect",
    ];

    private static readonly string[] ChannelKeys =
    [
        "budget",
        "floor",
        "ceiling",
        "shiftable",
        "active",
        "learning",
        "silent",
        "source",
        "spend",
        "revenue",
        "impressions",
        "clicks",
        "conversions",
        "leads",
    ];

    private static readonly string[] ChangeKeys = ["from", "to", "amount", "days ago", "waiting"];
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
            var verdicts = RuleEngine.Evaluate([rule with { Schedule = Schedule.Daily }], snapshot);
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

    private Snapshot Snapshot(Yaml.Map one)
    {
        var currency = one["currency"] is { } set ? Text(set) : "EUR";
        var days = one["days"] is { } length ? (int)Number(length) : UsualDays;
        long Minor(Yaml node) => Money.FromUnits(Number(node), currency).Minor;
        var channels = Map(one["channels"] ?? throw Bad(one, "a case needs 'channels'"))
            .Entries.Select(e => Channel(e.Key.Text, Map(e.Value, ChannelKeys), days, Minor))
            .ToList();
        return new()
        {
            Campaign = "case",
            Currency = currency,
            Now = new(Today.ToDateTime(new TimeOnly(9, 0)), TimeSpan.Zero),
            Today = Today,
            FlightStart = Today.AddDays(-days),
            FlightEnd = Today.AddDays(days),
            FlightBudgetMinor = one["flight budget"] is { } budget ? Minor(budget) : null,
            ReserveMinor = one["reserve"] is { } reserve ? Minor(reserve) : null,
            BudgetsHeld = one["held"] is { } held && YesNo(held),
            Goals = one["goals"] is { } goals
                ? Map(goals)
                    .Entries.ToDictionary(
                        g => g.Key.Text,
                        g => g.Key.Text is "roas" or "roi" or "ctr" or "cvr" ? (double)Number(g.Value) : Minor(g.Value)
                    )
                : new Dictionary<string, double>(),
            Channels = channels,
            Changes = one["changes"] is { } changes ? [.. List(changes).Select(c => Change(Map(c, ChangeKeys), Minor))] : [],
        };
    }

    private ChannelState Channel(string code, Yaml.Map map, int days, Func<Yaml, long> minor)
    {
        long? Money(string key) => map[key] is { } node ? minor(node) : null;
        decimal? Amount(string key) => map[key] is { } node ? Number(node) : null;
        bool Flag(string key, bool usual) => map[key] is { } node ? YesNo(node) : usual;
        var silent = map["silent"] is { } node
            ? int.TryParse(Text(node).TrimEnd('d'), CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Bad(node, "'silent' takes days such as 2d")
            : 0;
        var budget = Money("budget") ?? throw Bad(map, $"channel '{code}' needs a budget");
        var facts = Enumerable
            .Range(0, Math.Max(0, days - silent))
            .Select(i => new DayFact(
                Today.AddDays(i - days),
                Money("spend"),
                Money("revenue"),
                (long?)Amount("impressions"),
                (long?)Amount("clicks"),
                (double?)Amount("conversions"),
                (double?)Amount("leads")
            ))
            .ToList();
        var (floor, ceiling) = (Money("floor") ?? 0, Money("ceiling") ?? budget * 10);
        return new(code, code, budget, floor, ceiling, Flag("shiftable", true), Flag("active", true), facts)
        {
            Learning = Flag("learning", false),
            Source = map["source"] is { } source ? Text(source) : null,
        };
    }

    private BudgetChange Change(Yaml.Map map, Func<Yaml, long> minor) =>
        new(
            rule.Id,
            map["from"] is { } from ? Text(from) : null,
            map["to"] is { } to ? Text(to) : null,
            map["amount"] is { } amount ? minor(amount) : 0,
            Today.AddDays(map["days ago"] is { } ago ? -(int)Number(ago) : 0),
            map["waiting"] is { } waiting && YesNo(waiting)
        );

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
                "amount" => verdict.Actions.OfType<RuleAction.Shift>().FirstOrDefault() is { } shift
                    ? new Money(shift.AmountMinor, currency).Units.ToString("0.##", CultureInfo.InvariantCulture)
                    : "nothing",
                var role => verdict.Subject.GetValueOrDefault(role, "nobody"),
            };
            if (found != Text(value))
                return $"{place}: {key.Text} is {found}, expected {Text(value)} ({verdict.Why.En})";
        }
        return null;
    }

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
