using System.Net;
using CampaignFlow.Campaigns;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Board;

public sealed class CampaignPagesTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("en", "Board", "Spring sale", "1 of 2 green", "1 task is overdue", "C7 gate")]
    [InlineData("zh-CN", "看板", "Spring sale", "1/2 已满足", "1 项任务逾期", "C7 关口")]
    public async Task The_board_says_where_a_campaign_stands(string language, string title, params string[] says)
    {
        await SeedAsync("on-board-" + language.ToLowerInvariant());
        using var client = await host.SignedInAsync(ReaderOf(language), language);

        var page = await client.TextAsync("/?q=on-board-" + language);

        Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
        Assert.All(says, s => Assert.Contains(s, page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "en",
        "Next actions",
        "Upload the numbers",
        "Shift budget: Channel ch0 → ch9, ¥123.00 a day",
        "people told",
        "The flight is over: no",
        "last 1 d still move",
        "Hold budget changes"
    )]
    [InlineData(
        "zh-CN",
        "下一步",
        "上传数据",
        "调整预算：Channel ch0 → ch9，¥123.00/日",
        "已通知",
        "投放期已结束：否",
        "近 1 天未稳定",
        "暂停预算调整"
    )]
    public async Task The_campaign_page_has_work_decisions_gates_and_ripeness(string language, params string[] says)
    {
        var code = "page-" + language.ToLowerInvariant();
        await SeedAsync(code);
        using var client = await host.SignedInAsync(ReaderOf(language), language);

        var page = await client.TextAsync($"/campaigns/{code}");

        Assert.All(says, s => Assert.Contains(s, page, StringComparison.Ordinal));
        Assert.DoesNotContain(
            "Shift budget: Channel ch1",
            await client.TextAsync($"/campaigns/{code}?decisions=executed"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("en", "cooldown", "ROAS 1.25 below 2", "Nothing was moved")]
    [InlineData("zh-CN", "冷却期", "ROAS 1.25 低于 2", "未做任何改动")]
    public async Task A_refused_decision_tells_its_numbers_and_its_guard(string language, string guard, string clause, string outcome)
    {
        var code = "why-" + language.ToLowerInvariant();
        var seeded = await SeedAsync(code);
        using var client = await host.SignedInAsync(ReaderOf(language), language);

        var page = await client.TextAsync($"/campaigns/{code}/decisions/{seeded.Refused}");

        Assert.Contains(guard, page, StringComparison.Ordinal);
        Assert.Contains(clause, page, StringComparison.Ordinal);
        Assert.Contains(outcome, page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Evaluation report", "Not measurable", "¥600.00", "1 of 2 goals met")]
    [InlineData("zh-CN", "评估报告", "无法衡量", "¥600.00", "2 个目标达成 1 个")]
    public async Task A_report_adds_up_and_does_not_guess(string language, string title, string missing, string spend, string met)
    {
        var code = "report-" + language.ToLowerInvariant();
        var seeded = await SeedAsync(code);
        using var client = await host.SignedInAsync(ReaderOf(language), language);

        var page = await client.TextAsync($"/campaigns/{code}/reports/{seeded.Report}");

        Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
        Assert.Contains(missing, page, StringComparison.Ordinal);
        Assert.Contains(spend, page, StringComparison.Ordinal);
        Assert.Contains(met, await client.TextAsync($"/campaigns/{code}/reports"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/campaigns/nowhere")]
    [InlineData("/campaigns/nowhere/reports")]
    [InlineData("/campaigns/nowhere/stages/C1")]
    [InlineData("/campaigns/nowhere/decisions/00000000-0000-0000-0000-000000000001")]
    public async Task What_does_not_exist_is_said_so_with_404(string path)
    {
        using var client = await host.SignedInAsync("manager");

        using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_hold_is_set_by_the_form_and_shown_on_the_page()
    {
        await SeedAsync("to-hold");
        using var client = await host.SignedInAsync("finance");

        using var answer = await client.PostFormAsync("/campaigns/to-hold", "/campaigns/to-hold/hold", new() { ["hold"] = "true" });

        Assert.Equal("/campaigns/to-hold", answer.Headers.Location!.OriginalString);
        Assert.Contains("Budget changes are on hold", await client.TextAsync("/campaigns/to-hold"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("manager", "Tech fixes it tomorrow, launch cannot wait", HttpStatusCode.Redirect, true)]
    [InlineData("manager", "because", HttpStatusCode.Redirect, false)] // shorter than the ten characters the review needs
    [InlineData("operator", "Tech fixes it tomorrow, launch cannot wait", HttpStatusCode.Forbidden, false)]
    public async Task A_gate_is_overridden_only_with_a_reason_and_the_right(
        string role,
        string reason,
        HttpStatusCode status,
        bool overridden
    )
    {
        var code = $"gate-{role}-{reason.Length}";
        var seeded = await SeedAsync(code);
        using var client = await host.SignedInAsync(role);

        var stage = await client.TextAsync($"/campaigns/{code}/stages/C7");

        using var answer = await client.PostFormAsync(
            $"/campaigns/{code}",
            $"/campaigns/{code}/gates/{seeded.Gate}/override",
            new() { ["reason"] = reason }
        );

        Assert.Equal(role == "manager", stage.Contains("Spring sale leaves C7 with 1 conditions unmet", StringComparison.Ordinal));
        Assert.Equal(status, answer.StatusCode);
        var gate = await host.InScopeAsync(db =>
            db.Set<CampaignFlow.Lifecycle.GateCheck>().AsNoTracking().SingleAsync(g => g.Id == seeded.Gate)
        );
        Assert.Equal(overridden, gate.OverriddenBy is not null);
    }

    [Fact]
    public async Task A_wrong_brief_keeps_what_was_typed_and_a_right_one_starts_the_campaign()
    {
        await PublishLifecycleAsync();
        using var client = await host.SignedInAsync("operator");
        var fields = new Dictionary<string, string>
        {
            ["_handler"] = "new-campaign",
            ["Asked.Name"] = "Summer",
            ["Asked.Code"] = "summer-2027",
            ["Asked.Intent"] = "促销",
            ["Asked.Brand"] = "Qinghe",
            ["Asked.Product"] = "Cleanser",
            ["Asked.Currency"] = "CNY",
            ["Asked.TimeZone"] = "Asia/Shanghai",
            ["Asked.StartsOn"] = "2027-06-01",
            ["Asked.EndsOn"] = "2027-06-20",
            ["Asked.Channels[0].Code"] = "search",
            ["Asked.Channels[0].Daily"] = "twelve",
            ["Asked.Channels[0].Contract"] = "true",
            ["Asked.Goals[0].Metric"] = "cpa",
            ["Asked.Goals[0].Target"] = "95.5",
        };

        using var wrong = await client.PostFormAsync("/campaigns/new", "/campaigns/new", fields);
        var page = WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        fields["Asked.Channels[0].Daily"] = "1.2万";
        using var right = await client.PostFormAsync("/campaigns/new", "/campaigns/new", fields);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, wrong.StatusCode);
        Assert.Contains(
            "Channel row 1, daily budget: 'twelve' is not an amount such as 12000 or 12,000.50.",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("value=\"twelve\"", page, StringComparison.Ordinal);
        Assert.Equal("/campaigns/summer-2027", right.Headers.Location!.OriginalString);
        var channel = await host.InScopeAsync(db =>
            db.Set<CampaignChannel>().SingleAsync(c => c.Code == "search" && c.PlannedMinor == 12_000_00)
        );
        Assert.False(channel.Shiftable);
    }

    [Fact]
    public async Task Only_who_edits_campaigns_may_make_one()
    {
        using var client = await host.SignedInAsync("finance");

        using var answer = await client.GetAsync("/campaigns/new", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    /// <summary>The first sign-in settles a person's language, so each language has its own reader.</summary>
    private static string ReaderOf(string language) => language == "en" ? "manager" : "executive";

    /// <summary>The tests' host has no workflows folder beside it.</summary>
    private Task<int> PublishLifecycleAsync() =>
        host.InScopeAsync(async db =>
        {
            if (await db.Set<WorkflowVersion>().AnyAsync(v => v.DefinitionId == "campaign-lifecycle"))
                return 0;
            var root = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(root!.FullName, "CampaignFlow.sln")))
                root = root.Parent;
            db.Add(
                new WorkflowVersion
                {
                    DefinitionId = "campaign-lifecycle",
                    Version = 1,
                    Name = "Campaign lifecycle",
                    Json = await File.ReadAllTextAsync(Path.Combine(root.FullName, "workflows", "campaign-lifecycle.json")),
                    Hash = "as-in-the-folder",
                    CreatedAt = DateTimeOffset.UtcNow,
                    Published = true,
                }
            );
            return await db.SaveChangesAsync();
        });

    private Task<SeededCampaign> SeedAsync(string code) =>
        host.InScopeAsync(db => SeededCampaign.AddAsync(db, code, DateTimeOffset.UtcNow));
}
