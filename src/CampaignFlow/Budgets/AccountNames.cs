using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;

namespace CampaignFlow.Budgets;

/// <summary>What people call the accounts of a campaign's books.</summary>
public static class AccountNames
{
    public static Phrase Reserve { get; } = new("the reserve", "预备金");
    public static Phrase Plan { get; } = new("the approved total", "批准总额");

    public static Phrase Of(IReadOnlyDictionary<string, string> channels, string account) =>
        account switch
        {
            LedgerEntry.Reserve => Reserve,
            LedgerEntry.Plan => Plan,
            _ => Phrase.Same(channels.GetValueOrDefault(account, account)),
        };

    extension(CampaignFlowDb db)
    {
        /// <summary>The two sides of a shift by name.</summary>
        public async Task<(Phrase From, Phrase To)> SidesAsync(BudgetShift shift, CancellationToken cancellationToken)
        {
            var names = await db.ChannelNamesAsync(shift.CampaignId, cancellationToken);
            return (Of(names, shift.From), Of(names, shift.To));
        }
    }
}
