using CampaignFlow.Accounts;
using CampaignFlow.Tests.Browser;
using CampaignFlow.Tests.Support;
using CampaignFlow.Tests.Workflows.Versions;
using Microsoft.Playwright;

namespace CampaignFlow.Tests.Journeys;

/// <summary>A manager carries running campaigns over to a new version on a phone, and takes them back.</summary>
public sealed class MigrateCampaignsTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly VersionStory story = new();

    public async ValueTask InitializeAsync()
    {
        story.Host.UseKestrel(0);
        story.Host.StartServer();
        await story.BeginAsync();
    }

    public ValueTask DisposeAsync() => story.DisposeAsync();

    [Theory]
    [InlineData("en-GB", "Show the effect", "3 of 3 can go over.", "3 of 3 went over", "Take all back", "3 went back")]
    [InlineData("zh-CN", "查看影响", "3 个中有 3 个可以迁移。", "已迁移 3", "全部退回", "已退回 3")]
    public async Task From_the_effect_to_the_migration_and_back(
        string locale,
        string show,
        string go,
        string over,
        string takeBack,
        string back
    )
    {
        var page = await SignInAsync(locale);
        await page.GotoAsync("/workflows/story");
        await page.Locator("a[href*='/migrate?from=1']").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = show }).PressAsync("Enter"); // by keyboard, with what was suggested
        await Assertions.Expect(page.Locator("#counts")).ToContainTextAsync(go);
        await Assertions.Expect(page.Locator("main")).ToContainTextAsync("夏 Summer");
        await FitsAsync(page);

        await page.Locator("[popovertarget=ask-all]").First.ClickAsync();
        await page.Locator("#ask-all button[name=all]").ClickAsync();
        await page.WaitForURLAsync("**/migrations/**");
        await Assertions.Expect(page.Locator("#result")).ToContainTextAsync(over);
        await FitsAsync(page);

        await page.GetByRole(AriaRole.Button, new() { Name = takeBack }).First.ClickAsync();
        await page.Locator("#roll-back .btn-danger").ClickAsync();
        await Assertions.Expect(page.Locator("#result")).ToContainTextAsync(back);
        await page.GotoAsync("/workflows/story/diff?from=1&to=2");
        await FitsAsync(page);
    }

    private static async Task FitsAsync(IPage page) =>
        Assert.True(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"),
            page.Url + " is wider than a phone"
        );

    private async Task<IPage> SignInAsync(string locale)
    {
        var context = await chromium.Browser.NewContextAsync(
            new()
            {
                Locale = locale,
                BaseURL = story.Host.ClientOptions.BaseAddress.ToString(),
                ViewportSize = new() { Width = 390, Height = 844 },
            }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.Locator("input[autocomplete=username]").FillAsync(Roles.Manager);
        await page.Locator("input[type=password]").FillAsync(TestHost.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        return page;
    }
}
