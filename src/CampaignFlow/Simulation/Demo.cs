using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Simulation;

/// <summary>
/// What a first start shows: one campaign in execution with a history that the product's own engine lived through on a virtual clock,
/// one in planning, and decisions waiting for people.
/// </summary>
public sealed class Demo(IConfiguration configuration, StorageOptions storage, TimeProvider wallClock)
{
    private const string Running = "double-11";
    private const string Zone = "Asia/Shanghai";
    private const int FlightDay = 19;
    private const long Seed = 1111;
    private static readonly TimeOnly FilesAt = new(7, 40);

    private string ClockFile => Path.Combine(storage.Folder, "demo.clock");

    /// <returns>True on an empty database, and after a first start that was killed on its way.</returns>
    public async Task<bool> IsWantedAsync(CampaignFlowDb db, CancellationToken cancellationToken) =>
        File.Exists(ClockFile) || (!await db.People.AnyAsync(cancellationToken) && !await db.Campaigns.AnyAsync(cancellationToken));

    /// <summary>Lives through the weeks before now; people must be there already.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        var now = wallClock.GetUtcNow();
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(Zone)).DateTime);
        var stood = VirtualTime.Stored(ClockFile);
        var clock = new VirtualClock(now);
        await using var services = Services(clock);
        var running = DoubleEleven.Plan(await FirstDayAsync(services, cancellationToken) ?? today.AddDays(1 - FlightDay));
        today = running.StartsOn.AddDays(FlightDay - 1);
        var coming = DoubleEleven.Plan(today.AddDays(21)) with { Promotions = [] };
        var next = Brief("new-year-goods", "年货节", "促销", coming);
        var begin = Morning(running.StartsOn.AddDays(-30));
        clock.Now = stood ?? begin;
        await services.GetRequiredService<WorkflowFiles>().LoadAsync(cancellationToken);
        var brief = Brief(Running, "双十一大促", "促销", running);
        var market = new Market(running, Seed);
        Happening[] happenings =
        [
            new(begin, s => StartAsync(s, brief, running, begin)),
            .. Enumerable.Range(1, FlightDay).Select(day => MorningFiles(market, brief.Code, running.StartsOn.AddDays(day))),
            new(Morning(today.AddDays(-9)), s => StartAsync(s, next, coming, Morning(today.AddDays(-9)))),
            new(now.AddHours(-2), s => AskForShiftAsync(s, brief.Code)),
        ];
        var cast = new Cast(services, new CastNotes("zh-CN"), quietFrom: now.AddHours(-20));
        await new VirtualTime(services, clock, ClockFile).RunAsync(happenings, cast, now, null, cancellationToken);
        File.Delete(ClockFile);
    }

    /// <summary>The first day of a demo that was begun and not finished.</summary>
    private static async Task<DateOnly?> FirstDayAsync(ServiceProvider services, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        return await db.Campaigns.Where(c => c.Code == Running).Select(c => (DateOnly?)c.StartsOn).FirstOrDefaultAsync(cancellationToken);
    }

    /// <summary>The product on the server's database with the clock in the past, and mails as files whatever the server does.</summary>
    private ServiceProvider Services(VirtualClock clock)
    {
        var quiet = new ConfigurationBuilder()
            .AddConfiguration(configuration)
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Smtp:Host"] = "" })
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(quiet)
            .AddQuietLogging()
            .AddProduct(storage, clock)
            .BuildServiceProvider();
    }

    private static Happening MorningFiles(Market market, string code, DateOnly morning)
    {
        var at = At(morning, FilesAt);
        return new(
            at,
            async s =>
            {
                var db = s.GetRequiredService<CampaignFlowDb>();
                var campaign = await db.Campaigns.SingleAsync(c => c.Code == code);
                var history = await s.GetRequiredService<BudgetLedger>()
                    .HistoryAsync(campaign.Id, campaign.StartsOn, campaign.EndsOn, default);
                var budgets = history.ToDictionary(h => (h.Channel, h.Day), h => h.BudgetMinor);
                var rows = market.ReportedOn(morning, (channel, day) => budgets.GetValueOrDefault((channel, day)));
                await s.GetRequiredService<ImportMetrics>().ImportAsync(campaign.Id, rows, $"日报 {morning:yyyy-MM-dd}", "日报导入", at);
            }
        );
    }

    private static async Task StartAsync(IServiceProvider s, NewCampaign brief, MarketPlan plan, DateTimeOffset at)
    {
        var owner = await s.GetRequiredService<CampaignFlowDb>().People.FirstOrDefaultAsync(p => p.Roles.Contains(Roles.Manager));
        await s.GetRequiredService<StartCampaign>().HandleAsync(brief, owner?.Id, at, default);
        foreach (var days in owner is null ? [] : plan.Promotions)
            await s.GetRequiredService<PlanPromotions>().AddAsync(brief.Code, days.Name, days.First, days.Last, owner!, default);
    }

    /// <summary>Something for the manager to decide on the first day.</summary>
    private static async Task AskForShiftAsync(IServiceProvider s, string code)
    {
        var db = s.GetRequiredService<CampaignFlowDb>();
        var campaign = await db.Campaigns.SingleAsync(c => c.Code == code);
        var person = await db.People.FirstAsync(p => p.Roles.Contains(Roles.Operator));
        const string reason = "千川近 7 日 ROAS 持续高于万相台，爆发期前先加量。";
        await s.GetRequiredService<RequestShift>()
            .HandleAsync(campaign.Id, DoubleEleven.Wanxiangtai, DoubleEleven.Qianchuan, 2_400_00, reason, "demo", person, default);
    }

    private static NewCampaign Brief(string code, string name, string intent, MarketPlan plan) =>
        new(
            code,
            name,
            intent,
            "青禾护肤",
            "氨基酸洁面套装",
            plan.Currency,
            Zone,
            plan.StartsOn,
            plan.EndsOn,
            [
                .. plan.Channels.Select(c => new NewChannel(
                    c.Code,
                    c.Name.Zh,
                    c.Kind,
                    c.PlannedMinor,
                    c.FloorMinor,
                    c.CeilingMinor,
                    c.Shiftable,
                    c.KnownShare.Count
                )),
            ],
            [
                new("roas", 2.1, "去年同期，35 天", DoubleEleven.GoalRoas, "全年 GMV 目标", Guardrail: false),
                new("cpa", 101_00, "去年同期，35 天", DoubleEleven.GoalCpaMinor, "全年 GMV 目标", Guardrail: true),
            ]
        );

    private static DateTimeOffset Morning(DateOnly day) => At(day, new TimeOnly(9, 10));

    private static DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var local = day.ToDateTime(time);
        return new DateTimeOffset(local, TimeZoneInfo.FindSystemTimeZoneById(Zone).GetUtcOffset(local)).ToUniversalTime();
    }
}
