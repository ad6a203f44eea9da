using System.Net;
using CampaignFlow.Campaigns;
using CampaignFlow.Lifecycle;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Lifecycle;

public sealed class TaskPageTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("en", "Competitors, row 2, Offer is missing.")]
    [InlineData("zh-CN", "竞品 第 2 行 产品与优惠")]
    public async Task A_started_row_must_be_complete_and_nothing_typed_is_lost(string language, string why)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var task = await campaign.GiveAsync("analyst", "competitors", Stage.Research);
        using var analyst = await host.ReaderAsync("analyst", language);

        using var answer = await SendAsync(analyst, task, "finish", Row(0, "Alpha", "20 % off"), Row(1, "Beta <b>", ""));
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

        Assert.Contains(why, page, StringComparison.Ordinal);
        Assert.Contains("Beta <b>", page, StringComparison.Ordinal);
        Assert.Contains("20 % off", page, StringComparison.Ordinal);
        Assert.False(await host.InScopeAsync(db => db.Artefacts.AnyAsync(a => a.CampaignId == campaign.Id)));
        Assert.Null((await ReadAsync(task)).DoneAt);
    }

    [Fact]
    public async Task Saving_keeps_the_task_open_and_saving_with_finish_closes_it_with_a_new_version()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var task = await campaign.GiveAsync("analyst", "competitors", Stage.Research);
        using var analyst = await host.ReaderAsync("analyst");

        (await SendAsync(analyst, task, "save", Row(0, "Alpha", "20 % off"))).Dispose();
        var open = await ReadAsync(task);
        var prefilled = await analyst.TextAsync($"/tasks/{task.Id}");
        (await SendAsync(analyst, task, "finish", Row(0, "Alpha", "30 % off"))).Dispose();

        Assert.Null(open.DoneAt);
        Assert.Contains("20 % off", prefilled, StringComparison.Ordinal);
        Assert.NotNull((await ReadAsync(task)).DoneAt);
        Assert.Equal(2, await host.InScopeAsync(db => db.Artefacts.CountAsync(a => a.CampaignId == campaign.Id)));
    }

    [Fact]
    public async Task Another_roles_task_is_read_along_and_not_written()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var task = await campaign.GiveAsync("analyst", "competitors", Stage.Research);
        using var editor = await host.ReaderAsync("editor");

        Assert.Contains("This task belongs to: Data analyst", await editor.TextAsync($"/tasks/{task.Id}"), StringComparison.Ordinal);
        using var answer = await SendAsync(editor, task, "finish", Row(0, "Alpha", "x"));

        Assert.NotEqual(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Null((await ReadAsync(task)).DoneAt);
    }

    [Fact]
    public async Task More_rows_go_on_counting_where_the_table_ends()
    {
        using var analyst = await host.ReaderAsync("analyst");

        var more = await analyst.TextAsync("/artefacts/competitors/competitors/rows?from=3");

        Assert.Contains("competitors[3].name", more, StringComparison.Ordinal);
        Assert.Contains("competitors[5].name", more, StringComparison.Ordinal);
        Assert.Contains("rows?from=6", more, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Goals_are_typed_in_units_and_stay_once_they_are_approved()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var task = await campaign.GiveAsync("manager", null, Stage.Goals);
        using var manager = await host.ReaderAsync("manager");

        (await SendAsync(manager, task, "save", Goal("cpa", "101", "95.50"))).Dispose();
        var goal = await host.InScopeAsync(db => db.Goals.SingleAsync(g => g.CampaignId == campaign.Id));
        await ApproveGoalsAsync(campaign);
        using var late = await SendAsync(manager, task, "save", Goal("cpa", "101", "1"));

        Assert.Equal((10_100d, 9_550d), (goal.Baseline, goal.Target));
        Assert.Equal(
            9_550d,
            await host.InScopeAsync(db => db.Goals.Where(g => g.CampaignId == campaign.Id).Select(g => g.Target).SingleAsync())
        );
    }

    [Fact]
    public async Task Goals_may_follow_the_course_of_a_campaign_that_is_over()
    {
        var (model, campaign) = (await SmallCampaign.StartAsync(host), await SmallCampaign.StartAsync(host));
        var task = await campaign.GiveAsync("manager", null, Stage.Goals);
        using var manager = await host.ReaderAsync("manager");
        using var early = await SendAsync(manager, task, "save", Goal("cpa", "101", "95.50"), [("paceLike", model.Code)]);
        var refusal = WebUtility.HtmlDecode(await early.Content.ReadAsStringAsync());
        await host.InScopeAsync(db =>
            db.Campaigns.Where(c => c.Id == model.Id)
                .ExecuteUpdateAsync(s =>
                    s.SetProperty(c => c.StartsOn, new DateOnly(2020, 1, 1)).SetProperty(c => c.EndsOn, new DateOnly(2020, 1, 20))
                )
        );
        (await SendAsync(manager, task, "save", Goal("cpa", "101", "95.50"), [("paceLike", model.Code)])).Dispose();

        Assert.Contains($"'{model.Code}' is no campaign that ended before this one begins.", refusal, StringComparison.Ordinal);
        Assert.Equal(
            model.Code,
            await host.InScopeAsync(db => db.Campaigns.Where(c => c.Id == campaign.Id).Select(c => c.PaceLike).SingleAsync())
        );
        Assert.Matches($"<option value=\"{model.Code}\" selected", await manager.TextAsync($"/tasks/{task.Id}"));
    }

    [Theory]
    [InlineData("700", "650", "1500", "floor ≤ plan ≤ ceiling")]
    [InlineData("600", "x", "1500", "is not an amount")]
    public async Task A_plan_outside_its_bounds_is_not_saved(string floor, string planned, string ceiling, string why)
    {
        var campaign = await SmallCampaign.StartAsync(host, ledgerOpen: false);
        var task = await campaign.GiveAsync("operator", "schedule", Stage.Plan);
        using var person = await host.ReaderAsync("operator");

        using var answer = await SendAsync(person, task, "save", Schedule(), Plan(floor, planned, ceiling));

        Assert.Contains(why, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
        Assert.Equal(100_000, await PlannedAsync(campaign));
    }

    [Theory]
    [InlineData(false, 70_000)] // only a plan so far
    [InlineData(true, 100_000)] // from here on money moves by shifts
    public async Task A_plan_can_be_changed_until_the_ledger_opens(bool ledgerOpen, long planned)
    {
        var campaign = await SmallCampaign.StartAsync(host, ledgerOpen);
        var task = await campaign.GiveAsync("operator", "schedule", Stage.Plan);
        using var person = await host.ReaderAsync("operator");

        using var answer = await SendAsync(person, task, "save", Schedule(), Plan("600", "700", "1500"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(planned, await PlannedAsync(campaign));
    }

    private Task<long> PlannedAsync(SmallCampaign campaign) =>
        host.InScopeAsync(db =>
            db.CampaignChannels.Where(c => c.CampaignId == campaign.Id && c.Code == "search").Select(c => c.PlannedMinor).SingleAsync()
        );

    private Task<WorkTask> ReadAsync(WorkTask task) =>
        host.InScopeAsync(db => db.WorkTasks.AsNoTracking().SingleAsync(t => t.Id == task.Id));

    private Task<int> ApproveGoalsAsync(SmallCampaign campaign) =>
        host.InScopeAsync(db =>
        {
            db.Approvals.Add(
                new()
                {
                    CampaignId = campaign.Id,
                    Key = Guid.NewGuid().ToString("N"),
                    Kind = "goals",
                    TitleEn = "t",
                    TitleZh = "t",
                    WhyEn = "w",
                    WhyZh = "w",
                    Roles = ["executive"],
                    CreatedAt = DateTimeOffset.UtcNow,
                    DueAt = DateTimeOffset.UtcNow,
                    State = ApprovalState.Approved,
                }
            );
            return db.SaveChangesAsync();
        });

    private static (string, string)[] Row(int n, string name, string offer) =>
        [($"competitors[{n}].name", name), ($"competitors[{n}].offer", offer), ($"competitors[{n}].price", "")];

    private static (string, string)[] Goal(string metric, string baseline, string target) =>
        [
            ("goals[0].metric", metric),
            ("goals[0].baseline", baseline),
            ("goals[0].source", "last year"),
            ("goals[0].target", target),
            ("goals[0].deadline", "2099-01-01"),
            ("goals[0].parent", "grow"),
            ("goals[0].guardrail", "true"),
        ];

    private static (string, string)[] Schedule() =>
        [("items[0].what", "kick-off"), ("items[0].owner", "Lin"), ("items[0].starts", "2026-11-01"), ("items[0].ends", "2026-11-02")];

    private static (string, string)[] Plan(string floor, string planned, string ceiling) =>
        [
            ("plan[0].floor", floor),
            ("plan[0].planned", planned),
            ("plan[0].ceiling", ceiling),
            ("plan[1].floor", "200"),
            ("plan[1].planned", "500"),
            ("plan[1].ceiling", "900"),
        ];

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, WorkTask task, string what, params (string, string)[][] fields)
    {
        var form = fields.SelectMany(f => f).ToDictionary(f => f.Item1, f => f.Item2);
        form["_handler"] = "task";
        form["do"] = what;
        return client.PostFormAsync($"/tasks/{task.Id}", $"/tasks/{task.Id}", form);
    }
}
