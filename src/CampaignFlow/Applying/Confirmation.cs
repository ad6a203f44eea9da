using CampaignFlow.Campaigns;
using CampaignFlow.Engine;

namespace CampaignFlow.Applying;

/// <summary>What a platform's own numbers say about an instruction.</summary>
/// <param name="Spends">Minor units by whole day after the change, oldest first.</param>
/// <param name="Reported">The newest daily budget that the platform named after the change; null when it names none.</param>
public sealed record Evidence(IReadOnlyList<(DateOnly Day, long SpendMinor)> Spends, (DateOnly Day, long AmountMinor)? Reported);

/// <summary>Whether an amount holds on its platform, as far as numbers can tell. A function: it reads nothing and changes nothing.</summary>
public static class Confirmation
{
    /// <summary>Platforms spend up to twice a daily budget on one day and even it out, so days are looked at together.</summary>
    private const int DaysTogether = 7;

    /// <summary>Platforms round what they are told; what they name is otherwise exact, whatever tolerance spends have.</summary>
    private const double Rounding = 0.01;

    /// <returns>Confirmed, Drifted, or null while it cannot be told; and why, with the numbers.</returns>
    public static (InstructionState? State, Phrase Why) Of(Campaign campaign, Instruction told, ChannelConnection how, Evidence seen)
    {
        var room = how.Tolerance * told.AmountMinor;
        if (seen.Reported is { } named)
        {
            var said = new Phrase(
                $"The platform names {campaign.Money(named.AmountMinor)} a day on {named.Day:yyyy-MM-dd}, told were {campaign.Money(told.AmountMinor)}.",
                $"平台在 {named.Day:yyyy-MM-dd} 的日预算为 {campaign.Money(named.AmountMinor)}，应为 {campaign.Money(told.AmountMinor)}。"
            );
            if (Math.Abs(named.AmountMinor - told.AmountMinor) <= Rounding * told.AmountMinor)
                return (InstructionState.Confirmed, said);
            var waited = named.Day.DayNumber - told.Day.DayNumber;
            return (waited >= how.ConfirmWithinDays ? InstructionState.Drifted : null, said);
        }
        var days = seen.Spends.TakeLast(DaysTogether).ToList();
        if (days.Count == 0)
            return (null, new("No whole day under the new budget has come in yet.", "尚无新预算下一整天的数据。"));
        var spend = days.Average(d => (double)d.SpendMinor);
        var (mean, wanted, before) = (
            campaign.Money((long)Math.Round(spend)),
            campaign.Money(told.AmountMinor),
            campaign.Money(told.BeforeMinor)
        );
        var why = new Phrase(
            $"It spent {mean} a day over {days.Count} days from {days[0].Day:yyyy-MM-dd}; told were {wanted}, before {before}.",
            $"自 {days[0].Day:yyyy-MM-dd} 起 {days.Count} 天日均花费 {mean}；应为 {wanted}，此前 {before}。"
        );
        var (toNew, toOld) = (Math.Abs(spend - told.AmountMinor), Math.Abs(spend - told.BeforeMinor));
        var lowered = told.AmountMinor < told.BeforeMinor;
        // A lower limit is kept by whoever spends less; a higher one shows itself by spending nearer to it than to the old one.
        if (toNew <= room || (lowered ? spend <= told.AmountMinor : toNew <= toOld))
            return (InstructionState.Confirmed, why);
        // A channel that was given more and spends less than before may lack demand: that is no drift, and no proof either.
        var lacksDemand = !lowered && spend < told.BeforeMinor * (1 - how.Tolerance);
        return (toOld < toNew && !lacksDemand && days.Count >= how.ConfirmWithinDays ? InstructionState.Drifted : null, why);
    }
}
