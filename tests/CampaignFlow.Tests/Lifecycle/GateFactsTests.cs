using System.Text.Json;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Lifecycle;

/// <summary>Every condition of the shipped gates, with a state of affairs in which it fails and the change that mends it.</summary>
public sealed class GateFactsTests
{
    /// <param name="Red">Done first; the condition must not hold then.</param>
    /// <param name="Green">Done after that; the condition must hold.</param>
    private sealed record Row(string Condition, Func<CampaignStore, Task> Red, Func<CampaignStore, Task> Green);

    private static readonly IReadOnlyList<Row> Rows =
    [
        Filled("competitors >= 1", "competitors", """{"competitors":[]}""", """{"competitors":[{"name":"A","offer":"B"}]}"""),
        Filled("personas >= 1", "personas", """{"personas":[]}""", """{"personas":[{"name":"Mia"}]}"""),
        Filled(
            "swot_quadrants == 4",
            "swot",
            """{"strengths":[{"text":"a"}],"weaknesses":[{"text":"b"}],"opportunities":[{"text":"c"}],"threats":[]}""",
            """{"strengths":[{"text":"a"}],"weaknesses":[{"text":"b"}],"opportunities":[{"text":"c"}],"threats":[{"text":"d"}]}"""
        ),
        Filled(
            "baseline_days >= 28",
            "baseline",
            """{"series":[{"metric":"roas","days":27,"value":2}]}""",
            """{"series":[{"metric":"roas","days":27,"value":2},{"metric":"cpa","days":28,"value":3}]}"""
        ),
        new("goals >= 1 and goals <= 3", Nothing, s => GoalAsync(s, "roas")),
        new("guardrail_goals >= 1", s => GoalAsync(s, "roas"), s => GoalAsync(s, "cpa", guardrail: true)),
        new("goals_not_smart == 0", s => GoalAsync(s, "roas", baseline: null), s => BaselineAsync(s, 2)),
        new(
            "goals_approved",
            s => ApprovalAsync(s, "goals", ApprovalState.Returned),
            s => ApprovalAsync(s, "goals", ApprovalState.Approved)
        ),
        Filled("segments >= 1", "strategy", """{"segments":[]}""", """{"segments":[{"name":"young"}]}"""),
        Filled("has_theme", "strategy", """{"theme":" "}""", """{"theme":"Spring"}"""),
        Filled("has_promotion", "strategy", """{"promotion":""}""", """{"promotion":"none"}"""),
        Filled(
            "risks_without_plan == 0",
            "risks",
            """{"risks":[{"risk":"stock","probability":3,"impact":3,"trigger":"t","plan":"p"}]}""", // no owner
            """{"risks":[{"risk":"stock","probability":3,"impact":3,"trigger":"t","plan":"p","owner":"o"},{"risk":"rain","probability":2,"impact":4}]}"""
        ),
        new("plan_difference == 0", Nothing, s => s.OpenBooksAsync()),
        new(
            "channels_out_of_bounds == 0",
            s => PlanAsync(s, "video", 41_00),
            s => PlanAsync(s, "video", 40_00) // the ceiling itself is inside
        ),
        Filled(
            "channels_without_source == 0",
            "tracking",
            """{"sources":[{"channel":"search"},{"channel":"social"}]}""",
            """{"sources":[{"channel":"search"},{"channel":"social"},{"channel":"VIDEO"}]}"""
        ),
        Filled("schedule_items >= 1", "schedule", """{"items":[]}""", """{"items":[{"what":"x"}]}"""),
        new("budget_approved", Nothing, s => ApprovalAsync(s, "budget", ApprovalState.Approved)),
        Filled("content_items >= 1", "content", """{"items":[]}""", """{"items":[{"item":"x"}]}"""),
        Filled("content_without_asset == 0", "content", """{"items":[{"item":"x"}]}""", """{"items":[{"item":"x","asset":"x v2"}]}"""),
        new(
            "content_approved",
            s => ApprovalAsync(s, "content", ApprovalState.Expired),
            s => ApprovalAsync(s, "content", ApprovalState.Approved)
        ),
        Filled("checklist_items >= 1", "checklist", """{"items":[]}""", """{"items":[{"item":"x"}]}"""),
        Filled("checklist_open == 0", "checklist", """{"items":[{"item":"x"}]}""", """{"items":[{"item":"x","evidence":"photo"}]}"""),
        new(
            "launch_approved",
            s => ApprovalAsync(s, "launch", ApprovalState.Open),
            s => ApprovalAsync(s, "launch", ApprovalState.Approved)
        ),
        new("flight_over", s => ClockAsync(s, "2026-11-20T15:59:59Z"), s => ClockAsync(s, "2026-11-20T16:00:00Z")), // midnight in Shanghai
        new("days_without_data == 0", s => FactsAsync(s, 0, 95), s => FactsAsync(s, 95, 96)), // 3 channels × 32 days
        new("shifts_waiting == 0", s => ShiftAsync(s, ShiftState.Waiting), SettledAsync),
        Filled(
            "goals_without_result == 0",
            "evaluation",
            """{"goals":[]}""",
            """{"goals":[{"metric":"ROAS","result":"met"}]}""",
            s => GoalAsync(s, "roas")
        ),
        Filled("optimisation_items >= 1", "evaluation", """{"optimisation":[]}""", """{"optimisation":[{"item":"x"}]}"""),
        Filled("review_held", "review", """{"held":null}""", """{"held":"2026-11-30"}"""),
        Filled("lessons >= 1", "review", """{"lessons":[]}""", """{"lessons":[{"lesson":"x"}]}"""),
        Filled(
            "lessons_without_disposition == 0",
            "review",
            """{"lessons":[{"lesson":"x"},{"lesson":"y","disposition":"rejected"}]}""",
            """{"lessons":[{"lesson":"x","disposition":"knowledge"},{"lesson":"y","disposition":"rejected"}]}"""
        ),
    ];

