namespace CampaignFlow.Simulation;

/// <summary>
/// The demo campaign: the invented skin-care brand 青禾护肤 in the 双十一 of 2026, ¥50,000 a day for 24 days. Tencent is clearly too dear and
/// Qianchuan clearly the best, both with plenty of orders; the influencers are under contract, the street event has too few orders to judge.
/// </summary>
public static class DoubleEleven
{
    public const string Qianchuan = "qianchuan";
    public const string Wanxiangtai = "wanxiangtai";
    public const string Xiaohongshu = "xiaohongshu-kol";
    public const string Baidu = "baidu-sem";
    public const string Tencent = "tencent-ads";
    public const string PopUp = "pop-up";

    /// <summary>Goals a planner would set from these numbers: cost of one order, and revenue for each yuan.</summary>
    public const long GoalCpaMinor = 95_00;

    public const double GoalRoas = 2.4;

    public static MarketPlan Plan(DateOnly? startsOn = null)
    {
        var start = startsOn ?? new DateOnly(2026, 10, 20);
        DateOnly Day(int number) => start.AddDays(number - 1);
        return new()
        {
            Currency = "CNY",
            StartsOn = start,
            EndsOn = Day(24),
            Channels =
            [
                new(Qianchuan, new("Ocean Engine Qianchuan", "巨量千川"), "social", 18_000_00, 3.4, 228_00, 0.031, 0.034, true)
                {
                    Elasticity = 0.88,
                    KnownShare = [0.74, 0.92, 1],
                    FloorMinor = 9_000_00,
                    CeilingMinor = 30_000_00,
                },
                new(Wanxiangtai, new("Alimama Wanxiangtai", "万相台"), "marketplace", 15_000_00, 2.6, 236_00, 0.046, 0.041, true)
                {
                    KnownShare = [0.9, 1],
                    FloorMinor = 8_000_00,
                },
                new(Xiaohongshu, new("Xiaohongshu influencers", "小红书KOL"), "influencer", 6_000_00, 1.5, 205_00, 0.018, 0.012, false)
                {
                    FloorMinor = 6_000_00,
                    CeilingMinor = 6_000_00,
                },
                new(Baidu, new("Baidu search ads", "百度SEM"), "search", 5_200_00, 2.9, 219_00, 0.058, 0.038, true)
                {
                    Elasticity = 0.7, // only so many people search
                    KnownShare = [0.86, 1],
                    FloorMinor = 2_000_00,
                },
                new(Tencent, new("Tencent Ads", "腾讯广告"), "social", 4_200_00, 1.1, 212_00, 0.012, 0.009, true)
                {
                    KnownShare = [0.68, 0.88, 1],
                    FloorMinor = 1_200_00,
                },
                new(PopUp, new("Pop-up events", "线下快闪"), "event", 1_600_00, 0.5, 320_00, 0.05, 0.05, true)
                {
                    Counted = false,
                    FloorMinor = 400_00,
                },
            ],
            Peaks =
            [
                new(Day(1), Day(4), 1.35), // pre-sale opens
                new(Day(12), Day(15), 1.5), // first payment wave
                new(Day(21), Day(22), 1.6),
                new(Day(23), Day(23), 2.6), // 11 November when the plan starts on 20 October
                new(Day(24), Day(24), 1.2),
            ],
            Promotions = [new("预售", Day(1), Day(4)), new("开门红", Day(12), Day(15)), new("双11", Day(21), Day(24))],
            Gaps = [new(Tencent, Day(12), Day(15))],
        };
    }
}
