using CampaignFlow.Budgets;

namespace CampaignFlow.Books;

/// <summary>A channel whose platform still has to be told: its budget moved, and no whole day under the new one has come in yet.</summary>
public sealed record ToSet(ChannelLine Line, IReadOnlyList<BudgetShift> Shifts)
{
    public static IReadOnlyList<ToSet> Of(BudgetView view)
    {
        var open = view.Shifts.Where(s => s.IsConfirmed == false).Select(s => s.Shift).ToList();
        return
        [
            .. view
                .Channels.Select(c => new ToSet(c, [.. open.Where(s => s.From == c.Channel.Code || s.To == c.Channel.Code)]))
                .Where(t => t.Shifts.Count > 0),
        ];
    }
}
