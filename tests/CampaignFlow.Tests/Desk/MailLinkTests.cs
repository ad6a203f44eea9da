using System.Net;
using CampaignFlow.Accounts;
using CampaignFlow.Notifications;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Desk;

public sealed class MailLinkTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("en", "Please confirm", "Thank you, your answer counts")]
    [InlineData("zh-CN", "请确认", "谢谢，您的答复已生效")]
    public async Task Looking_at_a_link_changes_nothing_and_its_button_decides_as_that_person(string language, string ask, string thanks)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (_, approval) = await campaign.AskAsync(10_000);
        var token = await TokenAsync(approval.Id, "manager", "approve");
        using var stranger = host.Visitor(language);

        for (var i = 0; i < 3; i++) // mail scanners follow links too
            Assert.Contains(ask, await stranger.TextAsync($"/decide/{token}"), StringComparison.Ordinal);
        Assert.Empty(await campaign.VotesAsync(approval.Id));
        using var answer = await PostAsync(stranger, token);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Contains(thanks, await stranger.TextAsync(answer.Headers.Location!.ToString()), StringComparison.Ordinal);
        var vote = Assert.Single(await campaign.VotesAsync(approval.Id));
        Assert.Equal("manager", vote.Role);
        Assert.Equal(90_000, (await campaign.BalancesAsync())["search"]);
    }

    [Fact]
    public async Task A_link_works_once_and_its_sister_not_at_all_afterwards()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (_, approval) = await campaign.AskAsync(10_000);
        var yes = await TokenAsync(approval.Id, "manager", "approve");
        var no = await TokenAsync(approval.Id, "manager", "reject");
        using var stranger = host.Visitor();

        (await PostAsync(stranger, yes)).Dispose();
        (await PostAsync(stranger, yes)).Dispose();
        (await PostAsync(stranger, no)).Dispose();

        Assert.Single(await campaign.VotesAsync(approval.Id));
        Assert.Equal(90_000, (await campaign.BalancesAsync())["search"]);
        Assert.Contains("You have answered already", await stranger.TextAsync($"/decide/{no}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "This link has expired")]
    [InlineData("zh-CN", "链接已过期")]
    public async Task An_expired_link_decides_nothing_and_leads_to_the_page(string language, string title)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (_, approval) = await campaign.AskAsync(10_000);
        var token = await TokenAsync(approval.Id, "manager", "approve", DateTimeOffset.UtcNow.AddHours(-49));
        using var stranger = host.Visitor(language);

        (await PostAsync(stranger, token)).Dispose();
        var page = await stranger.TextAsync($"/decide/{token}");

        Assert.Contains(title, page, StringComparison.Ordinal);
        Assert.Contains($"/approvals/{approval.Id}", page, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await campaign.VotesAsync(approval.Id));
    }

    [Theory]
    [InlineData("en", "This link is not genuine")]
    [InlineData("zh-CN", "链接无效")]
    public async Task A_forged_link_decides_nothing_and_tells_nothing(string language, string title)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (shift, approval) = await campaign.AskAsync(10_000);
        var token = await TokenAsync(approval.Id, "manager", "approve");
        var forged = (token[0] == 'A' ? 'B' : 'A') + token[1..];
        using var stranger = host.Visitor(language);

        (await PostAsync(stranger, forged)).Dispose();
        var page = await stranger.TextAsync($"/decide/{forged}");

        Assert.Contains(title, page, StringComparison.Ordinal);
        Assert.DoesNotContain(shift.Title, page, StringComparison.Ordinal);
        Assert.Empty(await campaign.VotesAsync(approval.Id));
    }

    [Fact]
    public async Task A_link_for_a_role_the_person_does_not_hold_is_refused()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (_, approval) = await campaign.AskAsync(10_000);
        var token = await TokenAsync(approval.Id, "manager", "approve", person: "editor");
        using var stranger = host.Visitor();

        (await PostAsync(stranger, token)).Dispose();

        Assert.Contains("This decision is not yours any more", await stranger.TextAsync($"/decide/{token}"), StringComparison.Ordinal);
        Assert.Empty(await campaign.VotesAsync(approval.Id));
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string token) =>
        client.PostAsync("/decide", new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token, ["comment"] = "ok" }));

    private Task<string> TokenAsync(Guid approval, string role, string decision, DateTimeOffset? written = null, string? person = null) =>
        host.InScopeAsync(async db =>
        {
            var id = await db.People.Where(p => p.UserName == (person ?? role)).Select(p => p.Id).SingleAsync();
            return host
                .Services.GetRequiredService<ActionLinks>()
                .Create(new(approval, role, decision, id), written ?? DateTimeOffset.UtcNow);
        });
}
