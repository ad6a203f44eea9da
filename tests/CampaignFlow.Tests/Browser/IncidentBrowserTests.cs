using CampaignFlow.Accounts;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Tests.Support;
using CampaignFlow.Tests.Workflows.Incidents;
using Microsoft.Playwright;

namespace CampaignFlow.Tests.Browser;

/// <summary>Incidents as a person mends them: on a wide screen and on a phone.</summary>
public sealed class IncidentBrowserTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private static readonly string? Album = Environment.GetEnvironmentVariable("CAMPAIGNFLOW_SCREENSHOTS");
    private readonly IncidentStory story = new();

    public async ValueTask InitializeAsync()
    {
        story.Host.UseKestrel(0);
        story.Host.StartServer();
        await story.InitializeAsync();
    }

    public ValueTask DisposeAsync() => story.DisposeAsync();

    [Theory]
    [InlineData("en-GB", 1300, 900)]
    [InlineData("zh-CN", 390, 844)]
    public async Task A_failed_step_is_found_edited_and_tried_again(string locale, int width, int height)
    {
        var run = await story.FailAsync("booking", "b");
        var page = await SignedInAsync(locale, width, height, "/incidents");
        await AssertFitsAsync(page, $"incidents-{width}");
        await page.Locator("main .row-line a").First.ClickAsync();
        await page.WaitForURLAsync($"**/runs/{run}#incident-*");
        await AssertFitsAsync(page, $"incident-{width}");
        await page.Locator("a[href*='/mend/']").ClickAsync();
        await AssertFitsAsync(page, $"mend-{width}");
        await page.Locator("[id='in.Mark']").FillAsync("paid by hand");
        await page.Locator("#reason").FillAsync("the bank called");
        await page.Locator("#reason").PressAsync("Enter");

        await page.WaitForURLAsync($"**/runs/{run}");
        await Assertions.Expect(page.Locator(".incident")).ToHaveCountAsync(0);
        Assert.Equal(RunStatus.Finished, await story.StatusAsync(run));
        Assert.Equal(["hotel", "flight", "paid by hand"], await story.MarksAsync(run));
        await page.Locator("#journal details.given summary").First.ClickAsync();
        await AssertFitsAsync(page, $"run-{width}");
    }

    [Fact]
    public async Task A_run_is_cancelled_and_what_it_did_is_undone_last_first()
    {
        var run = await story.FailAsync("booking", "b");
        var page = await SignedInAsync("en-GB", 1300, 900, $"/runs/{run}");
        await page.Locator("[popovertarget=undo-run]").First.ClickAsync();
        Assert.Equal(["Book flight", "Book hotel"], await page.Locator("ol.undo li").AllTextContentsAsync());
        await page.Locator("#why-undo").FillAsync("no budget");
        await page.Locator("#undo-run .ask-do .btn-danger").ClickAsync();

        await Assertions.Expect(page.Locator(".page-below .chip")).ToContainTextAsync("Cancelled");
        Assert.Equal(["hotel", "flight", "undo flight", "undo hotel"], await story.MarksAsync(run));
    }

    [Fact]
    public async Task Ticking_all_and_trying_again_empties_the_list()
    {
        for (var i = 0; i < 3; i++)
            await story.FailAsync("shop", $"s{i}");
        var page = await SignedInAsync("en-GB", 1300, 900, "/incidents");
        await page.Locator("[data-ticks]").CheckAsync();
        await Assertions.Expect(page.Locator("input[name=incident]:checked")).ToHaveCountAsync(3);
        await page.Locator("[popovertarget=again-chosen]").First.ClickAsync();
        await page.Locator("#again-chosen .ask-do .btn-primary").ClickAsync();

        await Assertions.Expect(page.Locator(".empty-state h2")).ToHaveTextAsync("Nothing stands still");
    }

    private async Task<IPage> SignedInAsync(string locale, int width, int height, string path)
    {
        var page = await chromium.Browser.NewPageAsync(
            new()
            {
                BaseURL = story.Host.ClientOptions.BaseAddress.ToString(),
                Locale = locale,
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        await page.GotoAsync("/sign-in?ReturnUrl=" + Uri.EscapeDataString(path));
        await page.Locator("#name").FillAsync(Roles.Manager);
        await page.Locator("#password").FillAsync(TestHost.Password);
        await page.Locator("button[type=submit]").ClickAsync();
        await page.WaitForURLAsync("**" + path);
        return page;
    }

    private static async Task AssertFitsAsync(IPage page, string name)
    {
        await page.WaitForLoadStateAsync(LoadState.DOMContentLoaded);
        if (Album is not null)
            await page.ScreenshotAsync(new() { Path = Path.Combine(Album, name + ".png"), FullPage = true });
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"{name} is too wide");
    }
}
