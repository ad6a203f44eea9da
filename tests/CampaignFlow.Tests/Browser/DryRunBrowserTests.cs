using CampaignFlow.Accounts;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CampaignFlow.Tests.Browser;

/// <summary>The dry run on a wide screen and on a phone, by keyboard.</summary>
public sealed class DryRunBrowserTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private static readonly string? Album = Environment.GetEnvironmentVariable("CAMPAIGNFLOW_SCREENSHOTS");

    /// <summary>Tag and class of what reaches beyond the window and is not inside something that scrolls.</summary>
    private const string TooWide = """
        document.documentElement.scrollWidth <= innerWidth ? "" : "too wide: " + [...document.querySelectorAll("main *")]
          .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.parentElement.closest(".table-wrap, .diagram-frame"))
          .map(e => e.tagName + "." + e.className).join(" ")
        """;

    private readonly TestHost host = new()
    {
        Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["WorkflowFolder"] = Repository.Path("workflows") },
    };

    public async ValueTask InitializeAsync()
    {
        host.UseKestrel(0);
        host.StartServer();
        await host.MakePeopleAsync();
        await host.Services.GetRequiredService<WorkflowFiles>().LoadAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("en-GB", 1360, 900)]
    [InlineData("zh-CN", 390, 844)]
    public async Task Choices_are_made_by_keyboard_and_nothing_is_wider_than_the_window(string locale, int width, int height)
    {
        var page = await chromium.Browser.NewPageAsync(
            new()
            {
                BaseURL = host.ClientOptions.BaseAddress.ToString(),
                Locale = locale,
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        await page.GotoAsync("/sign-in?ReturnUrl=%2Fworkflows%2Fcampaign-lifecycle%2Fdry-run");
        await page.Locator("#name").FillAsync(Roles.Manager);
        await page.Locator("#password").FillAsync(TestHost.Password);
        await page.Locator("button[type=submit]").ClickAsync();

        await page.Locator("[name='first.approve-budget']").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown"); // the usual outcome, approved, returned
        await page.Keyboard.PressAsync("ArrowDown");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync("1wd");
        await page.Keyboard.PressAsync("Enter");

        await page.WaitForURLAsync("**choose=approve-budget*");
        Assert.EndsWith("choose=approve-budget%3DReturned@1wd", page.Url, StringComparison.Ordinal);
        await Assertions.Expect(page.Locator(".dry-path .chip")).ToHaveCountAsync(1); // the one outcome that was chosen
        await Assertions.Expect(page.Locator(".diagram-arrow.taken.back")).Not.ToHaveCountAsync(0);
        if (Album is not null)
            await page.ScreenshotAsync(new() { Path = Path.Combine(Album, $"dry-run-{width}.png"), FullPage = true });
        Assert.Equal("", await page.EvaluateAsync<string>(TooWide));
    }
}
