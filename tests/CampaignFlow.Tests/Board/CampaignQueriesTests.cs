using System.Data.Common;
using CampaignFlow.Accounts;
using CampaignFlow.Board;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Board;

public sealed class CampaignQueriesTests
{
    /// <summary>One a table the page reads, and none a channel, a task or a decision.</summary>
    private const int Statements = 15;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task The_campaign_page_asks_as_often_for_forty_channels_as_for_two(DatabaseKind kind)
    {
        var counter = new StatementCounter();
        await using var store = await StoreAsync(kind, counter);
        await store.InScopeAsync((db, _) => SeededCampaign.AddAsync(db, "small", store.Clock.Now));
        await store.InScopeAsync((db, _) => SeededCampaign.AddAsync(db, "large", store.Clock.Now, channels: 40, refusedHours: 40));

        var small = await CountAsync(store, counter, "small");
        var large = await CountAsync(store, counter, "large");

        Assert.Equal(small, large);
        Assert.InRange(large, 1, Statements);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task The_board_asks_as_often_for_ten_campaigns_as_for_one(DatabaseKind kind)
    {
        var counter = new StatementCounter();
        await using var store = await StoreAsync(kind, counter);
        await store.InScopeAsync((db, _) => SeededCampaign.AddAsync(db, "c0", store.Clock.Now));
        var one = await BoardAsync();
        for (var i = 1; i < 10; i++)
            await store.InScopeAsync((db, _) => SeededCampaign.AddAsync(db, $"c{i}", store.Clock.Now));

        var ten = await BoardAsync();

        Assert.Equal(one.Count, ten.Count);
        Assert.Equal(10, ten.View.Cards.Count);

        async Task<(int Count, BoardView View)> BoardAsync()
        {
            counter.Count = 0;
            var view = await store.InScopeAsync(
                (_, s) => s.GetRequiredService<BoardQueries>().LoadAsync(BoardShows.Open, null, TestContext.Current.CancellationToken)
            );
            return (counter.Count, view);
        }
    }

    [Fact]
    public async Task Totals_come_from_sums_and_a_day_has_one_line_for_a_rule_and_a_subject()
    {
        await using var store = await StoreAsync(DatabaseKind.Sqlite, new());
        await store.InScopeAsync(
            (db, _) => SeededCampaign.AddAsync(db, "sums", new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero), refusedHours: 5)
        );
        store.Clock.Now = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

        var view = (await LoadAsync(store, "sums"))!;

        // Three days, 500 + 100 of revenue on 100 + 100 of spend each.
        Assert.Equal(3.0, view.Channels.Total.Roas!.Value, 10);
        Assert.Equal(600_00, view.Channels.Total.SpendMinor);
        Assert.Equal(2000_00, view.Channels.BudgetMinor);
        Assert.Equal(
            [("ch0", DecisionOutcome.Applied, 1, true), ("ch1", DecisionOutcome.Refused, 5, false)],
            view.Decisions.Select(d => (d.From!, d.Outcome, d.Times, d.Notified))
        );
        Assert.Equal(CampaignFlow.Shell.Tone.Look, view.Health.Tone); // the task is overdue and revenue is behind
        Assert.Equal(new DateOnly(2026, 11, 1), view.Curves.MovingFrom); // lag of one day: yesterday still moves
    }

    [Theory]
    [InlineData("analyst", null, true, null, "everyone who sees it go wrong may stop it")]
    [InlineData("editor", null, true, "Your role may not hold budget changes.", "editors see no money")]
    [InlineData("manager", "Ada", false, null, "who approves shifts may release")]
    [InlineData("operator", "Ada", false, "Ada stopped these changes", "who does not approve shifts may not release another's hold")]
    [InlineData("operator", "operator person", false, null, "one's own hold may be released")]
    [InlineData("manager", "rule:stale-data", false, "A rule holds these budgets.", "the rule lifts its hold itself")]
    [InlineData("operator", "rule:stale-data", true, null, "a person may make a rule's hold last")]
    public async Task Who_may_hold_and_release(string role, string? heldBy, bool hold, string? refusal, string reason)
    {
        await using var store = await StoreAsync(DatabaseKind.Sqlite, new());
        var seeded = await store.InScopeAsync((db, _) => SeededCampaign.AddAsync(db, "held", store.Clock.Now));
        await store.InScopeAsync(
            (db, _) => db.Campaigns.Where(c => c.Code == "held").ExecuteUpdateAsync(s => s.SetProperty(c => c.HeldBy, heldBy))
        );
        var person = new Person { DisplayName = $"{role} person", Roles = [role] };

        var said = await store.InScopeAsync(
            (_, s) => s.GetRequiredService<HoldBudgets>().HandleAsync("held", hold, person, TestContext.Current.CancellationToken)
        );

        Assert.True(refusal is null ? said is null : said?.En.StartsWith(refusal, StringComparison.Ordinal) == true, $"{reason}: {said}");
        var now = await store.InScopeAsync((db, _) => db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == seeded.Campaign.Id));
        Assert.Equal(
            refusal is not null ? heldBy
                : hold ? person.DisplayName
                : null,
            now.HeldBy
        );
        var noted = await store.InScopeAsync((db, _) => db.Audit.CountAsync(a => a.Who == person.DisplayName));
        var announced = await store.InScopeAsync((db, _) => db.Outbox.CountAsync(m => m.Type == typeof(BudgetsHeld).FullName));
        Assert.Equal(refusal is null ? (1, 1) : (0, 0), (noted, announced));
    }

    private static Task<TestStore> StoreAsync(DatabaseKind kind, StatementCounter counter) =>
        TestStore.CreateAsync(
            kind,
            services =>
            {
                services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
                services.AddScoped<MetricQueries>().AddBudgets().AddRules().AddWorkflows().AddBoard();
                services.ConfigureDbContext<SqliteDb>(options => options.AddInterceptors(counter));
                services.ConfigureDbContext<PostgresDb>(options => options.AddInterceptors(counter));
            }
        );

    private static Task<CampaignView?> LoadAsync(TestStore store, string code) =>
        store.InScopeAsync(
            (_, s) => s.GetRequiredService<CampaignQueries>().LoadAsync(code, DecisionsShown.Words, TestContext.Current.CancellationToken)
        );

    private static async Task<int> CountAsync(TestStore store, StatementCounter counter, string code)
    {
        counter.Count = 0;
        Assert.NotNull(await LoadAsync(store, code));
        return counter.Count;
    }

    private sealed class StatementCounter : DbCommandInterceptor
    {
        public int Count { get; set; }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default
        )
        {
            Count++;
            return new(result);
        }
    }
}
