using System.Globalization;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>The world of an example: numbers of one day repeated over a flight, with what was different of late.</summary>
public sealed partial class RuleCases
{
    private const int UsualDays = 28;
    private const int LongestFlight = 1_000;
    private const string Yesterday = "yesterday";
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
        "days left",
        "channels",
        "campaign",
        "marks",
        "changes",
        "expect",
    ];

    /// <summary>Reported metrics by name; ratios follow from them.</summary>
    private static readonly Dictionary<string, Term> Reported = MetricBook
        .Standard.Terms.Where(t => t.Parts is null)
        .ToDictionary(t => t.Name, StringComparer.Ordinal);

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
        "swing",
        .. Reported.Keys,
    ];

    private static readonly string[] ChangeKeys = ["from", "to", "amount", "days ago", "waiting"];

    private Snapshot Snapshot(Yaml.Map one)
    {
        var currency = one["currency"] is { } set ? Text(set) : "EUR";
        var days = one["days"] is { } length ? Count(length, LongestFlight) : UsualDays;
        var left = one["days left"] is { } rest ? Count(rest, LongestFlight) : days;
        long Minor(Yaml node) => Money.FromUnits(Number(node), currency).Minor;
        var channels = Map(one["channels"] ?? throw Bad(one, "a case needs 'channels'"))
            .Entries.Select(e => Channel(e.Key.Text, Map(e.Value), days, Minor))
            .ToList();
        return new()
        {
            Campaign = "case",
            Currency = currency,
            Now = new(Today.ToDateTime(new TimeOnly(9, 0)), TimeSpan.Zero),
            Today = Today,
            FlightStart = Today.AddDays(-days),
            FlightEnd = Today.AddDays(left),
            FlightBudgetMinor = one["flight budget"] is { } budget ? Minor(budget) : null,
            ReserveMinor = one["reserve"] is { } reserve ? Minor(reserve) : null,
            BudgetsHeld = one["held"] is { } held && YesNo(held),
            Goals = one["goals"] is { } goals ? Goals(Map(goals), Minor) : new Dictionary<string, double>(),
            Channels = channels,
            Days = one["campaign"] is { } whole ? Days(Known(Map(whole), []), days, 0, Minor) : [],
            Changes = one["changes"] is { } changes ? [.. List(changes).Select(c => Change(Map(c, ChangeKeys), Minor))] : [],
        };
    }

    private Dictionary<string, double> Goals(Yaml.Map map, Func<Yaml, long> minor) =>
        map.Entries.ToDictionary(
            g => g.Key.Text,
            g =>
                MetricBook.Standard.Terms.FirstOrDefault(t => t.Name == g.Key.Text) switch
                {
                    null => throw Bad(g.Key, $"'{g.Key.Text}' is not a metric known here"),
                    { Unit: Unit.Money } => minor(g.Value),
                    _ => (double)Number(g.Value),
                },
            StringComparer.Ordinal
        );

    private ChannelState Channel(string code, Yaml.Map map, int days, Func<Yaml, long> minor)
    {
        Known(map, ChannelKeys);
        long? Money(string key) => map[key] is { } node ? minor(node) : null;
        bool Flag(string key, bool usual) => map[key] is { } node ? YesNo(node) : usual;
        var silent = map["silent"] is { } node ? Ago(node, Text(node)) : 0;
        var budget = Money("budget") ?? throw Bad(map, $"channel '{code}' needs a budget");
        var (floor, ceiling) = (Money("floor") ?? 0, Money("ceiling") ?? budget * 10);
        return new(code, code, budget, floor, ceiling, Flag("shiftable", true), Flag("active", true), Days(map, days, silent, minor))
        {
            Learning = Flag("learning", false),
            Source = map["source"] is { } source ? Text(source) : null,
        };
    }

    private DayFact[] Days(Yaml.Map map, int days, int silent, Func<Yaml, long> minor)
    {
        // The latest first: what was different yesterday comes before what was different this week.
        var lately = map
            .Entries.Where(e => IsLately(e.Key.Text))
            .Select(e =>
                (Ago: e.Key.Text == Yesterday ? 1 : Ago(e.Key, e.Key.Text["last ".Length..]), Map: Map(e.Value, [.. Reported.Keys]))
            )
            .OrderBy(l => l.Ago)
            .ToList();
        var swing = map["swing"] is { } percent ? Swing(percent) : 0;
        return
        [
            .. Enumerable
                .Range(0, Math.Max(0, days - silent))
                .Select(i => days - i)
                .Select(ago =>
                    Day(ago, [.. lately.Where(l => l.Ago >= ago).Select(l => l.Map), map], ago / 7 % 2 == 0 ? 1 : 1 + swing, minor)
                ),
        ];
    }

    private DayFact Day(int ago, List<Yaml.Map> maps, double factor, Func<Yaml, long> minor)
    {
        double? Value(string metric) =>
            maps.Select(m => m[metric]).FirstOrDefault(v => v is not null) is { } node
                ? factor * Read(Reported[metric], node, minor)
                : null;
        var more = Reported
            .Keys.Where(m => !Usual.Contains(m))
            .Select(m => (Name: m, Value: Value(m)))
            .Where(m => m.Value is not null)
            .ToDictionary(m => m.Name, m => m.Value!.Value, StringComparer.Ordinal);
        return new(
            Today.AddDays(-ago),
            (long?)Value("spend"),
            (long?)Value("revenue"),
            (long?)Value("impressions"),
            (long?)Value("clicks"),
            Value("conversions"),
            Value("leads")
        )
        {
            More = more.Count > 0 ? more : null,
        };
    }

    private static readonly string[] Usual = ["spend", "revenue", "impressions", "clicks", "conversions", "leads"];

    private double Read(Term metric, Yaml node, Func<Yaml, long> minor) =>
        metric.Unit switch
        {
            Unit.Money => minor(node),
            Unit.Duration => Hours(node),
            _ => (double)Number(node),
        };

    /// <summary>Durations are written as in conditions and reported in hours.</summary>
    private double Hours(Yaml node)
    {
        var text = Text(node);
        var hours = text[^1] switch
        {
            's' => 1 / 3600d,
            'm' => 1 / 60d,
            'h' => 1,
            'd' => 24,
            _ => double.NaN,
        };
        return double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && hours > 0
            ? number * hours
            : throw Bad(node, $"expected a duration such as 3s, 4h or 2d, found '{text}'");
    }

    private double Swing(Yaml node) =>
        Text(node) is var text
        && text.EndsWith('%')
        && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            ? percent / 100
            : throw Bad(node, "'swing' takes a percentage such as 10%: every second week is so much higher");

    private static bool IsLately(string key) => key == Yesterday || key.StartsWith("last ", StringComparison.Ordinal);

    private Yaml.Map Known(Yaml.Map map, string[] keys)
    {
        _ = Map(map with { Entries = [.. map.Entries.Where(e => !IsLately(e.Key.Text))] }, [.. keys, .. Reported.Keys]);
        return map;
    }

    private int Ago(Yaml node, string text) =>
        int.TryParse(text.TrimEnd('d'), NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            ? days
            : throw Bad(node, $"expected days such as 2d, found '{text}'");

    private int Count(Yaml node, int most) =>
        Number(node) is var number && number >= 1 && number <= most
            ? (int)number
            : throw Bad(node, $"expected days from 1 to {most}, found '{Text(node)}'");

    private BudgetChange Change(Yaml.Map map, Func<Yaml, long> minor) =>
        new(
            rule.Id,
            map["from"] is { } from ? Text(from) : null,
            map["to"] is { } to ? Text(to) : null,
            map["amount"] is { } amount ? minor(amount) : 0,
            Today.AddDays(map["days ago"] is { } ago ? -(int)Number(ago) : 0),
            map["waiting"] is { } waiting && YesNo(waiting)
        );

    /// <summary>What other rules have marked: a channel's word, or the campaign's.</summary>
    private Marks Marks(Yaml.Map one)
    {
        var marks = new Marks();
        if (one["marks"] is not { } node)
            return marks;
        foreach (var (who, word) in Map(node).Entries)
            marks.Set(who.Text == "campaign" ? "" : who.Text, Text(word), "case");
        foreach (var word in rule.Reads)
            marks.Tell(word);
        return marks;
    }
}
