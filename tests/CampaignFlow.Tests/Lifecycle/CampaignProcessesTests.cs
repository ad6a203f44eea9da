using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Lifecycle;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Lifecycle;

public sealed class CampaignProcessesTests
{
    /// <summary>A campaign's process of nothing but the shipped budget approval.</summary>
    private const string OnlyBudget = """
        { "name": "Only the budget", "inputs": [{ "name": "FlightStart", "type": "DateTimeOffset" }],
          "root": { "id": "flow", "type": "Elsa.Flowchart", "start": "budget", "activities": [
          { "id": "budget", "type": "Elsa.ExecuteWorkflow", "workflowDefinitionId": "budget-approval" },
          { "id": "agreed", "type": "Elsa.FlowDecision", "condition": { "expression": { "type": "JavaScript", "value": "getOutputFrom(\"budget\", \"Result\")?.Approved === true" } } },
          { "id": "enter", "type": "CampaignFlow.EnterStage", "stage": "C3_STRATEGY" },
          { "id": "end", "type": "Elsa.Finish" }],
          "connections": [
          { "source": { "activity": "budget" }, "target": { "activity": "agreed" } },
          { "source": { "activity": "agreed", "port": "True" }, "target": { "activity": "enter" } },
          { "source": { "activity": "agreed", "port": "False" }, "target": { "activity": "end" } },
          { "source": { "activity": "enter" }, "target": { "activity": "end" } }] } }
        """;

    [Fact]
    public async Task The_usual_process_comes_first_and_what_leads_no_campaign_is_not_offered()
    {
        await using var store = await StoreAsync();

        var offered = await store.WithAsync<CampaignProcesses, IReadOnlyList<CampaignProcess>>(p => p.ListAsync(default));

        Assert.Equal(
            ["campaign-lifecycle", "eight-step-campaign", "four-phase-campaign", "nine-step-campaign", "only-budget", "six-step-promotion"],
            offered.Select(p => p.Id)
        );
    }

    [Theory]
    [InlineData("six-step-promotion", "C1_RESEARCH")]
    [InlineData("eight-step-campaign", "C2_GOALS")] // goals come first there
    [InlineData("nine-step-campaign", "C2_GOALS")]
    [InlineData("four-phase-campaign", "C1_RESEARCH")]
    public async Task A_campaign_is_led_by_the_process_it_chose(string process, string stage)
    {
        await using var store = await StoreAsync();

        Assert.Empty(await StartAsync(store, process));

        var visits = await store.InScopeAsync((db, _) => db.StageVisits.AsNoTracking().Select(v => v.Stage).ToListAsync());
        var runs = await store.InScopeAsync((db, _) => db.Runs.AsNoTracking().ToListAsync());
        Assert.Equal([stage], visits);
        Assert.Equal((process, RunStatus.Suspended), (Assert.Single(runs).DefinitionId, runs[0].Status));
    }

    [Theory]
    [InlineData("weekly-review")] // it leads no campaign
    [InlineData("nobody")]
    public async Task A_process_that_leads_no_campaign_is_refused_with_a_sentence(string process)
    {
        await using var store = await StoreAsync();

        var wrong = Assert.Single(await StartAsync(store, process));

        Assert.Contains($"'{process}'", wrong.En, StringComparison.Ordinal);
        Assert.Equal(0, await store.InScopeAsync((db, _) => db.Runs.CountAsync()));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite, ApprovalState.Approved, true)]
    [InlineData(DatabaseKind.Sqlite, ApprovalState.Rejected, false)]
    [InlineData(DatabaseKind.Postgres, ApprovalState.Approved, true)]
    public async Task The_budget_approval_that_a_process_executes_tells_it_what_was_decided(
        DatabaseKind kind,
        ApprovalState said,
        bool goesOn
    )
    {
        await using var store = await StoreAsync(kind);
        Assert.Empty(await StartAsync(store, "only-budget"));
        var task = await store.InScopeAsync((db, _) => db.WorkTasks.AsNoTracking().SingleAsync());
        var doer = await store.PersonAsync(task.Role);
        Assert.Null(await store.WithAsync<CompleteTask, Phrase?>(c => c.HandleAsync(task.Id, doer, default)));
        await store.SettleAsync();

        foreach (var (role, answer) in new[] { (Roles.Manager, ApprovalState.Approved), (Roles.Finance, said) })
        {
            var asked = await store.InScopeAsync((db, _) => db.Approvals.AsNoTracking().SingleAsync(a => a.State == ApprovalState.Open));
            var person = await store.PersonAsync(role);
            Assert.Null(await store.WithAsync<DecideApproval, Phrase?>(d => d.HandleAsync(new(asked.Id, answer, null), person, default)));
            await store.SettleAsync();
        }

        var runs = await store.InScopeAsync((db, _) => db.Runs.AsNoTracking().ToListAsync());
        Assert.Equal(["budget-approval Finished", "only-budget Finished"], runs.Select(r => $"{r.DefinitionId} {r.Status}").Order());
        Assert.Equal(goesOn, await store.InScopeAsync((db, _) => db.StageVisits.AnyAsync()));
    }

    private static async Task<CampaignStore> StoreAsync(DatabaseKind kind = DatabaseKind.Sqlite)
    {
        var store = await CampaignStore.CreateAsync(kind);
        var files = store.Services.GetRequiredService<WorkflowFiles>();
        await files.LoadAsync(default);
        await files.PublishAsync("only-budget", "Only the budget", OnlyBudget, default);
        return store;
    }

    private static async Task<IReadOnlyList<Phrase>> StartAsync(CampaignStore store, string process)
    {
        var brief = new NewCampaign(
            "autumn",
            "Autumn",
            "promotion",
            "Brand",
            "Product",
            "CNY",
            "Asia/Shanghai",
            new(2026, 12, 10),
            new(2026, 12, 31),
            [new("search", "Search", "search", 50_00, 25_00, 100_00)],
            [new("roas", 2, "last year", 2.5, "revenue", Guardrail: false)]
        )
        {
            Process = process,
        };
        var (_, wrong) = await store.WithAsync<StartCampaign, (Campaigns.Campaign?, IReadOnlyList<Phrase>)>(s =>
            s.HandleAsync(brief, null, store.Clock.Now, default)
        );
        await store.SettleAsync();
        return wrong;
    }
}
