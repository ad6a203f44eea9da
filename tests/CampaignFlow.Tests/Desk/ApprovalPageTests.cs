using System.Net;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.Desk;

public sealed class ApprovalPageTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("en", "If nobody answers", "The proposal expires and no money moves.", "is applied; the money has moved")]
    [InlineData("zh-CN", "无人答复", "提案过期，预算不变。", "已生效，预算已调整")]
    public async Task The_page_says_what_each_answer_leads_to_and_a_yes_moves_the_money_at_once(
        string language,
        string silence,
        string consequence,
        string toast
    )
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (shift, approval) = await campaign.AskAsync(10_000);
        using var manager = await host.ReaderAsync("manager", language);
        var page = $"/approvals/{approval.Id}";

        var before = await manager.TextAsync(page);
        using var answer = await manager.PostFormAsync(page, $"{page}/decide", new() { ["said"] = "Approved" });
        var after = await manager.TextAsync(page);

        Assert.Contains(silence, before, StringComparison.Ordinal);
        Assert.Contains(consequence, before, StringComparison.Ordinal);
        Assert.Contains("¥900.00", before, StringComparison.Ordinal); // search afterwards
        Assert.Contains("¥600.00", before, StringComparison.Ordinal); // social afterwards, and search's floor
        Assert.Contains("6.7%", before, StringComparison.Ordinal); // 100 of 1,500
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains(shift.Title, after, StringComparison.Ordinal);
        Assert.Contains(toast, after, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"said\"", after, StringComparison.Ordinal); // read-only now
        var balances = await campaign.BalancesAsync();
        Assert.Equal((90_000, 60_000), (balances["search"], balances["social"]));
    }

    [Fact]
    public async Task Approving_twice_is_one_vote_and_one_move()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (_, approval) = await campaign.AskAsync(10_000);
        using var manager = await host.ReaderAsync("manager");
        var page = $"/approvals/{approval.Id}";
        var token = PageReading.TokenOf(await manager.GetStringAsync(page));
        var form = new Dictionary<string, string> { ["said"] = "Approved", ["__RequestVerificationToken"] = token };

        var answers = await Task.WhenAll(
            manager.PostAsync($"{page}/decide", new FormUrlEncodedContent(form)),
            manager.PostAsync($"{page}/decide", new FormUrlEncodedContent(form))
        );

        Assert.All(answers, a => Assert.Equal(HttpStatusCode.Redirect, a.StatusCode));
        Assert.Single(await campaign.VotesAsync(approval.Id));
        Assert.Equal(90_000, (await campaign.BalancesAsync())["search"]);
    }

    [Theory]
    [InlineData("operator")] // asked for it, may not grant it
    [InlineData("editor")]
    [InlineData("finance")] // only above a tenth of the daily total
    public async Task Who_lacks_the_role_sees_no_buttons_and_is_refused_by_the_server(string role)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (_, approval) = await campaign.AskAsync(10_000);
        using var other = await host.ReaderAsync(role);
        var page = $"/approvals/{approval.Id}";

        Assert.DoesNotContain("value=\"Approved\"", await other.GetStringAsync(page), StringComparison.Ordinal);
        using var answer = await other.PostFormAsync(page, $"{page}/decide", new() { ["said"] = "Approved" });
        var after = await other.TextAsync(page);

        Assert.Contains("This decision belongs to: Operations manager.", after, StringComparison.Ordinal);
        Assert.Empty(await campaign.VotesAsync(approval.Id));
    }

    [Fact]
    public async Task A_shift_above_a_tenth_needs_two_roles_and_the_first_yes_moves_nothing()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (_, approval) = await campaign.AskAsync(20_000);
        var page = $"/approvals/{approval.Id}";
        using var manager = await host.ReaderAsync("manager");
        using var finance = await host.ReaderAsync("finance");

        (await manager.PostFormAsync(page, $"{page}/decide", new() { ["said"] = "Approved" })).Dispose();
        var between = await manager.TextAsync(page);
        var still = (await campaign.BalancesAsync())["search"];
        (await finance.PostFormAsync(page, $"{page}/decide", new() { ["said"] = "Approved" })).Dispose();

        Assert.Contains("It still needs another role", between, StringComparison.Ordinal);
        Assert.Equal(100_000, still);
        Assert.Equal(80_000, (await campaign.BalancesAsync())["search"]);
    }

    [Fact]
    public async Task A_no_without_a_reason_decides_nothing()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (_, approval) = await campaign.AskAsync(10_000);
        using var manager = await host.ReaderAsync("manager");
        var page = $"/approvals/{approval.Id}";

        (await manager.PostFormAsync(page, $"{page}/decide", new() { ["said"] = "Rejected", ["comment"] = "  " })).Dispose();

        Assert.Contains("Say why", await manager.TextAsync(page), StringComparison.Ordinal);
        Assert.Empty(await campaign.VotesAsync(approval.Id));
    }

    [Theory]
    [InlineData("en", "Inbox", "Nothing to do")]
    [InlineData("zh-CN", "收件箱", "没有待办")]
    public async Task The_inbox_holds_what_waits_for_the_reader_and_is_empty_for_others(string language, string title, string nothing)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (shift, approval) = await campaign.AskAsync(10_000);
        var task = await campaign.GiveAsync("brand", null, "C3_STRATEGY");
        using var manager = await host.ReaderAsync("manager", language);
        using var executive = await host.ReaderAsync("executive", language);

        var mine = await manager.TextAsync("/inbox");
        var all = await manager.TextAsync("/inbox?show=all");
        var others = await executive.TextAsync("/inbox");

        Assert.Contains(title, mine, StringComparison.Ordinal);
        Assert.Contains($"/approvals/{approval.Id}/decide", mine, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(shift.Title, mine, StringComparison.Ordinal);
        Assert.DoesNotContain(task.Id.ToString(), mine, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"/tasks/{task.Id}", all, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(nothing, others, StringComparison.Ordinal);
    }
}