    public static IEnumerable<TheoryDataRow<string>> Conditions => Rows.Select(r => new TheoryDataRow<string>(r.Condition));

    [Theory]
    [MemberData(nameof(Conditions))]
    public async Task A_condition_fails_and_is_mended(string condition)
    {
        var row = Rows.Single(r => r.Condition == condition);
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);

        await row.Red(store);
        Assert.False(await HoldsAsync(store, condition), "It holds before anything was mended.");
        await row.Green(store);
        Assert.True(await HoldsAsync(store, condition), "It still fails.");
    }

    [Fact]
    public void Every_condition_of_the_shipped_gates_is_proven()
    {
        using var workflow = JsonDocument.Parse(File.ReadAllText(Repository.Path("workflows", "campaign-lifecycle.json")));
        var shipped = workflow
            .RootElement.GetProperty("root")
            .GetProperty("activities")
            .EnumerateArray()
            .Where(a => a.GetProperty("type").GetString() == "CampaignFlow.Gate")
            .SelectMany(a =>
                JsonSerializer.Deserialize<string[]>(
                    a.GetProperty("conditions").GetProperty("expression").GetProperty("value").GetString()!
                )!
            )
            .Order(StringComparer.Ordinal);
        Assert.Equal(Rows.Select(r => r.Condition).Order(StringComparer.Ordinal), shipped);
    }

    [Fact]
    public async Task A_later_approval_that_was_returned_takes_the_earlier_yes_back()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        await ApprovalAsync(store, "goals", ApprovalState.Approved);
        await ApprovalAsync(store, "goals", ApprovalState.Returned);
        Assert.False(await HoldsAsync(store, "goals_approved"));
    }

    private static async Task<bool> HoldsAsync(CampaignStore store, string condition)
    {
        var facts = await store.InScopeAsync(
            async (db, services) =>
            {
                var campaign = await db.Campaigns.SingleAsync(c => c.Id == store.CampaignId);
                var read = (GateFacts)services.GetService(typeof(GateFacts))!;
                return await read.ReadAsync(campaign, store.Clock.Now, default);
            }
        );
        var reading = Formula.Condition(condition, GateFacts.Vocabulary, "test");
        Assert.Empty(reading.Problems);
        return reading.Formula!.Explain(facts).Clauses.All(c => c.Holds == true);
    }

    private static Row Filled(string condition, string kind, string red, string green, Func<CampaignStore, Task>? before = null) =>
        new(
            condition,
            async s =>
            {
                await (before ?? Nothing)(s);
                await ArtefactAsync(s, kind, 1, red);
            },
            s => ArtefactAsync(s, kind, 2, green)
        );

    private static Task Nothing(CampaignStore store) => Task.CompletedTask;

    private static Task SaveAsync(CampaignStore store, Action<CampaignFlowDb> change) =>
        store.InScopeAsync(
            async (db, _) =>
            {
                change(db);
                return await db.SaveChangesAsync();
            }
        );

    private static Task ArtefactAsync(CampaignStore store, string kind, int version, string content) =>
        SaveAsync(
            store,
            db =>
                db.Artefacts.Add(
                    new()
                    {
                        CampaignId = store.CampaignId,
                        Kind = kind,
                        Version = version,
                        Content = content,
                        Hash = $"{version}",
                        Author = "test",
                        At = store.Clock.Now,
                    }
                )
        );

    private static Task GoalAsync(CampaignStore store, string metric, double? baseline = 1, bool guardrail = false) =>
        SaveAsync(
            store,
            db =>
                db.Goals.Add(
                    new()
                    {
                        CampaignId = store.CampaignId,
                        Metric = metric,
                        Baseline = baseline,
                        BaselineSource = "last year",
                        Target = 2,
                        Deadline = new(2026, 11, 20),
                        ParentObjective = "revenue",
                        Guardrail = guardrail,
                    }
                )
        );

    private static Task BaselineAsync(CampaignStore store, double baseline) =>
        store.InScopeAsync((db, _) => db.Goals.ExecuteUpdateAsync(set => set.SetProperty(g => g.Baseline, baseline)));

    private static Task ApprovalAsync(CampaignStore store, string kind, ApprovalState state)
    {
        store.Clock.Advance(TimeSpan.FromHours(1));
        return SaveAsync(
            store,
            db =>
                db.Approvals.Add(
                    new()
                    {
                        CampaignId = store.CampaignId,
                        Key = $"{kind}:{store.Clock.Now:O}",
                        Kind = kind,
                        TitleEn = kind,
                        TitleZh = kind,
                        WhyEn = kind,
                        WhyZh = kind,
                        Roles = ["manager"],
                        CreatedAt = store.Clock.Now,
                        DueAt = store.Clock.Now.AddDays(1),
                        State = state,
                    }
                )
        );
    }

    private static async Task PlanAsync(CampaignStore store, string channel, long planned) =>
        await store.InScopeAsync(
            (db, _) =>
                db.CampaignChannels.Where(c => c.Code == channel).ExecuteUpdateAsync(set => set.SetProperty(c => c.PlannedMinor, planned))
        );

    private static Task ClockAsync(CampaignStore store, string now)
    {
        store.Clock.Now = DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }

    /// <summary>Channel days of the flight, counted through; those from <paramref name="from"/> to before <paramref name="to"/> become known.</summary>
    private static Task FactsAsync(CampaignStore store, int from, int to) =>
        SaveAsync(
            store,
            db =>
                db.MetricFacts.AddRange(
                    Enumerable
                        .Range(from, to - from)
                        .Select(i => new MetricFact
                        {
                            CampaignId = store.CampaignId,
                            Channel = new[] { "search", "social", "video" }[i % 3],
                            Day = new DateOnly(2026, 10, 20).AddDays(i / 3),
                            KnownAt = store.Clock.Now.AddMinutes(-1),
                            SpendMinor = 1_00,
                        })
                )
        );

    private static Task ShiftAsync(CampaignStore store, ShiftState state) =>
        SaveAsync(
            store,
            db =>
                db.BudgetShifts.Add(
                    new()
                    {
                        CampaignId = store.CampaignId,
                        Number = 1,
                        Key = "k",
                        From = "search",
                        To = "video",
                        AmountMinor = 1_00,
                        ProposedBy = "rule",
                        ProposedAt = store.Clock.Now,
                        State = state,
                    }
                )
        );

    private static Task SettledAsync(CampaignStore store) =>
        store.InScopeAsync((db, _) => db.BudgetShifts.ExecuteUpdateAsync(set => set.SetProperty(s => s.State, ShiftState.Expired)));
}
