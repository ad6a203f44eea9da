using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using CampaignFlow.Applying;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Books;

/// <summary>The operation sheet, the statement of a channel, rolling back since an instant and the effects, as pages.</summary>
public sealed partial class SheetPageTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("analyst", "budget/connect")]
    [InlineData("finance", "budget/sandbox")]
    [InlineData("operator", "budget/roll-back-since")]
    public async Task Roles_and_tokens_are_checked_on_the_server(string role, string verb)
    {
        var campaign = await AppliedAsync();
        var action = $"/campaigns/{campaign.Code}/{verb}";
        var fields = new Dictionary<string, string>
        {
            ["channel"] = "search",
            ["adapter"] = "Sandbox",
            ["since"] = "0",
        };
        using var person = await host.ReaderAsync(role);
        using var manager = await host.ReaderAsync("manager");

        using var refused = await person.PostFormAsync("/", action, fields);
        using var forged = await manager.PostAsync(action, new FormUrlEncodedContent(fields.Where(f => !f.Key.StartsWith('_'))));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.BadRequest), (refused.StatusCode, forged.StatusCode));
        Assert.Equal(90_000, (await campaign.BalancesAsync())["search"]);
        Assert.Equal(0, await host.InScopeAsync(db => db.ChannelConnections.CountAsync(c => c.CampaignId == campaign.Id)));
    }

    [Theory]
    [InlineData("en", "to be set in the platform", "Done? Finish the task")]
    [InlineData("zh-CN", "待在平台修改", "已改好，去完成任务")]
    public async Task The_sheet_says_what_to_set_and_where(string language, string state, string task)
    {
        var campaign = await AppliedAsync();
        using var person = await host.ReaderAsync("operator", language);

        var html = await person.TextAsync($"/campaigns/{campaign.Code}/budget/sheet");

        Assert.Contains(state, html, StringComparison.Ordinal);
        Assert.Contains(task, html, StringComparison.Ordinal);
        Assert.Contains("¥900.00", html, StringComparison.Ordinal);
        Assert.Contains("¥600.00", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("google", "Campaign,Budget,Budget type,Currency code", "搜索 Search,900,Daily,CNY")]
    [InlineData("meta", "Campaign Name,Campaign Daily Budget,Campaign Lifetime Budget", "社交 Social,600,")]
    [InlineData("plain", "channel,target,daily_budget,rest_of_flight,currency", "search,搜索 Search,900,")]
    public async Task Platforms_get_their_bulk_file(string format, string head, string row)
    {
        var campaign = await AppliedAsync();
        using var person = await host.ReaderAsync("operator");

        var lines = (await person.GetStringAsync($"/campaigns/{campaign.Code}/budget/sheet.csv?format={format}"))
            .Trim('\ufeff')
            .Split("\r\n");

        Assert.Equal(head, lines[0]);
        Assert.Contains(lines, l => l.StartsWith(row, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_channel_is_connected_to_the_sandbox_and_changed_there()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var person = await host.ReaderAsync("operator");
        var sheet = $"/campaigns/{campaign.Code}/budget/sheet";
        Dictionary<string, string> Connect(string tolerance) =>
            new()
            {
                ["channel"] = "search",
                ["adapter"] = "Sandbox",
                ["tolerance"] = tolerance,
                ["days"] = "2",
            };

        (await person.PostFormAsync(sheet, $"/campaigns/{campaign.Code}/budget/connect", Connect("90"))).Dispose();
        Assert.Contains("Tolerance is up to 50 %", await person.TextAsync(sheet), StringComparison.Ordinal);
        (await person.PostFormAsync(sheet, $"/campaigns/{campaign.Code}/budget/connect", Connect("5"))).Dispose();
        await ApplyAsync(campaign);
        while (!(await person.TextAsync(sheet)).Contains("Sandbox platform", StringComparison.Ordinal))
            await Task.Delay(100, TestContext.Current.CancellationToken); // the outbox tells the platform in the background

        (
            await person.PostFormAsync(
                sheet,
                $"/campaigns/{campaign.Code}/budget/sandbox",
                new() { ["channel"] = "search", ["amount"] = "1,000.00" }
            )
        ).Dispose();

        Assert.Equal(
            100_000,
            await host.InScopeAsync(db =>
                db.SandboxBudgets.Where(b => b.CampaignId == campaign.Id).Select(b => b.AmountMinor).SingleAsync()
            )
        );
        Assert.Contains("drift: numbers contradict", await person.TextAsync(sheet), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Statement: 搜索 Search", "Opened with")]
    [InlineData("zh-CN", "对账单：搜索 Search", "开账")]
    public async Task The_statement_of_a_channel_runs_to_its_balance(string language, string title, string opened)
    {
        var campaign = await AppliedAsync();
        using var person = await host.ReaderAsync("finance", language);
        var page = $"/campaigns/{campaign.Code}/budget/statement";

        var html = await person.TextAsync($"{page}?account=search");
        var bytes = await person.GetByteArrayAsync($"{page}.csv?account=search");

        Assert.Contains(title, html, StringComparison.Ordinal);
        Assert.Contains(opened, html, StringComparison.Ordinal);
        Assert.Contains("¥900.00", html, StringComparison.Ordinal);
        Assert.Equal(Encoding.UTF8.Preamble.ToArray(), bytes[..3]);
        var lines = Encoding.UTF8.GetString(bytes).TrimEnd().Split("\r\n");
        Assert.Equal(["1000,1000", "-100,900"], lines[1..].Select(l => string.Join(',', l.Split(',')[^3..^1])));
    }

    [Theory]
    [InlineData("{0}/budget/statement?account=nowhere")]
    [InlineData("{0}/budget/statement.csv?account=nowhere")]
    [InlineData("{0}/budget/sheet.csv?format=fax")]
    [InlineData("nobody/budget/sheet")]
    [InlineData("nobody/budget/statement")]
    [InlineData("nobody/budget/roll-back")]
    public async Task What_is_not_there_is_told(string path)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var manager = await host.ReaderAsync("manager");
        using var answer = await manager.GetAsync("/campaigns/" + string.Format(CultureInfo.InvariantCulture, path, campaign.Code));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("en", "Roll 1 shift back", "1 shift, newest first", "All of them are rolled back.")]
    [InlineData("zh-CN", "撤销这 1 笔调整", "共 1 笔", "已全部撤销。")]
    public async Task All_shifts_since_an_instant_are_previewed_and_rolled_back(string language, string does, string count, string done)
    {
        var campaign = await AppliedAsync();
        using var manager = await host.ReaderAsync("manager", language);
        var page = $"/campaigns/{campaign.Code}/budget/roll-back?since={DateTime.UtcNow.AddDays(-1):yyyy-MM-ddTHH:mm}";

        var preview = await manager.TextAsync(page);
        Assert.Contains(does, preview, StringComparison.Ordinal);
        Assert.Contains(count, preview, StringComparison.Ordinal);
        Assert.Contains("BS-0001", preview, StringComparison.Ordinal);
        Assert.Equal(90_000, (await campaign.BalancesAsync())["search"]);

        var fields = Hidden().Matches(preview).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value, StringComparer.Ordinal);
        (await manager.PostFormAsync(page, $"/campaigns/{campaign.Code}/budget/roll-back-since", fields)).Dispose();

        var balances = await campaign.BalancesAsync();
        Assert.Equal((100_000, 50_000), (balances["search"], balances["social"]));
        Assert.Contains(done, await manager.TextAsync($"/campaigns/{campaign.Code}/budget"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("never", "This is not a time")]
    [InlineData("2100-01-01T00:00", "No shift was applied since then")]
    public async Task A_time_that_means_nothing_is_told(string since, string says)
    {
        var campaign = await AppliedAsync();
        using var manager = await host.ReaderAsync("manager");
        Assert.Contains(
            says,
            await manager.TextAsync($"/campaigns/{campaign.Code}/budget/roll-back?since={Uri.EscapeDataString(since)}"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("en", "observational, not proof of cause", "Nothing measured yet", "Not learned: ")]
    [InlineData("zh-CN", "仅为观察，不代表因果", "尚无结果", "无法学习：")]
    public async Task Effects_are_labelled_and_say_what_they_do_not_know(string language, string label, string empty, string why)
    {
        var campaign = await AppliedAsync();
        using var person = await host.ReaderAsync("executive", language);

        var html = await person.TextAsync($"/campaigns/{campaign.Code}/budget");

        Assert.Contains(label, html, StringComparison.Ordinal);
        Assert.Contains(empty, html, StringComparison.Ordinal);
        Assert.Contains(why, html, StringComparison.Ordinal);
    }

    /// <summary>100.00 a day from search to social, approved.</summary>
    private async Task<SmallCampaign> AppliedAsync()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        await ApplyAsync(campaign);
        return campaign;
    }

    private async Task ApplyAsync(SmallCampaign campaign)
    {
        var (_, approval) = await campaign.AskAsync(10_000);
        using var manager = await host.ReaderAsync("manager");
        (
            await manager.PostFormAsync(
                $"/campaigns/{campaign.Code}/budget",
                $"/approvals/{approval.Id}/decide",
                new() { ["said"] = "Approved" }
            )
        ).Dispose();
        Assert.Equal(90_000, (await campaign.BalancesAsync())["search"]);
        await campaign.ToldAsync();
    }

    [GeneratedRegex("type=\"hidden\" name=\"(since|seal)\" value=\"([^\"]+)\"")]
    private static partial Regex Hidden();
}
