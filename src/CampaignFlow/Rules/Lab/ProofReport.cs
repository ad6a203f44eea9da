using System.Text.Json;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules.Lab;

namespace CampaignFlow.Rules.Lab;

/// <param name="Growth">The largest daily total over the first, with nothing but the rule's own words to limit it.</param>
public sealed record FreeGrowth(double Growth, int Changes);

/// <summary>What a proof keeps of a backtest.</summary>
public sealed record ProofReport(
    int HistoryDays,
    BacktestReport With,
    BacktestReport Before,
    FreeGrowth? Free,
    IReadOnlyList<Problem> Findings
)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { IgnoreReadOnlyProperties = true };

    public static ProofReport Of(LabReport report, History history) =>
        new(
            history.Days,
            report.With,
            report.Before,
            report.Free is { } free ? new(free.Growth, free.Moves.Count()) : null,
            report.Findings
        );

    public string Write() => JsonSerializer.Serialize(this, Json);

    public static ProofReport Read(string json) => JsonSerializer.Deserialize<ProofReport>(json, Json)!;
}
