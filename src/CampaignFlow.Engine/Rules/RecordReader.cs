using System.Globalization;
using System.Text.Json;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Reads a record and refuses one that does not mean today what it meant then.</summary>
internal static class RecordReader
{
    public static (RuleRecord? Record, Phrase? Refusal) Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        var version = root.GetProperty("version").GetInt32();
        if (version != RuleRecord.Version)
            return (null, new($"records of version {version} cannot be read here", $"无法读取版本 {version} 的记录"));
        var book = root.TryGetProperty("metrics", out var metrics)
            ? MetricBook.Standard.With([.. metrics.EnumerateArray().Select(Metric)])
            : MetricBook.Standard;
        var rules = new List<Rule>();
        foreach (var one in root.GetProperty("rules").EnumerateArray())
        {
            var id = Text(one, "id");
            var (rule, problems) = RuleFile.Parse(Text(one, "text"), id + ".yaml", book);
            if (rule is null)
                return (
                    null,
                    new($"rule {id} cannot be read any more: {problems[0].Text.En}", $"规则 {id} 已无法读取：{problems[0].Text.Zh}")
                );
            if (rule.Hash != Text(one, "hash"))
                return (null, new($"the text of rule {id} is not the one that its hash was taken of", $"规则 {id} 的文本与哈希不符"));
            if (RecordWriter.Guards(rule.Guard) != Text(one, "guards"))
                return (null, new($"the usual guards of rule {id} have changed since", $"规则 {id} 的默认护栏已改变"));
            rules.Add(rule);
        }
        return (RuleRecord.Of(rules, Snapshot(root.GetProperty("snapshot")), book), null);
    }

    private static Snapshot Snapshot(JsonElement json) =>
        new()
        {
            Campaign = Text(json, "campaign"),
            Owner = Maybe(json, "owner"),
            Currency = Text(json, "currency"),
            Now = Instant(Text(json, "knownAt")),
            Today = Day(json, "today"),
            FlightStart = Day(json, "start"),
            FlightEnd = Day(json, "end"),
            FlightBudgetMinor = Whole(json, "budget"),
            ReserveMinor = Whole(json, "reserve"),
            BudgetsHeld = json.GetProperty("held").GetBoolean(),
            Goals = Named(json, "goals"),
            Limits = json.TryGetProperty("limits", out var limits)
                ? limits.EnumerateObject().ToDictionary(l => l.Name, l => GuardLimits.Read(l.Value), StringComparer.Ordinal)
                : new Dictionary<string, GuardLimits>(),
            Curve = json.TryGetProperty("curve", out var curve)
                ? new(
                    new(Text(curve, "en"), Text(curve, "zh")),
                    [.. curve.GetProperty("shares").EnumerateArray().Select(s => s.GetDouble())]
                )
                : null,
            Promotions =
            [
                .. json.GetProperty("promotions")
                    .EnumerateArray()
                    .Select(p => new Promotion(Text(p, "name"), Day(p, "first"), Day(p, "last"))),
            ],
            Changes =
            [
                .. json.GetProperty("changes")
                    .EnumerateArray()
                    .Select(c => new BudgetChange(
                        Text(c, "rule"),
                        Maybe(c, "from"),
                        Maybe(c, "to"),
                        c.GetProperty("amount").GetInt64(),
                        Day(c, "day"),
                        c.GetProperty("waiting").GetBoolean()
                    )
                    {
                        Reverted = c.GetProperty("reverted").GetBoolean(),
                    }),
            ],
            Days = Days(json),
            Channels = [.. json.GetProperty("channels").EnumerateArray().Select(Channel)],
        };

    private static ChannelState Channel(JsonElement json) =>
        new(
            Text(json, "code"),
            Text(json, "name"),
            json.GetProperty("budget").GetInt64(),
            json.GetProperty("floor").GetInt64(),
            json.GetProperty("ceiling").GetInt64(),
            json.GetProperty("shiftable").GetBoolean(),
            json.GetProperty("active").GetBoolean(),
            Days(json)
        )
        {
            Learning = json.GetProperty("learning").GetBoolean(),
            Source = Maybe(json, "source"),
            Goals = Named(json, "goals"),
        };

    private static List<DayFact> Days(JsonElement json) =>
        [
            .. json.GetProperty("days")
                .EnumerateArray()
                .Select(d => new DayFact(
                    Day(d, "day"),
                    Whole(d, "spend"),
                    Whole(d, "revenue"),
                    Whole(d, "impressions"),
                    Whole(d, "clicks"),
                    Number(d, "conversions"),
                    Number(d, "leads")
                )
                {
                    KnownAt = Maybe(d, "knownAt") is { } at ? Instant(at) : null,
                    More = d.TryGetProperty("more", out _) ? Named(d, "more") : null,
                }),
        ];

    private static Term Metric(JsonElement json) =>
        new(Text(json, "name"), Enum.Parse<Unit>(Text(json, "unit")), new(Text(json, "en"), Text(json, "zh")))
        {
            Windowed = true,
            Additive = json.GetProperty("additive").GetBoolean(),
            Percent = json.GetProperty("percent").GetBoolean(),
            Better = Enum.Parse<Better>(Text(json, "better")),
            Over = Enum.Parse<OverDays>(Text(json, "over")),
            Parts = Maybe(json, "above") is { } above
                ? new(above, Text(json, "below"), json.GetProperty("factor").GetDouble(), Maybe(json, "less"))
                : null,
        };

    private static Dictionary<string, double> Named(JsonElement json, string name) =>
        json.GetProperty(name).EnumerateObject().ToDictionary(p => p.Name, p => Double(p.Value), StringComparer.Ordinal);

    private static double Double(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetDouble();

    private static double? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? Double(value) : null;

    private static long? Whole(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt64() : null;

    private static string? Maybe(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is empty");

    private static DateOnly Day(JsonElement json, string name) =>
        DateOnly.ParseExact(Text(json, name), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset Instant(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
