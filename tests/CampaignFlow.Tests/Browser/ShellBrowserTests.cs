using CampaignFlow.Accounts;
using CampaignFlow.Shell;
using CampaignFlow.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Playwright;

namespace CampaignFlow.Tests.Browser;

/// <summary>What only a browser can tell. Set CAMPAIGNFLOW_SCREENSHOTS to a folder to look at the pages yourself.</summary>
public sealed class ShellBrowserTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private static readonly string? Album = Environment.GetEnvironmentVariable("CAMPAIGNFLOW_SCREENSHOTS");
    private readonly TestHost host = new() { More = WithSamplePage };
    private readonly List<string> complaints = [];

    public async ValueTask InitializeAsync()
    {
        host.UseKestrel(0);
        host.StartServer();
        await host.MakePeopleAsync();
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("en-GB", 1360, 900, ColorScheme.Light)]
    [InlineData("zh-CN", 1360, 900, ColorScheme.Light)]
    [InlineData("zh-CN", 390, 844, ColorScheme.Light)]
    [InlineData("en-GB", 390, 844, ColorScheme.Dark)]
    [InlineData("zh-CN", 1360, 900, ColorScheme.Dark)]
    public async Task Every_part_is_shown_without_a_complaint_and_without_scrolling_sideways(
        string locale,
        int width,
        int height,
        ColorScheme scheme
    )
    {
        var page = await OpenAsync(locale, width, height, scheme);
        await page.GotoAsync("/sign-in?ReturnUrl=%2Fsample");
        await PhotographAsync(page, $"sign-in-{locale}-{width}-{scheme}");
        Assert.Equal(scheme == ColorScheme.Dark ? "dark" : "light", await page.Locator("html").GetAttributeAsync("data-bs-theme"));

        await SignInAsync(page);

        await page.Locator(".chart-draw svg").First.WaitForAsync();
        await page.EvaluateAsync("scrollTo(0, document.body.scrollHeight)");
        await Assertions.Expect(page.Locator(".chart-draw svg")).ToHaveCountAsync(3);
        await PhotographAsync(page, $"sample-{locale}-{width}-{scheme}");
        Assert.False(
            await page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth"),
            "The page is wider than the window."
        );
        Assert.Empty(complaints);
    }

    [Fact]
    public async Task The_keyboard_walks_rows_searches_goes_and_helps()
    {
        var page = await OpenAsync("en-GB", 1360, 900, ColorScheme.Light);
        await page.GotoAsync("/sign-in?ReturnUrl=%2Fsample");
        await SignInAsync(page);

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        await Assertions.Expect(page.Locator("[data-row].at")).ToContainTextAsync("千川");
        await page.Locator("[data-row] .tip").First.HoverAsync();
        await PhotographAsync(page, "tip");
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Locator("#help")).ToBeVisibleAsync();
        await PhotographAsync(page, "help");
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("/");
        await Assertions.Expect(page.Locator("[data-search]")).ToBeFocusedAsync();
        await page.Keyboard.TypeAsync("g i");
        Assert.Equal("g i", await page.Locator("[data-search]").InputValueAsync()); // who types is not sent away
        await page.Keyboard.PressAsync("Escape");
        // The second key counts for a second or so after the first: a busy machine may be slower than a hand and tries again.
        for (var tries = 0; tries < 10 && !page.Url.EndsWith("/inbox", StringComparison.Ordinal); tries++)
        {
            await page.Keyboard.PressAsync("g");
            await page.Keyboard.PressAsync("i");
            await page.WaitForTimeoutAsync(500);
        }
        await page.WaitForURLAsync("**/inbox");
    }

    [Fact]
    public async Task A_question_is_asked_before_and_a_ring_refreshes_the_live_part_only()
    {
        var page = await OpenAsync("zh-CN", 1360, 900, ColorScheme.Light);
        await page.GotoAsync("/sign-in?ReturnUrl=%2Fsample");
        await SignInAsync(page);
        await page.GetByRole(AriaRole.Button, new() { Name = "撤销调整" }).ClickAsync();
        await Assertions.Expect(page.Locator(".ask-question")).ToBeVisibleAsync();
        await PhotographAsync(page, "question");
        await page.GetByRole(AriaRole.Button, new() { Name = "取消" }).ClickAsync();
        await page.EvaluateAsync(
            "document.querySelector('#numbers').dataset.old = 'yes'; document.querySelector('.page-head').dataset.old = 'yes'"
        );

        var feed = host.Services.GetRequiredService<LiveFeed>();
        var fresh = page.Locator("#numbers:not([data-old])");
        for (var i = 0; i < 20 && await fresh.CountAsync() == 0; i++)
        {
            feed.Changed();
            await page.WaitForTimeoutAsync(250);
        }

        await Assertions.Expect(fresh).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".page-head[data-old]")).ToBeVisibleAsync();
        Assert.Empty(complaints);
    }

    private async Task<IPage> OpenAsync(string locale, int width, int height, ColorScheme scheme)
    {
        var page = await chromium.Browser.NewPageAsync(
            new()
            {
                BaseURL = host.ClientOptions.BaseAddress.ToString(),
                Locale = locale,
                ColorScheme = scheme,
                ViewportSize = new() { Width = width, Height = height },
            }
        );
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                complaints.Add(message.Text);
        };
        page.PageError += (_, error) => complaints.Add(error);
        return page;
    }

    private static async Task SignInAsync(IPage page)
    {
        await page.Locator("#name").FillAsync("operator");
        await page.Locator("#password").FillAsync(TestHost.Password);
        await page.Locator("button[type=submit]").ClickAsync();
        await page.WaitForURLAsync("**/sample");
    }

    private static async Task PhotographAsync(IPage page, string name)
    {
        if (Album is null)
            return;
        await page.EvaluateAsync("scrollTo(0, 0)");
        await page.ScreenshotAsync(new() { Path = Path.Combine(Album, name + ".png"), FullPage = true });
    }

    private static void WithSamplePage(IServiceCollection services)
    {
        var navigation = new Navigation()
            .Add(new(new("Board", "看板"), "/sample", "layout-kanban", 'b') { Count = _ => Task.FromResult(0) })
            .Add(new(new("Inbox", "收件箱"), "/inbox", "inbox", 'i') { Count = _ => Task.FromResult(3) })
            .Add(new(new("Rules", "规则"), "/rules", "scale", 'r'))
            .Add(new(new("Metrics", "数据"), "/metrics", "chart-line", 'm'))
            .Group(new("Process", "流程与检查"))
            .Add(new(new("Workflows", "流程"), "/workflows", "sitemap"))
            .Add(new(new("Jobs", "任务检查"), "/jobs", "clock-check"))
            .Add(new(new("Mails", "邮件"), "/mails", "mail"))
            .Add(new(new("Never shown", "不可见"), "/people", "users", Policy: Permissions.ManagePeople));
        navigation.PagesFrom.Add(typeof(SamplePage).Assembly);
        services.Replace(ServiceDescriptor.Singleton(navigation));
    }
}
