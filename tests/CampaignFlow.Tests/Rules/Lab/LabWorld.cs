using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;

namespace CampaignFlow.Tests.Rules.Lab;

/// <summary>A campaign that has run for 25 days: one channel sells well, one badly, one in between; each day known the next morning.</summary>
internal static class LabWorld
{
    public const int Days = 25;
    public const long Total = 300_00;

    public const string Shift = """
        # Money follows the buyers.
        rule: { en: Shift to the best, zh: 转给最佳渠道 }
        for each: pair of channels (loser, winner) in a campaign
        when:
          all:
            - loser.roas(7d) < campaign.roas(7d) # earns less
            - winner.roas(7d) > 1.2 * loser.roas(7d)
        choose: highest winner.roas(7d)
        then:
          - shift: 10% of loser.budget to winner
        guard:
          ignore last: 1d
          cooldown: 3d per channel
        mode: auto

        """;

    public const string Naive = """
        rule: { en: Raise what earned yesterday, zh: 昨日盈利则加预算 }
        for each: channel in a campaign
        cases:
          - when: roas(yesterday) > 1.2
            then:
              - scale: to 120% of budget
          - when: roas(yesterday) < 0.8
            then:
              - scale: to 80% of budget
        mode: auto

        """;

    private static readonly (string Code, double Roas)[] Channels = [("good", 3), ("fair", 1.5), ("poor", 0.5)];

    public static async Task<Campaign> AddAsync(CampaignFlowDb db, BudgetLedger ledger, DateTimeOffset now)
    {
        var campaign = new Campaign
        {
            Code = "lab-campaign",
            Name = "实验活动 Lab",
            Intent = "promotion",
            Brand = "Brand",
            Product = "Product",
            Currency = "CNY",
            TimeZone = "UTC",
            StartsOn = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-Days),
            EndsOn = DateOnly.FromDateTime(now.UtcDateTime).AddDays(20),
            State = CampaignState.Active,
        };
        db.Campaigns.Add(campaign);
        foreach (var (code, roas) in Channels)
        {
            db.CampaignChannels.Add(
                new()
                {
                    CampaignId = campaign.Id,
                    Code = code,
                    Name = code,
                    PlannedMinor = 100_00,
                    FloorMinor = 50_00,
                    CeilingMinor = 200_00,
                }
            );
            for (var day = 0; day < Days; day++)
                db.MetricFacts.Add(
                    new()
                    {
                        CampaignId = campaign.Id,
                        Channel = code,
                        Day = campaign.StartsOn.AddDays(day),
                        KnownAt = campaign.At(campaign.StartsOn.AddDays(day + 1), new(6, 0)),
                        SpendMinor = 90_00,
                        RevenueMinor = (long)(90_00 * roas),
                        Impressions = 10_000,
                        Clicks = 400,
                        Conversions = 12 * roas,
                    }
                );
        }
        await ledger.OpenAsync(campaign, Channels.ToDictionary(c => c.Code, _ => 100_00L), now.AddDays(-Days), default);
        await db.SaveChangesAsync();
        return campaign;
    }
}
