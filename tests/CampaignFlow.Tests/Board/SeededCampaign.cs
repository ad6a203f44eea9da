using System.Text.Json;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Reviews;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;

namespace CampaignFlow.Tests.Board;

/// <summary>A campaign on its third day of spending, with a red gate, a done and a refused decision and open work.</summary>
internal sealed record SeededCampaign(Campaign Campaign, Guid Shifted, Guid Refused, long Gate, Guid Report)
{
    private const int LaggingDays = 1;

    public static async Task<SeededCampaign> AddAsync(
        CampaignFlowDb db,
        string code,
        DateTimeOffset now,
        int channels = 2,
        int refusedHours = 1
    )
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var campaign = new Campaign
        {
            Code = code,
            Name = "Spring sale",
            Intent = "促销",
            Brand = "Qinghe",
            Product = "Cleanser",
            Currency = "CNY",
            TimeZone = "UTC",
            StartsOn = today.AddDays(-3),
            EndsOn = today.AddDays(6),
            State = CampaignState.Active,
            CreatedAt = now,
        };
        db.Campaigns.Add(campaign);
        for (var i = 0; i < channels; i++)
            AddChannel(db, campaign, $"ch{i}", now);
        db.Ledger.Add(Leg(campaign, LedgerEntry.Plan, -1000_00L * channels, now));
        db.Goals.Add(GoalOf(campaign, "roas", 2));
        db.Goals.Add(GoalOf(campaign, "revenue", 90_000_00));
        db.StageVisits.Add(
            new()
            {
                CampaignId = campaign.Id,
                Stage = Stage.Execution,
                EnteredAt = now.AddDays(-3),
                DueAt = now.AddDays(7),
                Key = $"{code}:c7",
            }
        );
        var gate = new GateCheck
        {
            CampaignId = campaign.Id,
            Stage = Stage.Execution,
            Key = $"{code}:gate",
            OpenedAt = now.AddHours(-1),
            CheckedAt = now,
            Conditions = "flight_over\nshifts_waiting == 0",
            Clauses = JsonSerializer.Serialize(
                new List<Clause>
                {
                    new("flight_over", false, null, null, null, new("flight_over: no", "投放期已结束：否")),
                    new("shifts_waiting == 0", true, 0, 0, null, new("shifts_waiting == 0: 0 == 0", "待决定的预算调整数 = 0")),
                },
                RunJson.Options
            ),
        };
        db.GateChecks.Add(gate);
        db.WorkTasks.Add(
            new()
            {
                CampaignId = campaign.Id,
                Key = $"{code}:task",
                Stage = Stage.Execution,
                TitleEn = "Upload the numbers",
                TitleZh = "上传数据",
                WhyEn = "A day is missing.",
                WhyZh = "缺一天数据。",
                Role = "operator",
                CreatedAt = now.AddDays(-1),
                DueAt = now.AddHours(-2),
            }
        );
        var shifted = DecisionOf(campaign, now.AddHours(-1), "shift", DecisionOutcome.Applied, "ch0", null);
        db.Decisions.AddRange(shifted, DecisionOf(campaign, now.AddHours(-1), "notify", DecisionOutcome.Applied, "ch0", null));
        var refused = DecisionOf(campaign, now, "shift", DecisionOutcome.Refused, "ch1", "cooldown");
        db.Decisions.Add(refused);
        for (var hour = 1; hour < refusedHours; hour++)
            db.Decisions.Add(DecisionOf(campaign, now.AddMinutes(-hour), "shift", DecisionOutcome.Refused, "ch1", "cooldown"));
        var report = new Report
        {
            CampaignId = campaign.Id,
            Kind = "evaluation",
            Key = $"{code}:report",
            At = now,
            Content = JsonSerializer.Serialize(
                new ReportContent(
                    campaign.StartsOn,
                    campaign.EndsOn,
                    [new("roas", 2, 3, Met: true), new("cpa", 95_00, null, Met: null)],
                    [new("ch0", 1000_00, 1100_00, 500_00, 1500_00, 3), new("ch1", 1000_00, 900_00, 100_00, null, null)],
                    ShiftsApplied: 1,
                    ShiftsRefused: 2
                ),
                RunJson.Options
            ),
        };
        db.Reports.Add(report);
        db.Note(campaign.Id, now, "rule", new("Something happened.", "发生了一件事。"));
        await db.SaveChangesAsync();
        return new(campaign, shifted.Id, refused.Id, gate.Id, report.Id);
    }

    private static void AddChannel(CampaignFlowDb db, Campaign campaign, string code, DateTimeOffset now)
    {
        db.CampaignChannels.Add(
            new()
            {
                CampaignId = campaign.Id,
                Code = code,
                Name = $"Channel {code}",
                PlannedMinor = 1000_00,
                FloorMinor = 200_00,
                CeilingMinor = 2000_00,
                LagDays = LaggingDays,
                Shiftable = code != "ch1",
            }
        );
        db.Ledger.Add(Leg(campaign, code, 1000_00, now));
        for (var day = campaign.StartsOn; day < campaign.Today(now); day = day.AddDays(1))
            db.MetricFacts.Add(
                new()
                {
                    CampaignId = campaign.Id,
                    Channel = code,
                    Day = day,
                    KnownAt = now.AddHours(-3),
                    SpendMinor = 100_00,
                    RevenueMinor = code == "ch0" ? 500_00 : 100_00,
                    Impressions = 1000,
                    Clicks = 50,
                    Conversions = 5,
                }
            );
    }

    private static LedgerEntry Leg(Campaign campaign, string account, long minor, DateTimeOffset at) =>
        new()
        {
            CampaignId = campaign.Id,
            Account = account,
            Currency = campaign.Currency,
            AmountMinor = minor,
            Transfer = "plan:1",
            At = at,
            Day = campaign.StartsOn,
        };

    private static Goal GoalOf(Campaign campaign, string metric, double target) =>
        new()
        {
            CampaignId = campaign.Id,
            Metric = metric,
            Target = target,
            Deadline = campaign.EndsOn,
        };

    private static Decision DecisionOf(
        Campaign campaign,
        DateTimeOffset at,
        string action,
        DecisionOutcome outcome,
        string from,
        string? blockedBy
    ) =>
        new()
        {
            CampaignId = campaign.Id,
            Key = $"{campaign.Code}:{action}:{from}:{at.ToUnixTimeMilliseconds()}",
            Evaluation = $"{campaign.Code}:{at.ToUnixTimeMilliseconds()}",
            Day = campaign.Today(at),
            At = at,
            FactsAsOf = at,
            Rule = "move-it",
            RuleHash = new string('a', 64),
            Action = action,
            From = from,
            To = "ch9",
            AmountMinor = action == "shift" ? 123_00 : null,
            Outcome = outcome,
            BlockedBy = blockedBy,
            WhyEn = $"because of {from}",
            WhyZh = $"原因在于 {from}",
            Clauses = JsonSerializer.Serialize(
                new List<Clause> { new("loser.roas(7d) < 2", true, 1.25, 2, null, new("ROAS 1.25 below 2", "ROAS 1.25 低于 2")) },
                RunJson.Options
            ),
        };
}
