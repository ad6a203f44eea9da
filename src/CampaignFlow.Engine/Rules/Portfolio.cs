namespace CampaignFlow.Engine.Rules;

/// <summary>All active campaigns of one owner in one currency, as portfolio rules see them: a campaign stands where a channel would.</summary>
public sealed record Portfolio
{
    private Portfolio(string owner, IReadOnlyList<Snapshot> campaigns) => (Owner, Campaigns) = (owner, campaigns);

    public string Owner { get; }
    public IReadOnlyList<Snapshot> Campaigns { get; }
    public string Currency => Campaigns[0].Currency;

    /// <summary>Kept apart by owner and currency, since money of two currencies has no sum.</summary>
    public static IReadOnlyList<Portfolio> Split(IEnumerable<Snapshot> campaigns) =>
        [
            .. campaigns
                .GroupBy(c => (Owner: c.Owner ?? "", c.Currency))
                .OrderBy(g => g.Key.Owner, StringComparer.Ordinal)
                .ThenBy(g => g.Key.Currency, StringComparer.Ordinal)
                .Select(g => new Portfolio(g.Key.Owner, [.. g.OrderBy(c => c.Campaign, StringComparer.Ordinal)])),
        ];

    /// <summary>These campaigns as one portfolio, or why they are none.</summary>
    public static (Portfolio? Portfolio, Phrase? Refusal) Of(string owner, IReadOnlyList<Snapshot> campaigns)
    {
        var currencies = campaigns.Select(c => c.Currency).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (campaigns.Count == 0)
            return (null, new("a portfolio needs at least one campaign", "活动组合至少需要一个活动"));
        if (currencies.Count > 1)
        {
            var list = string.Join(", ", currencies);
            return (
                null,
                new($"amounts of {list} have no sum; make one portfolio of each currency", $"{list} 的金额不能相加；请按币种分组")
            );
        }
        return (new(owner, [.. campaigns.OrderBy(c => c.Campaign, StringComparer.Ordinal)]), null);
    }

    /// <summary>Its campaigns stand where channels would.</summary>
    public Snapshot AsOne()
    {
        // Dates differ by time zone; what is over everywhere counts.
        var today = Campaigns.Min(c => c.Today);
        return new()
        {
            Campaign = Owner,
            Currency = Currency,
            Now = Campaigns.Max(c => c.Now),
            Today = today,
            FlightStart = Campaigns.Min(c => c.FlightStart),
            FlightEnd = Campaigns.Max(c => c.FlightEnd),
            FlightBudgetMinor = Campaigns.All(c => c.FlightBudgetMinor is not null) ? Campaigns.Sum(c => c.FlightBudgetMinor) : null,
            Channels = [.. Campaigns.Select(c => AsChannel(c, today))],
            BudgetsHeld = Campaigns.All(c => c.BudgetsHeld),
        };
    }

    private static ChannelState AsChannel(Snapshot campaign, DateOnly today)
    {
        var days = new SnapshotNumbers(campaign with { Today = today }).Whole.Days;
        var channels = campaign.Channels.Where(c => c.Active).ToList();
        return new(
            campaign.Campaign,
            campaign.Campaign,
            campaign.DailyTotalMinor,
            channels.Sum(c => c.FloorMinor),
            channels.Sum(c => c.CeilingMinor),
            Shiftable: false,
            Active: campaign.FlightStart <= today && campaign.FlightEnd >= today,
            // A day on which a channel was silent is missing for its campaign too.
            [.. days.Where(d => d.SpendMinor is not null || d.RevenueMinor is not null || d.Conversions is not null)]
        )
        {
            Goals = campaign.Goals,
            Learning = channels.Count > 0 && channels.TrueForAll(c => c.Learning),
        };
    }
}
