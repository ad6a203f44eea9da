using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Benchmarks.Evaluation;

/// <summary>Campaigns in the middle of their flight, filled in by the database itself.</summary>
internal static class Sample
{
    public const int Channels = 6;
    public const int Days = 28;
    public static readonly DateOnly Today = new(2026, 3, 29);

    public static async Task FillAsync(CampaignFlowDb db, int campaigns)
    {
        for (var i = 0; i < campaigns; i++)
        {
            var campaign = new Campaign
            {
                Code = $"campaign-{i:0000}",
                Name = $"Campaign {i}",
                Intent = "promotion",
                Brand = "Brand",
                Product = "Product",
                Currency = "CNY",
                TimeZone = "Asia/Shanghai",
                StartsOn = Today.AddDays(-Days),
                EndsOn = Today.AddDays(Days),
                State = CampaignState.Active,
            };
            db.Campaigns.Add(campaign);
            for (var c = 0; c < Channels; c++)
                db.CampaignChannels.Add(
                    new()
                    {
                        CampaignId = campaign.Id,
                        Code = $"channel-{c}",
                        Name = $"Channel {c}",
                        PlannedMinor = 100_00,
                        FloorMinor = 50_00,
                        CeilingMinor = 400_00,
                    }
                );
            db.Goals.AddRange(Goal(campaign, "roas", 2), Goal(campaign, "cpa", 50_00), Goal(campaign, "revenue", 100_000_00));
        }
        await db.SaveChangesAsync();
        db.ChangeTracker.Clear();
        await db.Database.ExecuteSqlRawAsync(
            """
            insert into ledger_entry (campaign_id, account, currency, amount_minor, transfer, at, day)
            select campaign_id, code, 'CNY', planned_minor, 'plan:1', 0, date '2026-03-01' from campaign_channel
            union all select campaign_id, '(plan)', 'CNY', -sum(planned_minor), 'plan:1', 0, date '2026-03-01'
            from campaign_channel group by campaign_id;
            insert into metric_fact (campaign_id, channel, day, known_at, spend_minor, revenue_minor, impressions, clicks, conversions)
            select c.campaign_id, c.code, d::date, extract(epoch from d)::bigint * 1000 + 86400000,
                   n.spend, (n.spend * (0.5 + random() * 3))::bigint, 9000, 300 + (random() * 100)::bigint, 5 + floor(random() * 20)
            from campaign_channel c, generate_series('2026-03-01'::date, '2026-03-28'::date, '1 day') d,
                 lateral (select 5000 + (random() * 5000)::bigint as spend, c.code as own, d as own_day) n;
            analyze;
            """
        );
    }

    private static Goal Goal(Campaign campaign, string metric, double target) =>
        new()
        {
            CampaignId = campaign.Id,
            Metric = metric,
            Target = target,
            Deadline = Today.AddDays(Days),
        };
}
