using CampaignFlow.Engine;

namespace CampaignFlow.Workflows;

/// <summary>A run for machines: the answer of <c>/api/runs</c> and of <c>workflows runs --json</c>.</summary>
/// <param name="Campaign">Its code; null for runs without one.</param>
/// <param name="Says">How it stands and what it waits for, in both languages.</param>
public sealed record RunReport(
    Guid Id,
    string Workflow,
    int Version,
    string? Campaign,
    string Status,
    Phrase Says,
    DateTimeOffset StartedAt,
    DateTimeOffset ChangedAt,
    DateTimeOffset? FinishedAt
)
{
    public static RunReport Of(RunLine line) =>
        new(
            line.Run.Id,
            line.Run.DefinitionId,
            line.Version,
            line.Campaign?.Code,
            line.Run.Status.ToString(),
            line.Says,
            line.Run.CreatedAt,
            line.Run.UpdatedAt,
            line.Run.FinishedAt
        );
}
