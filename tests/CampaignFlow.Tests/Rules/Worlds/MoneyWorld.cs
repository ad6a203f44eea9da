using System.Globalization;
using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Lifecycle;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Guard = CampaignFlow.Budgets.Guards.Guard;

namespace CampaignFlow.Tests.Rules.Worlds;

/// <summary>Two campaigns of one seed, in two currencies and time zones, with rules as chance writes them and limits as people set them.</summary>
internal sealed class MoneyWorld : IAsyncDisposable
{
    public static DateOnly First { get; } = new(2026, 10, 20);

    private MoneyWorld(CampaignStore store, IReadOnlyList<Rule> rules, GuardLimits limits) =>
        (Store, Rules, Limits) = (store, rules, limits);

    public CampaignStore Store { get; }
    public IReadOnlyList<Rule> Rules { get; }

    /// <summary>What people set for everything.</summary>
    public GuardLimits Limits { get; }

    /// <summary>The approved total when the books were opened, by campaign.</summary>
    public Dictionary<Guid, long> Opened { get; } = [];

    public static async Task<MoneyWorld> CreateAsync(DatabaseKind kind, Random random)
    {
        var store = await CampaignStore.CreateAsync(kind);
        store.Clock.Now = new(2026, 10, 30, 2, 0, 0, TimeSpan.Zero);
        var rules = new List<Rule>();
        foreach (var (name, text) in MoneyRules.Any(random))
        {
            await File.WriteAllTextAsync(Path.Combine(store.Rules, name), text);
            var read = RuleFile.Parse(text, name);
            rules.Add(read.Rule ?? throw new InvalidOperationException($"{string.Join('\n', read.Problems)}\n{text}"));
        }
        var world = new MoneyWorld(store, rules, await LimitAsync(store, random));
        await store.InScopeAsync(
            async (db, services) =>
            {
                var second = await CampaignStore.AddCampaignAsync(db, "autumn", "America/New_York", "EUR");
                foreach (var id in new[] { store.CampaignId, second })
                    await world.OpenAsync(db, services.GetRequiredService<BudgetLedger>(), id, random);
                return true;
            }
        );
        return world;
    }

    private async Task OpenAsync(CampaignFlowDb db, BudgetLedger ledger, Guid id, Random random)
    {
        var campaign = await db.Campaigns.SingleAsync(c => c.Id == id);
        await db.CampaignChannels.Where(c => c.CampaignId == id).ExecuteDeleteAsync();
        var channels = Enumerable.Range(0, random.Next(3, 5)).Select(i => Channel(id, $"c{i}", random)).ToList();
        db.CampaignChannels.AddRange(channels);
        db.StageVisits.Add(
            new()
            {
                CampaignId = id,
                Stage = Stage.Execution,
                EnteredAt = Store.Clock.Now.AddDays(-9),
                DueAt = Store.Clock.Now.AddDays(20),
                Key = campaign.Code,
            }
        );
        if (random.Next(3) == 0)
            db.ChannelLocks.Add(
                new()
                {
                    CampaignId = id,
                    Channel = channels[0].Code,
                    Until = campaign.Today(Store.Clock.Now).AddDays(2),
                    Why = "experiment",
                    By = "Chen Jing",
                    At = Store.Clock.Now,
                }
            );
        Opened[id] = channels.Sum(c => c.PlannedMinor);
        await ledger.OpenAsync(campaign, channels.ToDictionary(c => c.Code, c => c.PlannedMinor), Store.Clock.Now, default);
        await db.SaveChangesAsync();
    }

    private static CampaignChannel Channel(Guid campaign, string code, Random random)
    {
        var planned = random.Next(10_00, 200_00);
        return new()
        {
            CampaignId = campaign,
            Code = code,
            Name = code,
            PlannedMinor = planned,
            FloorMinor = random.Next(planned),
            CeilingMinor = planned + random.Next(planned * 2),
            Shiftable = random.Next(6) != 0,
            Active = random.Next(8) != 0,
        };
    }

    private static async Task<GuardLimits> LimitAsync(CampaignStore store, Random random)
    {
        var (step, daily, cooldown, weekly) = (random.Next(5, 60), random.Next(5, 60), random.Next(3), random.Next(2, 9));
        var set = new List<(string Guard, string Value)>();
        void Maybe(string guard, string value)
        {
            if (random.Next(5) == 0)
                set.Add((guard, value));
        }
        Maybe(Guard.Step, $"{step}%");
        Maybe(Guard.DailyTotal, $"{daily}%");
        Maybe(Guard.Cooldown, cooldown.ToString(CultureInfo.InvariantCulture));
        Maybe(Guard.Changes, weekly.ToString(CultureInfo.InvariantCulture));
        var manager = await store.PersonAsync("manager");
        foreach (var (guard, value) in set)
            Assert.Null(
                await store.WithAsync<SetGuard, Phrase?>(s => s.HandleAsync(Scope.Everything, guard, value, "test", manager, default))
            );
        bool Has(string guard) => set.Exists(s => s.Guard == guard);
        return new()
        {
            ChangeAtMost = Has(Guard.Step) ? step / 100.0 : null,
            MoveAtMost = Has(Guard.DailyTotal) ? daily / 100.0 : null,
            CooldownDays = Has(Guard.Cooldown) ? cooldown : null,
            ChangesPerWeek = Has(Guard.Changes) ? weekly : null,
        };
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
