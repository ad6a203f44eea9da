using System.Text.RegularExpressions;
using CampaignFlow.Accounts;
using CampaignFlow.Tests.Browser;
using CampaignFlow.Tests.Support;
using Microsoft.Playwright;

namespace CampaignFlow.Tests.Journeys;

/// <summary>A manager's first minutes with the demo, in a real browser: from sign-in to money moved and mail sent.</summary>
public sealed partial class ApproveAShiftTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const string Amount = "¥2,400.00";
    private readonly TestHost host = new() { WithDemo = true };

    public ValueTask InitializeAsync()
    {
        host.UseKestrel(0);
        host.StartServer();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("en-GB", "Approve", "Applied")]
    [InlineData("zh-CN", "批准", "已生效")]
    public async Task The_manager_approves_a_shift_and_ledger_chart_and_mail_follow(string locale, string approve, string applied)
    {
        var page = await SignInAsync(Roles.Manager, locale);
        await page.GetByText("双十一大促").First.ClickAsync();
        await page.WaitForURLAsync("**/campaigns/double-11");
        await page.Locator(".chart-draw").First.ScrollIntoViewIfNeededAsync(); // drawn when somebody looks
        await Assertions.Expect(page.Locator(".chart-draw svg").First).ToBeVisibleAsync();

        await page.GotoAsync("/campaigns/double-11/budget");
        var total = await BudgetsAsync(page);
        var chart = await ChartAsync(page);
        var mails = await MailsAboutAsync(page);

        await page.GotoAsync("/inbox");
        await page.Locator("[data-row]").Filter(new() { HasText = Amount }).Locator("a[href^='/approvals/']").First.ClickAsync();
        await page.WaitForURLAsync("**/approvals/**");
        await Assertions.Expect(page.Locator("button[data-approve]")).ToContainTextAsync(approve);
        await page.Locator("button[data-approve]").ClickAsync();
        await Assertions.Expect(page.Locator("button[data-approve]")).ToHaveCountAsync(0);

        await page.GotoAsync("/campaigns/double-11/budget");
        await Assertions.Expect(page.GetByText(applied, new() { Exact = true })).ToHaveCountAsync(5); // four by the rule, and this one
        var after = await BudgetsAsync(page);
        Assert.Equal(total.Values.Sum(), after.Values.Sum());
        Assert.Equal(total["万相台"] - 2_400_00, after["万相台"]);
        Assert.Equal(total["巨量千川"] + 2_400_00, after["巨量千川"]);
        Assert.NotEqual(chart, await ChartAsync(page));
        // The operator is told what to set in the platforms, as soon as the facts have gone round.
        for (var i = 0; i < 20 && await MailsAboutAsync(page) == mails; i++)
            await Task.Delay(250, TestContext.Current.CancellationToken);
        Assert.Equal(mails + 1, await MailsAboutAsync(page));
    }

    private static async Task<int> MailsAboutAsync(IPage page)
    {
        await page.GotoAsync("/mails");
        var count = await page.Locator("main").GetByText(new Regex("BS-0005")).CountAsync();
        await page.GotoAsync("/campaigns/double-11/budget");
        return count;
    }

    private async Task<IPage> SignInAsync(string role, string locale)
    {
        var context = await chromium.Browser.NewContextAsync(
            new() { Locale = locale, BaseURL = host.ClientOptions.BaseAddress.ToString() }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.Locator("input[autocomplete=username]").FillAsync(role);
        await page.Locator("input[type=password]").FillAsync(TestHost.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        return page;
    }

    /// <summary>Daily budget now by channel, in minor units, as the ledger table shows it.</summary>
    private static async Task<Dictionary<string, long>> BudgetsAsync(IPage page)
    {
        var rows = await page.Locator("table.sheet").First.Locator("tbody tr").AllInnerTextsAsync();
        return rows.Select(r => r.Split('\t', StringSplitOptions.TrimEntries))
            .ToDictionary(c => c[0].Split('\n')[0].Trim(), c => long.Parse(Digits().Replace(c[2], ""), null));
    }

    /// <summary>What the charts draw, as the page hands it to them.</summary>
    private static async Task<string> ChartAsync(IPage page) =>
        string.Join('\n', await page.Locator("[data-chart]").EvaluateAllAsync<string[]>("all => all.map(e => e.dataset.chart)"));

    [GeneratedRegex("[^0-9]")]
    private static partial Regex Digits();
}
