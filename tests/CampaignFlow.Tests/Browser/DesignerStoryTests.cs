using System.Text.Encodings.Web;
using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Tests.Studio;
using CampaignFlow.Tests.Support;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CampaignFlow.Tests.Browser;

/// <summary>A workflow from nothing to its first incident, in the real designer.</summary>
public sealed class DesignerStoryTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly TestHost host = new()
    {
        Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["WorkflowFolder"] = Repository.Path("workflows") },
        More = Shaky.Register,
    };

    public async ValueTask InitializeAsync()
    {
        host.UseKestrel(0);
        host.StartServer();
        await host.MakePeopleAsync();
        await host.Services.GetRequiredService<WorkflowFiles>().LoadAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    /// <summary>What the same story reads like in each language.</summary>
    private static string Say(string language, string en, string zh) => language == "en" ? en : zh;

    [Theory]
    [InlineData("en")]
    [InlineData("zh-CN")]
    public async Task A_workflow_is_made_from_nothing_mended_published_by_two_gone_through_dry_run_and_helped_in_trouble(string language)
    {
        string T(string en, string zh) => Say(language, en, zh);
        await using var browser = await BrowserAsync(language);
        var li = await DesignerHand.SignInAsync(browser, Roles.Operator, "/workflows");
        await li.Page.Locator("[popovertarget=new-workflow]").First.ClickAsync();
        await li.Page.Locator("#new-name").FillAsync("Made by hand");
        await li.Page.Locator("#new-workflow .btn-primary").ClickAsync();
        await li.DrawnAsync();

        var decide = await li.DropAsync(T("Branching", "分支判断"), T("Decision", "判断"), "Elsa.FlowDecision", 60, 60);
        var shaky = await li.DropAsync(T("Test", "测试"), T("Shaky", "不稳"), "Test.Shaky", 380, 160);
        await li.ConnectAsync(decide, "True", shaky);
        await Assertions.Expect(li.Page.Locator(".x6-edge")).ToHaveCountAsync(1);
        await li.SelectAsync(decide);
        await li.WriteConditionAsync("Scoer < 60");
        await Assertions.Expect(li.UnderTheCondition).ToContainTextAsync(T("'Scoer' is no variable", "Scoer"));
        await Assertions.Expect(li.Problems).ToContainTextAsync(T("To mend before publishing", "发布前须修正"));
        await li.PictureAsync(language + "-wrong-condition");
        await li.WriteConditionAsync("1 < 2");
        await Assertions.Expect(li.UnderTheCondition).ToBeEmptyAsync();
        await Assertions.Expect(li.Problems).Not.ToContainTextAsync("Scoer");
        await StoredAsync("1 < 2"); // "saved" may still be said of what stood there before
        await li.SavedAsync();
        await GiveMarkAsync(shaky);

        // The page goes on from what the server has: here somebody set the mark meanwhile.
        await li.Page.ReloadAsync();
        await li.DrawnAsync(".x6-node");
        await li.Page.Locator("#show-way").ClickAsync();
        await Assertions.Expect(li.Page.Locator("#way")).ToContainTextAsync(T("It ends at once", "立即结束"));
        await Assertions.Expect(li.Page.Locator("elsa-activity-wrapper[data-way='Done']")).ToHaveCountAsync(2);
        await Assertions.Expect(li.Page.Locator(".x6-edge[data-way]")).ToHaveCountAsync(1);
        await Assertions.Expect(li.Page.Locator($"elsa-activity-wrapper[activity-id='{shaky}']")).ToHaveAttributeAsync("data-number", "2");
        await li.PictureAsync(language + "-way");
        await li.PublishAsync();
        await Assertions.Expect(li.Banner).ToContainTextAsync(T("a second person has to agree", "须由第二人确认"));
        await li.PictureAsync(language + "-asked");

        await using var other = await BrowserAsync(language);
        var wang = (await DesignerHand.SignInAsync(other, Roles.Manager, "/workflows/made-by-hand")).Page;
        await wang.GetByText(T("Agree and publish", "确认并发布")).First.ClickAsync();
        await wang.Locator(".ask:popover-open button.btn-primary").ClickAsync();
        await Assertions.Expect(wang.Locator("main")).ToContainTextAsync(T("in use", "使用中"));
        await wang.GotoAsync("/workflows/made-by-hand/dry-run");
        await Assertions.Expect(wang.Locator(".diagram-arrow.taken")).Not.ToHaveCountAsync(0);

        // It is started in the designer, fails, and its viewer sees it mended.
        host.Services.GetRequiredService<Weather>().Storms = 1;
        await wang.GotoAsync("/workflows/made-by-hand/design");
        var started = await wang.RunAndWaitForResponseAsync(
            () =>
                wang.Locator(".mud-toolbar button:visible")
                    .Filter(new() { Has = wang.Locator("path[d^='M8 5v14l11-7z']") })
                    .First.ClickAsync(),
            r => r.Url.EndsWith("/execute", StringComparison.Ordinal),
            new() { Timeout = 90_000 }
        );
        var run = started.Headers["x-elsa-workflow-instance-id"];
        await wang.WaitForURLAsync("**/runs/" + run);
        await wang.GotoAsync("/workflows/made-by-hand/design");
        var viewer = new DesignerHand(wang);
        await viewer.MoveAsync(decide, 40);
        await viewer.SavedAsync();
        await viewer.PublishAsync();
        await Assertions
            .Expect(viewer.Banner)
            .ToContainTextAsync(T("Preview carrying the running ones over (1)", "预览迁移进行中的运行 (1)"));
        await viewer.PictureAsync(language + "-published");
        await viewer.Banner.Locator("a").First.ClickAsync();
        await Assertions.Expect(wang.Locator("main")).ToContainTextAsync(T("Version 2", "第 2 版"));
        await wang.GotoAsync($"/runs/{run}/viewer");
        await viewer.DrawnAsync(".x6-node");
        await Assertions.Expect(wang.Locator("#studio")).ToContainTextAsync(T("Faulted", "出错"));
        await viewer.PictureAsync(language + "-faulted-run");
        var page = await other.NewPageAsync();
        await page.GotoAsync("/runs/" + run);
        await page.Locator("[popovertarget^=retry-]").First.ClickAsync();
        await page.Locator("[id^=retry-]:popover-open .ask-do .btn-primary").ClickAsync();
        await Assertions.Expect(wang.Locator("#studio")).ToContainTextAsync(T("Finished", "已完成"), new() { Timeout = 15_000 });
        await viewer.PictureAsync(language + "-finished-run");
    }

    private async Task<IBrowserContext> BrowserAsync(string language)
    {
        var browser = await chromium.Browser.NewContextAsync(
            new()
            {
                BaseURL = host.ClientOptions.BaseAddress.ToString(),
                ViewportSize = new() { Width = 1600, Height = 1000 },
            }
        );
        await browser.AddCookiesAsync([
            new()
            {
                Name = "language",
                Value = language,
                Url = host.ClientOptions.BaseAddress.ToString(),
            },
        ]);
        return browser;
    }

    private async Task StoredAsync(string text)
    {
        for (var patience = 0; ; patience++)
        {
            var json = await host.InScopeAsync(db =>
                db.WorkflowDrafts.Where(d => d.DefinitionId == "made-by-hand").Select(d => d.Json).SingleAsync()
            );
            if (
                JsonNode
                    .Parse(json)!
                    .ToJsonString(new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
                    .Contains(text, StringComparison.Ordinal)
            )
                return;
            Assert.True(patience < 150, $"'{text}' was not saved:\n{json}");
            await Task.Delay(100);
        }
    }

    private Task<int> GiveMarkAsync(string step) =>
        host.InScopeAsync(async db =>
        {
            var draft = await db.WorkflowDrafts.SingleAsync(d => d.DefinitionId == "made-by-hand");
            var model = JsonNode.Parse(draft.Json)!.AsObject();
            var shaky = model["root"]!["activities"]!.AsArray().Single(a => a!["id"]!.ToString() == step)!;
            shaky["mark"] = Drawing.Step("x", "x", ("mark", "String", "Literal", "made"))["mark"]!.DeepClone();
            draft.Json = model.ToJsonString();
            draft.Revision++;
            return await db.SaveChangesAsync();
        });
}
