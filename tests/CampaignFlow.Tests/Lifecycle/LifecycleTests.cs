using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Lifecycle;
using CampaignFlow.Simulation;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Lifecycle;

public sealed class LifecycleTests
{
    private const string Reason = "The competitor sheet follows next week.";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Plan_and_content_run_side_by_side_and_meet_before_readiness(DatabaseKind kind)
    {
        await using var store = await StartedAsync(kind);
        var cast = new Cast(store.Services, new CastNotes("en"));
        var together = 0;
        List<StageVisit> visits;
        do
        {
            await cast.ActAsync(store.Clock.Now, default);
            await store.SettleAsync();
            visits = await VisitsAsync(store);
            var open = visits.Where(v => v.LeftAt is null).Select(v => v.Stage).ToHashSet(StringComparer.Ordinal);
            if (open.Contains(Stage.Plan) && open.Contains(Stage.Content))
            {
                together++;
                Assert.DoesNotContain(Stage.Strategy, open);
            }
            if (open.Contains(Stage.Readiness))
                Assert.Equal(Stage.Readiness, Assert.Single(open));
            store.Clock.Advance(TimeSpan.FromHours(6));
            Assert.True(
                visits.Count > 0 && store.Clock.Now < new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero),
                "The campaign stands still."
            );
        } while (visits.All(v => v.Stage != Stage.Readiness));

        Assert.True(together > 0, "C4 and C5 were never open together.");
        Assert.Equal(visits.Count, visits.Select(v => v.Stage).Distinct().Count());
        Assert.Equal(
            [Stage.Research, Stage.Goals, Stage.Strategy, Stage.Plan, Stage.Content, Stage.Readiness],
            visits.OrderBy(v => v.EnteredAt).ThenBy(v => v.Stage, StringComparer.Ordinal).Select(v => v.Stage)
        );
    }

    [Theory]
    [InlineData(Roles.Operator, Reason, "Only an operations manager or an executive may override a gate.")]
    [InlineData(Roles.Finance, Reason, "Only an operations manager or an executive may override a gate.")]
    [InlineData(Roles.Manager, "because", "Give a reason of at least ten characters: it will stand in the review.")]
    [InlineData(Roles.Manager, "          ", "Give a reason of at least ten characters: it will stand in the review.")]
    [InlineData(Roles.Manager, Reason, null)]
    [InlineData(Roles.Executive, Reason, null)]
    public async Task A_red_gate_opens_only_for_the_right_role_with_a_reason(string role, string reason, string? refusal)
    {
        await using var store = await AtRedGateAsync();
        var gate = await GateAsync(store);
        var person = await store.PersonAsync(role);

        var said = await store.WithAsync<OverrideGate, Phrase?>(o => o.HandleAsync(gate.Id, reason, person, default));
        await store.SettleAsync();

        Assert.Equal(refusal, said?.En);
        var after = await GateAsync(store);
        Assert.Equal(refusal is null ? person.DisplayName : null, after.OverriddenBy);
        Assert.Equal(refusal is null, after.PassedAt is not null);
        Assert.Equal(refusal is null, (await VisitsAsync(store)).Any(v => v.Stage == Stage.Goals));
    }

    [Fact]
    public async Task A_gate_is_overridden_once()
    {
        await using var store = await AtRedGateAsync();
        var gate = await GateAsync(store);
        var manager = await store.PersonAsync(Roles.Manager);
        await store.WithAsync<OverrideGate, Phrase?>(o => o.HandleAsync(gate.Id, Reason, manager, default));
        await store.SettleAsync();

        var again = await store.WithAsync<OverrideGate, Phrase?>(o => o.HandleAsync(gate.Id, Reason, manager, default));

        Assert.Equal("This gate is not waiting any more.", again?.En);
    }

    [Fact]
    public async Task A_gate_opens_by_itself_when_the_last_artefact_is_saved()
    {
        await using var store = await AtRedGateAsync();
        var notes = new CastNotes("en");
        foreach (var kind in new[] { "competitors", "personas", "swot", "baseline" })
        {
            Assert.Null((await GateAsync(store)).PassedAt);
            await store.InScopeAsync(
                async (db, services) =>
                {
                    var campaign = await db.Campaigns.SingleAsync(c => c.Code == "autumn");
                    var content = await notes.WriteAsync(services, campaign, kind, default);
                    Assert.Empty(
                        await services.GetRequiredService<SaveArtefact>().HandleAsync(campaign.Id, kind, content, "test", default)
                    );
                    return await db.SaveChangesAsync();
                }
            );
            await store.SettleAsync();
        }
        Assert.NotNull((await GateAsync(store)).PassedAt);
        Assert.Null((await GateAsync(store)).OverriddenBy);
    }

    /// <summary>All research tasks reported as done, nothing written.</summary>
    private static async Task<CampaignStore> AtRedGateAsync()
    {
        var store = await StartedAsync(DatabaseKind.Sqlite);
        var manager = await store.PersonAsync(Roles.Manager);
        foreach (var task in await store.InScopeAsync((db, _) => db.WorkTasks.Select(t => t.Id).ToListAsync()))
            Assert.Null(await store.WithAsync<CompleteTask, Phrase?>(c => c.HandleAsync(task, manager, default)));
        await store.SettleAsync();
        return store;
    }

    private static async Task<CampaignStore> StartedAsync(DatabaseKind kind)
    {
        var store = await CampaignStore.CreateAsync(kind);
        await store.Services.GetRequiredService<WorkflowFiles>().LoadAsync(default);
        await store.InScopeAsync(
            async (db, services) =>
            {
                await db.Campaigns.ExecuteDeleteAsync();
                await db.CampaignChannels.ExecuteDeleteAsync();
                var (_, wrong) = await services.GetRequiredService<StartCampaign>().HandleAsync(Brief, null, store.Clock.Now, default);
                Assert.Empty(wrong);
                return true;
            }
        );
        await store.SettleAsync();
        return store;
    }

    private static NewCampaign Brief =>
        new(
            "autumn",
            "Autumn",
            "promotion",
            "Brand",
            "Product",
            "CNY",
            "Asia/Shanghai",
            new(2026, 12, 10),
            new(2026, 12, 31),
            [new("search", "Search", "search", 50_00, 25_00, 100_00), new("video", "Video", "media", 50_00, 25_00, 100_00)],
            [
                new("roas", 2, "last year", 2.5, "revenue", Guardrail: false),
                new("cpa", 50_00, "last year", 45_00, "revenue", Guardrail: true),
            ]
        );

    private static Task<GateCheck> GateAsync(CampaignStore store) =>
        store.InScopeAsync((db, _) => db.GateChecks.AsNoTracking().SingleAsync(g => g.Stage == Stage.Research));

    private static Task<List<StageVisit>> VisitsAsync(CampaignStore store) =>
        store.InScopeAsync((db, _) => db.StageVisits.AsNoTracking().ToListAsync());
}
