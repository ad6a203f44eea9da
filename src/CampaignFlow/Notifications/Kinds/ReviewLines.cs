using CampaignFlow.Engine;

namespace CampaignFlow.Notifications.Kinds;

/// <param name="Owner">Who leads it: a role or a name.</param>
public sealed record AgendaItem(Phrase Title, int Minutes, Phrase Owner);

/// <summary>Money of the campaign at the time of the review.</summary>
/// <param name="Changed">True when the total was changed by people; shifts never change it.</param>
/// <param name="Shifts">Shifts applied since the last review.</param>
/// <param name="ShiftedPerDay">Their sum, as daily budget.</param>
public sealed record MoneyState(Money Total, bool Changed, Money? Spent, Money? ProjectedEnd, int Shifts, Money ShiftedPerDay)
{
    /// <summary>How many of the shifts can still be undone.</summary>
    public int Reversible { get; init; }

    /// <summary>Last day whose spend is in; null when none is.</summary>
    public DateOnly? AsOf { get; init; }
}

/// <summary>What rules did since the last review.</summary>
/// <param name="Regrets">Decisions that the final data no longer supports; null while nobody has judged them again.</param>
public sealed record AutomationState(int Executed, IReadOnlyList<(Phrase Reason, int Count)> Blocked, IReadOnlyList<Phrase>? Regrets);

/// <summary>Something the meeting, or the reader alone, has to decide.</summary>
public sealed record DecisionNeeded(Phrase Title, Phrase Why)
{
    public DateTimeOffset? DueAt { get; init; }
    public IReadOnlyList<NumberLine> Numbers { get; init; } = [];
    public IReadOnlyList<Offer> Offers { get; init; } = [];
}
