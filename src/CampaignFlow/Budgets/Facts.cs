using CampaignFlow.Storage;

namespace CampaignFlow.Budgets;

/// <summary>A shift came to rest, or a rolled-back one was undone: <paramref name="State"/> says how.</summary>
/// <param name="Key">The proposal's key: <c>decision:KEY</c> when a rule proposed it.</param>
public sealed record ShiftSettled(Guid CampaignId, Guid ShiftId, Guid? DecisionId, string Key, ShiftState State) : IFact;
