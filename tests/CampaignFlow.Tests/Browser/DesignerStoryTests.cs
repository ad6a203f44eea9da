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

    [Fact]
    public async Task A_workflow_is_made_from_nothing_mended_published_by_two_gone_through_dry_run_and_helped_in_trouble()
    {
        await using var browser = await BrowserAsync("en");
        var li = await DesignerHand.SignInAsync(browser, Roles.Operator, "/workflows");
        await li.Page.Locator("[popovertarget=new-workflow]").First.ClickAsync();
        await li.Page.Locator("#new-name").FillAsync("Made by hand");
        await li.Page.Locator("#new-workflow .btn-primary").ClickAsync();
        await li.DrawnAsync();

        var decide = await li.DropAsync("Branching", "Decision", "Elsa.FlowDecision", 60, 60);
        var shaky = await li.DropAsync("Test", "Shaky", "Test.Shaky", 380, 160);
        await li.ConnectAsync(decide, "True", shaky);
        await Assertions.Expect(li.Page.Locator(".x6-edge")).ToHaveCountAsync(1);
        await li.SelectAsync(decide);
        await li.WriteConditionAsync("Scoer < 60");
        await Assertions.Expect(li.UnderTheCondition).ToContainTextAsync("'Scoer' is no variable");
        await Assertions.Expect(li.Problems).ToContainTextAsync("To mend before publishing");
        await li.PictureAsync("wrong-condition");
        await li.WriteConditionAsync("1 < 2");
        await Assertions.Expect(li.UnderTheCondition).ToBeEmptyAsync();
        await Assertions.Expect(li.Problems).Not.ToContainTextAsync("Scoer");
        await li.SavedAsync();
        await GiveMarkAsync(shaky);

        // The page goes on from what the server has: here somebody set the mark meanwhile.
        await li.Page.ReloadAsync();
        await li.DrawnAsync(".x6-node");
        await li.PublishAsync();
        await Assertions.Expect(li.Banner).ToContainTextAsync("a second person has to agree");
        await li.PictureAsync("asked");

        await using var other = await BrowserAsync("en");
        var wang = (await DesignerHand.SignInAsync(other, Roles.Manager, "/workflows/made-by-hand")).Page;
        await wang.GetByText("Agree and publish").First.ClickAsync();
        await wang.Locator(".ask:popover-open button.btn-primary").ClickAsync();
        await Assertions.Expect(wang.Locator("main")).ToContainTextAsync("in use");
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
        await wang.GotoAsync($"/runs/{run}/viewer");
        var viewer = new DesignerHand(wang);
        await viewer.DrawnAsync(".x6-node");
        await Assertions.Expect(wang.Locator("#studio")).ToContainTextAsync("Faulted");
        await viewer.PictureAsync("faulted-run");
        var page = await other.NewPageAsync();
        await page.GotoAsync("/runs/" + run);
        await page.Locator("[popovertarget^=retry-]").First.ClickAsync();
        await page.Locator("[id^=retry-]:popover-open .ask-do .btn-primary").ClickAsync();
        await Assertions.Expect(wang.Locator("#studio")).ToContainTextAsync("Finished", new() { Timeout = 15_000 });
        await viewer.PictureAsync("finished-run");
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
