using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Waiting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class RunSentencesTests
{
    [Theory]
    [InlineData("fresh", "Is about to make its first step.", "即将执行第一步。")]
    [InlineData("timer", "Waits until Mon 2 Nov, 02:00 UTC (Delay).", "等到 11月2日周一 02:00（UTC）（延时）。")]
    [InlineData("next year", "Waits until Sat 2 Jan 2027, 01:00 UTC (Delay).", "等到 2027年1月2日周六 01:00（UTC）（延时）。")]
    [InlineData("event", "Waits for the event 'go'.", "等待事件“go”。")]
    [InlineData("task", "Waits until the task 'Ask' is done.", "等待任务“询问”完成。")]
    [InlineData("fault", "Stopped: 'Break' failed: The shop is closed. 1 attempt.", "已停止：“出错”失败：The shop is closed.已尝试 1 次。")]
    [InlineData(
        "bug",
        "The last attempt failed: The run could not go on: The cable is cut. 1 attempt of 5; will be tried again in 2 s.",
        "上次执行失败：The run could not go on: The cable is cut.已尝试 1 次（最多 5 次），2 秒后重试。"
    )]
    [InlineData("done", "Finished on Mon 2 Nov.", "已于11月2日周一完成。")]
    [InlineData("cancelled", "Cancelled on Mon 2 Nov.", "已于11月2日周一取消。")]
    [InlineData("claimed", "Is at work on 'Event'.", "正在执行“等待事件”。")]
    [InlineData("child", "Waits for its child run 'Test', which itself waits.", "等待其子流程“Test”，该运行也在等待。")]
    public async Task A_run_says_how_it_stands(string what, string en, string zh)
    {
        await using var bench = await CreateAsync(DatabaseKind.Sqlite);
        await bench.PublishAsync("other", Sequence(Event("never")));
        await bench.PublishAsync(
            "story",
            Sequence(
                what switch
                {
                    "timer" => Delay("01:00:00"),
                    "next year" => Delay("61.00:00:00"),
                    "task" => Ask("x"),
                    "fault" => Text("Test.Break", "how", "fault"),
                    "bug" => Text("Test.Break", "how", "bug"),
                    "done" => Leave("x"),
                    "child" => Text("Elsa.ExecuteWorkflow", "workflowDefinitionId", "other"),
                    _ => Event("go"),
                }
            )
        );
        var run = await bench.StartAsync("story");
        if (what != "fresh")
            await bench.DrainAsync();
        if (what == "cancelled")
        {
            await bench.Store.InScopeAsync((_, s) => s.GetRequiredService<CancelRun>().HandleAsync(run, "enough", default));
            await bench.DrainAsync();
        }
        if (what == "claimed")
        {
            await bench.SignalAsync("event", "go");
            Assert.Single(await bench.Runner.ClaimAsync(default));
        }

        var said = await SayAsync(bench.Store.Services, run);
        Assert.Equal((en, zh), (said?.En, said?.Zh));
    }

    [Theory]
    [InlineData(
        "task",
        "Waits since Mon 2 Nov for the task 'Count' by data analyst, due Wed 4 Nov.",
        "自11月2日周一起等待数据分析师完成任务“数一数”，截止 11月4日周三。"
    )]
    [InlineData(
        "late task",
        "Waits since Mon 2 Nov for the task 'Count' by data analyst, overdue since Wed 4 Nov.",
        "自11月2日周一起等待数据分析师完成任务“数一数”，11月4日周三起已逾期。"
    )]
    [InlineData(
        "approval",
        "Waits since Mon 2 Nov for the approval 'Budget' by operations manager and finance, due Thu 5 Nov.",
        "自11月2日周一起等待运营经理、财务审批“预算”，截止 11月5日周四。"
    )]
    [InlineData(
        "half an approval",
        "Waits since Mon 2 Nov for the approval 'Budget' by finance, due Thu 5 Nov.",
        "自11月2日周一起等待财务审批“预算”，截止 11月5日周四。"
    )]
    [InlineData(
        "gate",
        "Waits since Mon 2 Nov at the gate of C1 Research, still red: Competitors looked at ≥ 1: 0 < 1, 1 short.",
        "自11月2日周一起在“C1 市场调研”关口等待，未满足：竞品数 0 < 1，差 1。"
    )]
    [InlineData(
        "check",
        "Waits for the event 'rules-due' (rule evaluation), next about Tue 3 Nov, 09:00.",
        "等待事件“rules-due”（规则评估），预计 11月3日周二 09:00。"
    )]
    [InlineData(
        "check on hold",
        "Waits for the event 'rules-due' (rule evaluation), which does not come while the campaign is not active.",
        "等待事件“rules-due”（规则评估）；活动未处于进行状态，暂不会触发。"
    )]
    [InlineData("timer", "Waits until Mon 2 Nov, 10:00 (Delay).", "等到 11月2日周一 10:00（延时）。")]
    public async Task A_slice_tells_what_its_own_bookmarks_stand_for(string what, string en, string zh)
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        var run = await StartAsync(
            store,
            what.Split(' ')[^1] switch
            {
                "task" => """
                "type":"CampaignFlow.HumanTask","title":"Count","titleZh":"数一数","role":"analyst","dueIn":"2.00:00:00"
                """,
                "approval" => """
                "type":"CampaignFlow.Approval","kind":"budget","title":"Budget","titleZh":"预算","roles":["manager","finance"],"answerWithin":"3.00:00:00"
                """,
                "gate" => """
                "type":"CampaignFlow.Gate","stage":"C1_RESEARCH","conditions":["competitors >= 1"]
                """,
                "timer" => Delay("01:00:00"),
                _ => Event("rules-due"),
            }
        );
        if (what.StartsWith("half", StringComparison.Ordinal))
            await store.InScopeAsync(
                async (db, _) =>
                {
                    var asked = await db.Set<CampaignFlow.Tasks.Approval>().SingleAsync();
                    db.Add(
                        new CampaignFlow.Tasks.ApprovalVote
                        {
                            ApprovalId = asked.Id,
                            Role = "manager",
                            PersonId = Guid.NewGuid(),
                            PersonName = "M",
                            Said = CampaignFlow.Tasks.ApprovalState.Approved,
                            At = store.Clock.Now,
                        }
                    );
                    return await db.SaveChangesAsync();
                }
            );
        if (what.StartsWith("late", StringComparison.Ordinal))
            store.Clock.Advance(TimeSpan.FromDays(4));
        if (what.EndsWith("hold", StringComparison.Ordinal))
            await store.InScopeAsync(
                (db, _) => db.Campaigns.ExecuteUpdateAsync(set => set.SetProperty(c => c.State, CampaignState.OnHold))
            );

        var said = await SayAsync(store.Services, run);
        Assert.Equal((en, zh), (said?.En, said?.Zh));
    }

    [Theory]
    [InlineData("timer", null, 0, "Its time came on Mon 2 Nov, 01:00 UTC (Step); it is next in turn.")]
    [InlineData("retry", "No answer", 40, "'Step' failed: No answer. 2 attempts; will be tried again in 40 s.")]
    [InlineData("retry", "No answer", 7200, "'Step' failed: No answer. 2 attempts; will be tried again in 2 h.")]
    [InlineData("timeout", null, 3600, "'Step' may take until Mon 2 Nov, 02:00 UTC.")]
    [InlineData("http", null, null, "Waits for a call of x.")]
    [InlineData("new kind", null, null, "Waits at 'Step'.")]
    [InlineData("new kind", null, 3600, "Waits at 'Step' until Mon 2 Nov, 02:00 UTC at the latest.")]
    public void A_kind_that_no_slice_speaks_for_is_told_in_general_words(string kind, string? error, int? dueIn, string en)
    {
        var now = new DateTimeOffset(2026, 11, 2, 1, 0, 0, TimeSpan.Zero);
        var wait = new Wait
        {
            Bookmark = new()
            {
                RunId = Guid.Empty,
                Id = "b",
                Execution = "1",
                Kind = kind,
                Key = "x",
                DefinitionId = "d",
                RunKey = "r",
                DueAt = dueIn is { } seconds ? now.AddSeconds(seconds) : null,
            },
            Step = Phrase.Same("Step"),
            Execution = new()
            {
                Id = "1",
                Activity = "a",
                Error = error,
                Attempt = 2,
            },
            Now = now,
        };
        Assert.Equal(en, GeneralReasons.Of(wait).En);
        Assert.NotEqual(en, GeneralReasons.Of(wait).Zh);
    }

    [Fact]
    public async Task A_list_of_runs_is_told_in_as_many_questions_as_one_run()
    {
        await using var bench = await CreateAsync(DatabaseKind.Postgres);
        await bench.PublishAsync("story", Sequence(Event("go")));
        await bench.PublishAsync("wide", Wide(9));
        for (var i = 0; i < 30; i++)
            await bench.StartAsync("story", $"run-{i:00}");
        var wide = await bench.StartAsync("wide", "wide");
        await bench.DrainAsync();
        var runs = await bench.AskAsync(db => db.Runs.AsNoTracking().ToListAsync());

        var says = await bench.Store.InScopeAsync((_, s) => s.GetRequiredService<RunSentences>().OfAsync(runs, default));

        Assert.Equal(31, says.Count);
        Assert.Equal(30, says.Values.Count(s => s.En == "Waits for the event 'go'."));
        Assert.EndsWith(" And 5 more.", says[wide].En, StringComparison.Ordinal);
    }

    private static string Wide(int branches) =>
        """{"name":"Wide","root":{"id":"root","type":"Elsa.Parallel","activities":["""
        + string.Join(',', Enumerable.Range(0, branches).Select(n => $"{{\"id\":\"e{n}\",{Event("e" + n)}}}"))
        + "]}}";

    private static async Task<Guid> StartAsync(CampaignStore store, string activity)
    {
        var files = store.Services.GetRequiredService<WorkflowFiles>();
        await files.PublishAsync("story", "Story", Sequence(activity), default);
        var run = await store.InScopeAsync(
            async (db, services) =>
            {
                var id = await services
                    .GetRequiredService<WorkflowRuns>()
                    .StartAsync("story", "story", store.CampaignId.ToString(), null, default);
                await db.SaveChangesAsync();
                return id;
            }
        );
        await store.SettleAsync();
        return run;
    }

    private static async Task<Phrase?> SayAsync(IServiceProvider services, Guid run)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<RunQueries>().WaitingAsync(run, default);
    }
}
