using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Simulation;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Support;

/// <summary>All slices on one database of their own, a team with one person for each role, and one campaign.</summary>
public sealed class CampaignStore : IAsyncDisposable
{
    private readonly TestStore store;
    private readonly string rules;

    private CampaignStore(TestStore store, string rules) => (this.store, this.rules) = (store, rules);

    public TestClock Clock => store.Clock;
    public IServiceProvider Services => store.Services;
    public Guid CampaignId { get; private set; }

    /// <summary>Folder of this store's rule files; empty at first.</summary>
    public string Rules => rules;

    /// <param name="more">Settings beside the usual ones.</param>
    public static async Task<CampaignStore> CreateAsync(
        DatabaseKind kind,
        string zone = "Asia/Shanghai",
        Dictionary<string, string?>? more = null
    )
    {
        var folder = Directory.CreateTempSubdirectory("cfrules").FullName;
        var settings = new Dictionary<string, string?>
        {
            ["RulesFolder"] = folder,
            ["WorkflowFolder"] = Repository.Path("workflows"),
            ["DataFolder"] = folder,
        };
        foreach (var (key, value) in more ?? [])
            settings[key] = value;
        var database = await TestStore.CreateAsync(
            kind,
            services =>
                services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).AddSlices()
        );
        var made = new CampaignStore(database, folder);
        await made.InScopeAsync(
            async (db, _) =>
            {
                db.People.AddRange(CastPeople.All());
                made.CampaignId = await AddCampaignAsync(db, "spring", zone);
                return true;
            }
        );
        return made;
    }

    /// <summary>Three channels, 100.00 a day in all, floors at half and ceilings at twice the plan.</summary>
    public static async Task<Guid> AddCampaignAsync(CampaignFlowDb db, string code, string zone, string currency = "CNY")
    {
        var campaign = new Campaign
        {
            Code = code,
            Name = "Spring",
            Intent = "promotion",
            Brand = "Brand",
            Product = "Product",
            Currency = currency,
            TimeZone = zone,
            StartsOn = new(2026, 10, 20),
            EndsOn = new(2026, 11, 20),
            State = CampaignState.Active,
        };
        db.Campaigns.Add(campaign);
        foreach (var (channel, planned) in new[] { ("search", 50_00L), ("social", 30_00L), ("video", 20_00L) })
            db.CampaignChannels.Add(
                new()
                {
                    CampaignId = campaign.Id,
                    Code = channel,
                    Name = channel,
                    PlannedMinor = planned,
                    FloorMinor = planned / 2,
                    CeilingMinor = planned * 2,
                }
            );
        await db.SaveChangesAsync();
        return campaign.Id;
    }

    public Task OpenBooksAsync() =>
        InScopeAsync(
            async (db, services) =>
            {
                var campaign = await db.Campaigns.SingleAsync(c => c.Id == CampaignId);
                var plan = await db.CampaignChannels.ToDictionaryAsync(c => c.Code, c => c.PlannedMinor);
                await services.GetRequiredService<BudgetLedger>().OpenAsync(campaign, plan, Clock.Now, default);
                await db.SaveChangesAsync();
                return true;
            }
        );

    public Task<T> InScopeAsync<T>(Func<CampaignFlowDb, IServiceProvider, Task<T>> work) => store.InScopeAsync(work);

    /// <summary>One use case in a scope of its own.</summary>
    public Task<T> WithAsync<TUseCase, T>(Func<TUseCase, Task<T>> work)
        where TUseCase : notnull => store.InScopeAsync((_, services) => work(services.GetRequiredService<TUseCase>()));

    public Task<Person> PersonAsync(string role) =>
        InScopeAsync(async (db, _) => (await db.People.AsNoTracking().ToListAsync()).First(p => p.Roles.Contains(role)));

    /// <summary>Delivers facts and carries runs on until nothing is due.</summary>
    public async Task SettleAsync()
    {
        var outbox = Services.GetRequiredService<OutboxDispatcher>();
        var runner = Services.GetRequiredService<WorkflowRunner>();
        while (await runner.DrainAsync(default) + await outbox.DispatchDueAsync(default) > 0) { }
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        Directory.Delete(rules, recursive: true);
    }
}
