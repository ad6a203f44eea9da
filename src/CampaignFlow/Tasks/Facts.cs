using CampaignFlow.Storage;

namespace CampaignFlow.Tasks;

/// <param name="By">The person's name, or the reason when nobody decided.</param>
public sealed record ApprovalDecided(
    Guid ApprovalId,
    Guid CampaignId,
    string Kind,
    string? Stage,
    Guid? ShiftId,
    ApprovalState State,
    string By
) : IFact;

public sealed record ApprovalOpened(Guid ApprovalId) : IFact;

public sealed record TaskOpened(Guid TaskId) : IFact;

public sealed record TaskDone(Guid TaskId, Guid CampaignId, string? Stage) : IFact;
