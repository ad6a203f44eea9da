using System.Text.Json;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Reads what <see cref="VerdictWriter"/> wrote of verdicts that asked for nothing.</summary>
internal static class VerdictReader
{
    public static IReadOnlyList<Verdict> Silent(ReadOnlyMemory<byte> verdicts)
    {
        using var document = JsonDocument.Parse(verdicts);
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Select(v => (Json: v, Kind: Enum.Parse<VerdictKind>(Text(v, "kind"))))
                .Where(v => v.Kind is VerdictKind.NotFired or VerdictKind.Unknown)
                .Select(v => Read(v.Json, v.Kind)),
        ];
    }

    private static Verdict Read(JsonElement json, VerdictKind kind) =>
        new()
        {
            Rule = Text(json, "rule"),
            RuleHash = Text(json, "hash"),
            Subject = json.GetProperty("subject").EnumerateObject().ToDictionary(s => s.Name, s => s.Value.GetString()!),
            Kind = kind,
            BlockedBy = json.TryGetProperty("by", out var by) ? by.GetString() : null,
            Why = Said(json.GetProperty("why")),
            Mode = Text(json, "mode") == "observe" ? new Mode.Observe() : new Mode.Ask(),
            Clauses = [.. json.GetProperty("clauses").EnumerateArray().Select(Clause)],
            Actions = [],
        };

    private static Clause Clause(JsonElement json) =>
        new(
            Text(json, "text"),
            json.TryGetProperty("holds", out var holds) ? holds.GetBoolean() : null,
            Number(json, "left"),
            Number(json, "right"),
            Number(json, "gap"),
            Said(json.GetProperty("sentence"))
        )
        {
            Outlook = json.TryGetProperty("outlook", out var outlook) ? Said(outlook) : null,
        };

    private static double? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetDouble() : null;

    private static Phrase Said(JsonElement json) => new(Text(json, "en"), Text(json, "zh"));

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is empty");
}
