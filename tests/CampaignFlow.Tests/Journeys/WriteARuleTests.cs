using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Browser;
using CampaignFlow.Tests.Rules.Lab;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CampaignFlow.Tests.Journeys;

/// <summary>
/// The analyst writes a rule in the form, mends an error, backtests it, reads why it was silent and asks; the manager publishes and sees
/// the rule move money at the next check, the analyst reads why it left another channel alone, and the manager rolls the shift back.
/// </summary>
public sealed class WriteARuleTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private static readonly string? Album = Environment.GetEnvironmentVariable("CAMPAIGNFLOW_SCREENSHOTS");
    private readonly string rules = Directory.CreateTempSubdirectory("cfjourney").FullName;
    private TestHost host = null!;
    private Campaign campaign = null!;

    public async ValueTask InitializeAsync()
    {
        host = new() { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["RulesFolder"] = rules } };
        host.UseKestrel(0);
        host.StartServer();
        await host.MakePeopleAsync();
        await using var scope = host.Services.CreateAsyncScope();
        campaign = await LabWorld.AddAsync(
            scope.ServiceProvider.GetRequiredService<CampaignFlowDb>(),
            scope.ServiceProvider.GetRequiredService<BudgetLedger>(),
            DateTimeOffset.UtcNow
        );
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Directory.Delete(rules, recursive: true);
    }

    [Theory]
    [InlineData("en-GB", 1300, "did you mean 'roas'?", "shift 8% of loser.budget to the winner", "Applied", "did not hold", "Rolled back")]
    [InlineData("zh-CN", 390, "是否想写“roas”", "转给接收方", "已生效", "不成立", "已撤销")]
    public async Task A_rule_goes_from_the_form_to_money_and_back(
        string locale,
        int width,
        string hint,
        string sentence,
        string applied,
        string missed,
        string undone
    )
    {
        var analyst = await SignInAsync(Roles.Analyst, locale, width);
        await analyst.GotoAsync("/rules/new");
        await analyst.Locator("#name").FillAsync("to-the-best");
        await analyst.Locator("main button.btn-primary").ClickAsync();
        await analyst.WaitForURLAsync("**/rules/to-the-best/lab");

        // An error is told under the text while it is typed, and the sentence appears as soon as it is mended.
        var condition = analyst.Locator("[name='f:when.0']");
        await condition.FillAsync("loser.roass(7d) < campaign.roas(7d)");
        await Assertions.Expect(analyst.Locator("#lab-check .problems")).ToContainTextAsync(hint);
        await Assertions.Expect(analyst.Locator("#lab-check .source-bad")).ToContainTextAsync("loser.roass(7d)");
        await ShootAsync(analyst, "error", width);
        await condition.FillAsync("loser.roas(7d) < campaign.roas(7d)");
        await analyst.Locator("#field-mode").FillAsync("auto");
        await analyst.Locator("[name='f:then.0']").FillAsync("8% of loser.budget to winner"); // small enough to go without approval
        await Assertions.Expect(analyst.Locator("#lab-check")).ToContainTextAsync(sentence);
        await Assertions.Expect(analyst.Locator("#lab-text")).ToHaveValueAsync(new System.Text.RegularExpressions.Regex("mode: auto\n"));
        await analyst.Locator("#save-form").ClickAsync();
        await Assertions.Expect(analyst.Locator("#ask")).ToHaveCountAsync(0); // not before the backtest

        await analyst.Locator("#history").SelectOptionAsync(campaign.Code);
        await analyst.Locator("#run-backtest").ClickAsync();
        await Assertions.Expect(analyst.Locator("#firings tbody tr").First).ToBeVisibleAsync();
        await Assertions.Expect(analyst.Locator("#why-not tbody tr").First).ToContainTextAsync("campaign.roas(7d)");
        await analyst.Locator(".chart-draw").First.ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(analyst.Locator(".chart-draw svg, .chart-draw canvas").First).ToBeVisibleAsync();
        await ShootAsync(analyst, "backtest", width);
        await analyst.Locator("#ask").ClickAsync();
        await Assertions.Expect(analyst.Locator("#publish-now")).ToHaveCountAsync(0); // four eyes

        var manager = await SignInAsync(Roles.Manager, locale, width);
        await manager.GotoAsync("/rules");
        await manager.Locator("#drafts a", new() { HasText = "to-the-best" }).ClickAsync();
        await manager.Locator("#publish-now").ClickAsync();
        await manager.WaitForURLAsync("**/rules/to-the-best");
        Assert.Contains("mode: auto", await File.ReadAllTextAsync(Path.Combine(rules, "to-the-best.yaml")), StringComparison.Ordinal);

        // The books are open when the rules are checked: the shift appears without anybody touching the page.
        await manager.GotoAsync($"/campaigns/{campaign.Code}/budget");
        await Assertions.Expect(manager.GetByText(applied, new() { Exact = true })).ToHaveCountAsync(0);
        await CheckRulesAsync();
        await Assertions.Expect(manager.GetByText(applied, new() { Exact = true }).First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        Assert.Equal(new[] { 100_00L, 108_00L, 92_00L }, await BalancesAsync());
        await ShootAsync(manager, "fired", width);

        // The best channel gives nothing: the list of all checks leads to the condition that did not hold and how far off it was.
        await analyst.GotoAsync($"/campaigns/{campaign.Code}/decisions?show=all");
        await analyst.Locator($"a[href$='/decisions/{await WhyNotAsync("good")}']").First.ClickAsync();
        var clause = analyst.Locator("tbody tr", new() { HasText = "loser.roas(7d) < campaign.roas(7d)" });
        await Assertions.Expect(clause).ToContainTextAsync(missed);
        await Assertions.Expect(clause).ToContainTextAsync("1.33");
        await ShootAsync(analyst, "why-not", width);

        await manager.Locator("button[popovertarget^='back-']").First.ClickAsync();
        await manager.Locator(".ask:popover-open button.btn-danger").ClickAsync();
        await Assertions.Expect(manager.GetByText(undone, new() { Exact = true }).First).ToBeVisibleAsync();
        Assert.Equal(new[] { 100_00L, 100_00L, 100_00L }, await BalancesAsync());
    }

    /// <summary>What the check of nine o'clock does.</summary>
    private async Task CheckRulesAsync()
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var of = await db.Campaigns.SingleAsync(c => c.Id == campaign.Id);
        await using var transaction = await db.Database.BeginTransactionAsync();
        await scope.ServiceProvider.GetRequiredService<EvaluateCampaign>().HandleAsync(of, "check:today", DateTimeOffset.UtcNow, default);
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        Assert.Equal(DecisionOutcome.Applied, (await db.Decisions.SingleAsync(d => d.Action == "shift")).Outcome);
    }

    private async Task<string> WhyNotAsync(string loser)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var record = await scope.ServiceProvider.GetRequiredService<CampaignFlowDb>().EvaluationRecords.SingleAsync();
        var silent = record.Silent(campaign).Single(d => d.From == loser && d.Outcome == DecisionOutcome.NotFired);
        return $"{silent.Id}?in={Uri.EscapeDataString(record.Evaluation)}";
    }

    /// <summary>fair, good, poor.</summary>
    private async Task<long[]> BalancesAsync()
    {
        await using var scope = host.Services.CreateAsyncScope();
        var balances = await scope.ServiceProvider.GetRequiredService<BudgetLedger>().BalancesAsync(campaign.Id, default);
        return [.. balances.OrderBy(b => b.Key, StringComparer.Ordinal).Select(b => b.Value)];
    }

    private async Task<IPage> SignInAsync(string role, string locale, int width)
    {
        var context = await chromium.Browser.NewContextAsync(
            new()
            {
                Locale = locale,
                BaseURL = host.ClientOptions.BaseAddress.ToString(),
                ViewportSize = new() { Width = width, Height = 900 },
            }
        );
        var page = await context.NewPageAsync();
        await page.GotoAsync("/sign-in");
        await page.Locator("#name").FillAsync(role);
        await page.Locator("#password").FillAsync(TestHost.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync(url => !url.Contains("sign-in", StringComparison.Ordinal));
        return page;
    }

    private static async Task ShootAsync(IPage page, string name, int width)
    {
        Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth"));
        if (Album is not null)
            await page.ScreenshotAsync(new() { Path = Path.Combine(Album, $"lab-{name}-{width}.png"), FullPage = true });
    }
}
