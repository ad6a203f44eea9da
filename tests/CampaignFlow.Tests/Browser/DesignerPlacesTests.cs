using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CampaignFlow.Accounts;
using CampaignFlow.Tests.Studio;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;

namespace CampaignFlow.Tests.Browser;

/// <summary>Where the designer leads, what it does not offer, and what becomes of a change when somebody goes away or another signs in.</summary>
public sealed class DesignerPlacesTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly StudioHost studio = new();
    private IBrowserContext browser = null!;

    public async ValueTask InitializeAsync()
    {
        studio.Host.UseKestrel(0);
        studio.Host.StartServer();
        await studio.InitializeAsync();
        browser = await chromium.Browser.NewContextAsync(
            new()
            {
                BaseURL = studio.Host.ClientOptions.BaseAddress.ToString(),
                ViewportSize = new() { Width = 1600, Height = 1000 },
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        await studio.DisposeAsync();
    }

    [Fact]
    public async Task What_it_starts_copies_and_refuses_leads_to_our_pages_and_nothing_is_offered_that_only_fails()
    {
        var (wang, id) = await OpenAsync(Roles.Manager, Drawing.With(Drawing.Fresh("Leads somewhere"), First, End), publish: true);
        foreach (var gone in new[] { "Test", "Log", "Commit Strategy" })
            await Assertions.Expect(wang.Page.Locator(".mud-tab").Filter(new() { HasText = gone }).First).ToBeHiddenAsync();
        await Assertions.Expect(wang.Page.Locator(".mud-tab").Filter(new() { HasText = "Common" }).First).ToBeVisibleAsync();

        await wang.Page.Locator(".mud-tab").Filter(new() { HasText = "Version history" }).First.DispatchEventAsync("click");
        await wang.Page.Locator(".mud-table .mud-menu button").First.ClickAsync();
        var menu = wang.Page.Locator(".mud-popover-open .mud-menu-item");
        await Assertions.Expect(menu.Filter(new() { HasText = "View" })).ToBeVisibleAsync();
        await Assertions.Expect(menu.Filter(new() { HasText = "Delete" })).ToBeHiddenAsync();
        await wang.Page.Keyboard.PressAsync("Escape");

        await wang.Page.Locator(".mud-toolbar button:has(path[d='M8 5v14l11-7z'])").ClickAsync();
        await wang.Page.WaitForURLAsync("**/runs/*");
        await Assertions.Expect(wang.Page.Locator("h1")).ToBeVisibleAsync();

        await wang.Page.GotoAsync($"/workflows/{id}/design");
        await wang.DrawnAsync(".x6-node");
        await wang.Page.Locator("body[data-whole]").WaitForAsync();
        await wang.Page.Locator(".mud-toolbar .mud-menu-icon-button-activator").First.ClickAsync();
        await menu.Filter(new() { HasText = "Save as" }).ClickAsync();
        await wang.Page.Locator(".mud-dialog input").First.FillAsync("Leads to a copy");
        await wang.Page.Keyboard.PressAsync("Tab");
        await wang.Page.Locator(".mud-dialog button").Last.ClickAsync();
        await wang.Page.WaitForURLAsync("**/workflows/leads-to-a-copy");
    }

    [Fact]
    public async Task A_name_changed_after_the_session_ended_is_kept_and_one_who_may_not_save_is_told_so()
    {
        var (li, id) = await OpenAsync(Roles.Operator, Drawing.With(Drawing.Fresh("Kept by name"), First, End));
        var description = li.Page.GetByLabel("Description", new() { Exact = true });
        await browser.ClearCookiesAsync(new() { Name = "campaignflow" });
        await description.FillAsync("Written too late");
        await li.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(li.Banner).ToContainTextAsync("Your session has ended");
        await li.UnsavedAsync();
        Assert.Contains(
            "Written too late",
            await li.Page.EvaluateAsync<string>("id => localStorage.getItem('designer:' + id) ?? ''", id),
            StringComparison.Ordinal
        );
        await SignInElsewhereAsync(Roles.Analyst);
        await Assertions.Expect(li.Banner).ToContainTextAsync("Your role may not do this");
        await Assertions.Expect(li.Banner).ToContainTextAsync("Download my version");
        await li.UnsavedAsync();

        await browser.ClearCookiesAsync(new() { Name = "campaignflow" });
        await SignInElsewhereAsync(Roles.Operator);
        await description.FillAsync("Written in time");
        await li.Page.Keyboard.PressAsync("Tab");
        await li.SavedAsync();
        Assert.Contains("Written in time", await DraftAsync(id), StringComparison.Ordinal);

        // Half a second passes before the designer sends a change: who leaves within it is asked.
        const string leaves = "() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))";
        Assert.False(await li.Page.EvaluateAsync<bool>(leaves));
        Assert.True(
            await description.EvaluateAsync<bool>($"field => (field.dispatchEvent(new Event('input', {{ bubbles: true }})), ({leaves})())")
        );
    }

    [Fact]
    public async Task A_draft_says_at_once_what_is_to_be_mended_and_comes_back_whole_from_its_code()
    {
        var ask = Drawing.Step("ask", "CampaignFlow.HumanTask", ("title", "String", "Literal", "Write a greeting"));
        ask["metadata"] = JsonNode.Parse("""{"designer":{"position":{"x":2400,"y":0},"size":{"width":200,"height":54}}}""");
        var (li, _) = await OpenAsync(Roles.Operator, Drawing.With(Drawing.Fresh("Left unfinished"), First, ask));
        await Assertions.Expect(li.Problems).ToContainTextAsync("'Role'");
        await Assertions.Expect(li.Page.Locator("elsa-activity-wrapper[activity-id='ask']")).ToHaveAttributeAsync("data-problem", "Error");

        await li.Page.Locator(".mud-tab").Filter(new() { HasText = "Code view" }).First.ClickAsync();
        await Assertions.Expect(li.Page.Locator(".x6-graph")).ToHaveCountAsync(0);
        await li.Page.Locator(".mud-tab").Filter(new() { HasText = "Left unfinished" }).First.ClickAsync();
        await Assertions
            .Expect(li.Page.Locator(".x6-graph-svg-viewport"))
            .ToHaveAttributeAsync("transform", new Regex(@"^matrix\(0\.[0-9]"), new() { Timeout = 15_000 });
    }

    private static JsonObject First => Drawing.Line("first");
    private static JsonObject End => Drawing.Step("end", "Elsa.Finish");

    private async Task<(DesignerHand, string Id)> OpenAsync(string role, JsonObject model, bool publish = false)
    {
        var hand = await DesignerHand.SignInAsync(browser, role, "/workflows");
        await hand.Page.WaitForURLAsync("**/workflows");
        var id = await hand.Page.EvaluateAsync<string>(
            """
            async ([model, publish]) => {
              const session = await (await fetch("/elsa/api/session")).json();
              const headers = { "Content-Type": "application/json", "X-Antiforgery": session.antiforgery };
              const body = JSON.stringify({ model: JSON.parse(model), publish });
              return (await (await fetch("/elsa/api/workflow-definitions", { method: "POST", headers, body })).json()).workflowDefinition.definitionId;
            }
            """,
            new object[] { model.ToJsonString(), publish }
        );
        await hand.Page.GotoAsync($"/workflows/{id}/design");
        await hand.DrawnAsync(".x6-node");
        await hand.Page.Locator("body[data-whole]").WaitForAsync();
        return (hand, id);
    }

    private async Task SignInElsewhereAsync(string role)
    {
        var elsewhere = await DesignerHand.SignInAsync(browser, role, "/account");
        await elsewhere.Page.WaitForURLAsync("**/account");
        await elsewhere.Page.CloseAsync();
    }

    private Task<string> DraftAsync(string id) =>
        studio.Host.InScopeAsync(db => db.WorkflowDrafts.Where(d => d.DefinitionId == id).Select(d => d.Json).SingleAsync());
}
