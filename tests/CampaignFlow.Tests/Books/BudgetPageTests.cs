using System.Net;
using System.Text;
using CampaignFlow.Budgets;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Books;

public sealed class BudgetPageTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("en", "below its floor of ¥600.00")]
    [InlineData("zh-CN", "低于下限 ¥600.00")]
    public async Task A_request_below_the_floor_is_refused_with_the_floor_and_what_was_typed_stays(string language, string why)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var person = await host.ReaderAsync("operator", language);

        using var answer = await RequestAsync(person, campaign, "500", "a reason worth keeping");
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(why, page, StringComparison.Ordinal);
        Assert.Contains("a reason worth keeping", page, StringComparison.Ordinal);
        Assert.Equal(0, await host.InScopeAsync(db => db.BudgetShifts.CountAsync(s => s.CampaignId == campaign.Id)));
    }

    [Fact]
    public async Task A_request_sent_twice_is_one_shift_that_waits_for_the_manager()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var person = await host.ReaderAsync("operator");

        using var first = await RequestAsync(person, campaign, "¥1００", "social sells better", key: "k1"); // full-width digits
        using var second = await RequestAsync(person, campaign, "100", "social sells better", key: "k1");

        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        var shift = await host.InScopeAsync(db => db.BudgetShifts.SingleAsync(s => s.CampaignId == campaign.Id));
        Assert.Equal((ShiftState.Waiting, 10_000), (shift.State, shift.AmountMinor));
    }

    [Fact]
    public async Task Who_may_not_ask_is_refused_also_when_the_form_is_forged()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var editor = await host.ReaderAsync("editor");

        Assert.DoesNotContain("Asked.Amount", await editor.GetStringAsync($"/campaigns/{campaign.Code}/budget"), StringComparison.Ordinal);
        using var answer = await RequestAsync(editor, campaign, "100", "please");

        Assert.NotEqual(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(0, await host.InScopeAsync(db => db.BudgetShifts.CountAsync(s => s.CampaignId == campaign.Id)));
    }

    [Theory]
    [InlineData("en", "400", "¥900.00")] // up to the ceiling and down to the floor
    [InlineData("en", "400.01", "below its floor of ¥600.00")]
    [InlineData("zh-CN", "400.01", "低于下限 ¥600.00")]
    [InlineData("en", "4.001", "decimal places")]
    [InlineData("zh-CN", "许多", "不是金额")]
    public async Task The_preview_says_what_would_happen_before_anybody_is_asked(string language, string amount, string says)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var person = await host.ReaderAsync("operator", language);

        var preview = await person.TextAsync(
            $"/campaigns/{campaign.Code}/budget/preview?Asked.From=search&Asked.To=social&Asked.Amount={Uri.EscapeDataString(amount)}"
        );

        Assert.Contains(says, preview, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rolled_back_shift_returns_the_money_keeps_the_sum_and_both_entries()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (shift, approval) = await campaign.AskAsync(10_000);
        using var manager = await host.ReaderAsync("manager");
        using var person = await host.ReaderAsync("operator");
        var page = $"/campaigns/{campaign.Code}/budget";
        (await manager.PostFormAsync(page, $"/approvals/{approval.Id}/decide", new() { ["said"] = "Approved" })).Dispose();
        Assert.Equal(90_000, (await campaign.BalancesAsync())["search"]);

        using var refused = await person.PostFormAsync(page, $"/shifts/{shift.Id}/roll-back", []);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Equal(90_000, (await campaign.BalancesAsync())["search"]);

        (await manager.PostFormAsync(page, $"/shifts/{shift.Id}/roll-back", [])).Dispose();
        (await manager.PostFormAsync(page, $"/shifts/{shift.Id}/roll-back", [])).Dispose();
        var balances = await campaign.BalancesAsync();
        var html = await manager.TextAsync(page);

        Assert.Equal((100_000, 50_000), (balances["search"], balances["social"]));
        Assert.Contains("Σ channels = approved ¥1,500.00 a day", html, StringComparison.Ordinal);
        Assert.Contains("Rolled back", html, StringComparison.Ordinal);
        var bytes = await manager.GetByteArrayAsync($"{page}.csv");
        Assert.Equal(Encoding.UTF8.Preamble.ToArray(), bytes[..3]);
        var lines = Encoding.UTF8.GetString(bytes).TrimEnd().Split("\r\n");
        Assert.Equal(1 + 3 + 2 + 2, lines.Length); // head, opening, shift, roll-back
        Assert.Contains(
            lines,
            l =>
                l.Contains($"rollback:{shift.Id},{shift.Title},search", StringComparison.OrdinalIgnoreCase)
                && l.Contains(",100,1000,CNY", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task What_is_applied_and_not_yet_proven_by_numbers_stands_on_the_sheet_for_the_platforms()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (shift, approval) = await campaign.AskAsync(10_000);
        using var manager = await host.ReaderAsync("manager");
        var page = $"/campaigns/{campaign.Code}/budget";
        (await manager.PostFormAsync(page, $"/approvals/{approval.Id}/decide", new() { ["said"] = "Approved" })).Dispose();
        await campaign.ToldAsync();

        var sheet = await manager.GetStringAsync($"{page}-to-set.csv");

        Assert.Contains($"搜索 Search,search,900,CNY,{shift.Title}", sheet, StringComparison.Ordinal);
        Assert.Contains($"社交 Social,social,600,CNY,{shift.Title}", sheet, StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> RequestAsync(
        HttpClient client,
        SmallCampaign campaign,
        string amount,
        string reason,
        string? key = null
    )
    {
        var page = $"/campaigns/{campaign.Code}/budget";
        return await client.PostFormAsync(
            page,
            page,
            new()
            {
                ["_handler"] = "request-shift",
                ["Asked.Key"] = key ?? Guid.NewGuid().ToString("N"),
                ["Asked.From"] = "search",
                ["Asked.To"] = "social",
                ["Asked.Amount"] = amount,
                ["Asked.Reason"] = reason,
            }
        );
    }
}
