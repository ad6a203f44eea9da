using CampaignFlow.Engine;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;

namespace CampaignFlow.Tests.Notifications;

/// <summary>One mail of every kind, filled as a running campaign would fill it.</summary>
internal static class SampleMails
{
    public static readonly DateTimeOffset Now = new(2026, 11, 8, 10, 0, 0, TimeSpan.Zero);
    public static readonly MailCampaign Campaign = new("summer-2026", "Sunrise 秋季上新");

    private static readonly Phrase Operator = new("Campaign operator", "运营专员");
    private static readonly Phrase Analyst = new("Data analyst", "数据分析师");
    private static readonly Phrase Manager = new("Operations manager", "运营经理");
    private static readonly Phrase Editor = new("Content editor", "内容编辑");

    private static Money Cny(decimal units) => Money.FromUnits(units, "CNY");

    private static DateOnly Day(int day) => new(2026, 11, day);

    public static Reader Reader(string language) =>
        new("林岚", language, TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"), new Uri("https://campaigns.example.com/"));

    public static IReadOnlyList<GoalLine> Goals { get; } =
    [
        new(new("GMV", "成交额"), new Figure.Round(Cny(4_618_200)), new Figure.Round(Cny(7_800_000)), Pace.OnTrack, Day(7), Day(6))
        {
            Gap = 0.021,
            ForecastLow = new Figure.Round(Cny(7_420_000)),
            ForecastHigh = new Figure.Round(Cny(8_030_000)),
        },
        new(new("Conversion rate", "转化率"), new Figure.Share(0.027), new Figure.Share(0.035), Pace.Behind, Day(7), Day(6))
        {
            Gap = -0.12,
            Formula = new("Conversion rate = orders ÷ clicks", "转化率 = 订单数 ÷ 点击数"),
        },
        new(new("ROAS", "投入产出比 ROAS"), new Figure.Times(3.412), new Figure.Times(3), Pace.Ahead, Day(6), Day(6))
        {
            Formula = new("ROAS = revenue ÷ spend", "ROAS = 成交额 ÷ 花费"),
        },
        new(new("Brand search", "品牌搜索量"), null, new Figure.Share(0.2, Signed: true), Pace.Unknown, null, null),
    ];

    public static ReviewReminderMail Review { get; } =
        new()
        {
            Campaign = Campaign,
            Path = "/campaigns/summer-2026/review",
            Review = new("Weekly review", "周复盘"),
            MeetingKey = "summer-2026:2026-W46",
            StartsAt = new(2026, 11, 9, 2, 0, 0, TimeSpan.Zero),
            Agenda =
            [
                new(new("Goals and pace", "目标与进度"), 10, Analyst),
                new(new("Channels and budget", "渠道与预算"), 15, Operator),
                new(new("Automated decisions and regrets", "自动决定与遗憾"), 5, Analyst),
                new(new("Risks; feedback, complaints", "风险与用户反馈"), 5, Operator),
                new(new("Decisions", "决策"), 10, Manager),
            ],
            Goals = Goals,
            Money = new(Cny(1_200_000), false, Cny(884_310.55m), Cny(1_192_000), 4, Cny(8_900)) { Reversible = 4, AsOf = Day(7) },
            Automation = new(
                4,
                [(new("sample too small", "样本不足"), 4), (new("cooling down", "冷却期内"), 2), (new("contract money", "合同投放"), 1)],
                [
                    new(
                        "BS-0143: Tencent's numbers of Nov 3 were too low on the first day; on final data the shift would not have been made.",
                        "BS-0143：腾讯广告 11-03 首日数据偏低，按最终数据不应转移。"
                    ),
                ]
            ),
            Decisions =
            [
                new(
                    new("BS-0152: ¥2,400 a day from Wanxiangtai to Qianchuan", "BS-0152：万相台 → 千川 ¥2,400/日"),
                    new(
                        "Over 7 mature days Qianchuan earns 3.4 per yuan, Wanxiangtai 2.1.",
                        "近 7 个成熟日，千川每花 1 元成交 3.4 元，万相台 2.1 元。"
                    )
                )
                {
                    DueAt = new(2026, 11, 9, 10, 0, 0, TimeSpan.Zero),
                    Numbers =
                    [
                        new(new("Share of the daily total", "占日总额"), new Figure.Share(0.044)),
                        new(new("Orders seen", "样本订单"), new Figure.Count(800)),
                    ],
                    Offers =
                    [
                        new(new("Approve", "通过"), "/decide/token-a", Primary: true),
                        new(new("Send back", "退回"), "/decide/token-b"),
                        new(new("See the difference", "查看差异"), "/shifts/152"),
                    ],
                },
                new(
                    new("Wait 3 days instead of 1 for Tencent's data", "腾讯广告成熟窗口由 1 天改为 3 天"),
                    new("3 of 10 first-day readings were wrong last month.", "上月首日读数 10 次中有 3 次有误。")
                )
                {
                    Offers =
                    [
                        new(new("Approve", "通过"), "/decide/token-c", Primary: true),
                        new(new("Send back", "退回"), "/decide/token-d"),
                    ],
                },
            ],
            Risks = [new("Stock of set A covers 2.1 days (limit 3)", "礼盒 A 库存可售 2.1 天（下限 3 天）")],
            Overdue = [new(new("Short video for Nov 7", "11-07 短视频素材"), Editor, Day(5)) { Path = "/tasks/9" }],
            LastActions =
            [
                new(new("New landing page text", "更新落地页文案"), Editor, Day(4)) { Done = true },
                new(new("Check the refund reasons", "核查退款原因"), Operator, Day(6)),
            ],
            Chance = 0.71,
            ChanceOf = new("GMV", "GMV"),
            Location = "会议室 3; 2/F",
            LinksUntil = Now.AddHours(48),
        };

    public static ApprovalRequestMail Request { get; } =
        new()
        {
            Campaign = Campaign,
            Path = "/approvals/152",
            Question = new("BS-0152: move ¥2,400 a day to Qianchuan", "BS-0152：向千川转移 ¥2,400/日"),
            Why = new(
                "Over 7 mature days (to Nov 6) Qianchuan's ROAS is 3.4 [3.1–3.7], Wanxiangtai's 2.1 [1.9–2.3].",
                "近 7 个成熟日（截至 11-06），千川 ROAS 3.4 [3.1–3.7]，万相台 2.1 [1.9–2.3]。"
            ),
            Role = Manager,
            Diff =
            [
                new(new("Qianchuan, daily budget", "千川 日预算"), new Figure.Amount(Cny(15_000)), new Figure.Amount(Cny(17_400))),
                new(
                    new("Wanxiangtai, daily budget", "万相台 日预算"),
                    new Figure.Amount(Cny(14_000.50m)),
                    new Figure.Amount(Cny(11_600.50m))
                ),
            ],
            Numbers =
            [
                new(new("Share of the daily total", "占日总额"), new Figure.Share(0.044))
                {
                    Note = new("manager's limit 10%", "经理审批上限 10%"),
                },
                new(new("Orders", "订单"), new Figure.Count(800)),
                new(new("Refund rate", "退款率"), null),
            ],
            DueAt = Now.AddHours(20),
            Silence = new("the request expires and no money moves.", "申请自动过期，预算不变。"),
            Offers = [new(new("Approve", "通过"), "/decide/t1", Primary: true), new(new("Reject", "拒绝"), "/decide/t2")],
            LinksUntil = Now.AddHours(48),
        };

    public static IReadOnlyList<MailModel> All { get; } =
    [
        Review,
        Request,
        new ApprovalResultMail
        {
            Campaign = Campaign,
            Path = "/approvals/152",
            Question = new("BS-0152: move ¥2,400 a day to Qianchuan", "BS-0152：向千川转移 ¥2,400/日"),
            Answer = ApprovalAnswer.Returned,
            By = "林岚",
            At = Now,
            Comment = "Why not more? <half> & half",
            Next = new("Nothing moves. The rule may propose it again after 3 days.", "预算保持不变，3 天冷却期后规则可再次提出。"),
        },
        new ShiftAppliedMail
        {
            Campaign = Campaign,
            Path = "/shifts/152",
            Number = "BS-0152",
            From = Phrase.Same("万相台"),
            To = Phrase.Same("千川"),
            PerDay = Cny(2_400),
            Budgets = [new(Phrase.Same("千川"), new Figure.Amount(Cny(15_000)), new Figure.Amount(Cny(17_400)))],
            DailyTotal = Cny(54_500),
            Why = new("7-day ROAS 3.4 against 2.1.", "近 7 日 ROAS 3.4 对 2.1。"),
            By = "shift-to-winner",
            Effective = Day(9),
            ToDo = new("Set the daily budget of plan 4711 to ¥17,400.", "请将计划 4711 的日预算改为 ¥17,400。"),
        },
        new TaskAssignedMail
        {
            Campaign = Campaign,
            Path = "/tasks/17",
            Task = new("Fill in the competitor sheet", "填写竞品分析表"),
            Why = new("The research stage needs at least one competitor.", "市场调研阶段至少需要 1 个竞品。"),
            Stage = new("Research", "市场调研"),
            Role = Analyst,
            DueAt = Now.AddDays(3),
        },
        new RoleNoticeMail
        {
            Campaign = Campaign,
            Path = "/campaigns/summer-2026",
            Heading = new("The campaign goes live tomorrow", "活动明天上线"),
            Message = new("Check the landing page.\nCall us if a price is wrong.", "请检查落地页。\n价格有误请来电。"),
            Goals = [],
        },
        new RuleNoticeMail
        {
            Campaign = Campaign,
            Path = "/campaigns/summer-2026",
            Rule = new("Shift budget to the best channel", "把预算转到最佳渠道"),
            Message = new("¥630 a day moves from Tencent Ads to Qianchuan.", "每日 ¥630 从腾讯广告转至巨量千川。"),
            Why = new("ROAS of the last 7 mature days: 1.10 < 2.60.", "近 7 日成熟 ROAS：1.10 < 2.60。"),
        },
        new GateBlockedMail
        {
            Campaign = Campaign,
            Path = "/campaigns/summer-2026/gates/launch",
            Gate = new("Launch gate", "上线放行"),
            PlannedOn = Day(10),
            Ready = 11,
            Conditions = 13,
            Blockers =
            [
                new(new("Landing page loads in 3.8 s (limit 3.0 s)", "落地页加载 3.8 秒（上限 3.0 秒）"), new("Tech", "技术"))
                {
                    Since = Day(6),
                },
                new(new("Service script is missing", "客服话术未上传"), new("Service", "客服")),
            ],
        },
        new StageEnteredMail
        {
            Campaign = Campaign,
            Path = "/campaigns/summer-2026",
            StageNumber = "C7",
            Stage = new("Execution & optimisation", "执行与优化"),
            Previous = new("Launch readiness", "上线准备"),
            Today = Day(8),
            PlannedEnd = new(2026, 12, 5),
            Tasks = [new(new("Set up the ads", "配置广告投放"), Operator, Day(9))],
            ExitConditions = [new("The last day's data is mature", "最后一天的数据已成熟")],
        },
        new DataMissingMail
        {
            Campaign = Campaign,
            Path = "/data",
            Sources = [new("腾讯广告", Day(6), [Day(7), Day(8)], new("2 rules suspended", "2 条规则已暂停"))],
        },
        new DailyDigestMail
        {
            Campaign = Campaign,
            Path = "/campaigns/summer-2026",
            Day = Day(8),
            Stage = new("Execution", "执行"),
            FlightDay = 18,
            Goals = Goals,
            Sources =
            [
                new("巨量千川", true, new("matches the platform's total", "与平台合计一致")),
                new("腾讯广告", false, new("Nov 7 is missing", "缺 11-07")),
            ],
            ToDo = [new(new("Upload Tencent's file of Nov 7", "上传腾讯广告 11-07 数据"), Operator, Day(8)) { Path = "/data" }],
            Decisions =
            [
                new(
                    "CTR of notes is 0.8% (below 1%), but this is contract money: only a task was made.",
                    "小红书 CTR 0.8%（低于 1%），但属合同投放，仅创建任务。"
                ),
            ],
        },
        new ReportReadyMail
        {
            Campaign = Campaign,
            Path = "/campaigns/summer-2026/report",
            Report = new("Final report", "总结报告"),
            AsOf = Day(8),
            Attainment =
            [
                new(new("GMV", "成交额"), new Figure.Round(Cny(7_800_000)), new Figure.Round(Cny(7_956_000)), 1.02),
                new(new("Conversion rate", "转化率"), new Figure.Share(0.035), new Figure.Share(0.031), 0.886),
                new(new("Brand search", "品牌搜索量"), new Figure.Share(0.2, Signed: true), null, null),
            ],
            Findings = [new("Qianchuan brought 61% of new orders with 42% of the money.", "千川以 42% 的预算带来 61% 的新增订单。")],
        },
    ];
}
