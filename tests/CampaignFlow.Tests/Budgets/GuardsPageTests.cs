using System.Net;
using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Budgets;

/// <summary>The kill switch, guards and locks as people reach them: by forms, with roles and tokens checked on the server.</summary>
public sealed class GuardsPageTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("editor", "/money/stop")]
    [InlineData("brand", "/money/release")]
    [InlineData("operator", "/money/breaker")]
    [InlineData("editor", "/money/lock")]
    [InlineData("analyst", "/money/guard")]
    [InlineData("executive", "/money/guard")]
    public async Task Who_may_not_is_refused_by_the_server(string role, string verb)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var person = await host.ReaderAsync(role);

        using var answer = await person.PostFormAsync("/", verb, Everything(campaign));

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        await AssertUntouchedAsync(campaign);
    }

    [Theory]
    [InlineData("/money/stop")]
    [InlineData("/money/release")]
    [InlineData("/money/breaker")]
    [InlineData("/money/lock")]
    [InlineData("/money/guard")]
    public async Task Another_site_cannot_send_the_form(string verb)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var manager = await host.ReaderAsync("manager");

        using var answer = await manager.PostAsync(verb, new FormUrlEncodedContent(Everything(campaign)));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await AssertUntouchedAsync(campaign);
    }

    [Theory]
    [InlineData("en", "stopped the money moves of this campaign: prices are wrong", "Stopped: no money moves", "Released")]
    [InlineData("zh-CN", "已停止该活动的预算调整：prices are wrong", "已停止：解除之前", "已解除")]
    public async Task The_switch_stops_a_campaign_says_who_and_why_and_is_released(string language, string says, string toast, string free)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var (shift, approval) = await campaign.AskAsync(10_000);
        var page = $"/campaigns/{campaign.Code}/budget";
        using var analyst = await host.ReaderAsync("analyst", language);
        using var manager = await host.ReaderAsync("manager", language);

        using var stopped = await analyst.PostFormAsync(page, "/money/stop", Switch(campaign, page, "prices are wrong"));
        Assert.Equal(page, stopped.Headers.Location!.OriginalString);
        var html = await analyst.TextAsync(page);
        Assert.Contains(says, html, StringComparison.Ordinal);
        Assert.Contains(toast, html, StringComparison.Ordinal);

        (await manager.PostFormAsync(page, $"/approvals/{approval.Id}/decide", new() { ["said"] = "Approved" })).Dispose();
        Assert.Equal(100_000, (await campaign.BalancesAsync())["search"]);
        Assert.Equal(
            ShiftState.Refused,
            await host.InScopeAsync(db => db.BudgetShifts.Where(s => s.Id == shift.Id).Select(s => s.State).SingleAsync())
        );

        // Not the operator, who neither threw it nor approves shifts.
        using var person = await host.ReaderAsync("operator", language);
        (await person.PostFormAsync(page, "/money/release", Switch(campaign, page))).Dispose();
        Assert.True(await host.InScopeAsync(db => db.MoneyStops.AnyAsync(s => s.Scope == Scope.Of(campaign.Id) && s.ReleasedAt == null)));
        (await manager.PostFormAsync(page, "/money/release", Switch(campaign, page))).Dispose();
        html = await manager.TextAsync(page);
        Assert.Contains(free, html, StringComparison.Ordinal);
        Assert.DoesNotContain(says, html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10%", "In force", "10%")]
    [InlineData("much", "a percentage such as 20%", null)]
    public async Task A_guard_is_set_for_one_campaign_or_told_how_to_write_it(string value, string says, string? stored)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var page = $"/guards?scope={Uri.EscapeDataString(Scope.Of(campaign.Id))}";
        using var finance = await host.ReaderAsync("finance");

        (
            await finance.PostFormAsync(
                page,
                "/money/guard",
                new()
                {
                    ["scope"] = Scope.Of(campaign.Id),
                    ["guard"] = Guard.Step,
                    ["value"] = value,
                    ["why"] = "a delicate month",
                    ["back"] = page,
                }
            )
        ).Dispose();

        Assert.Contains(says, await finance.TextAsync(page), StringComparison.Ordinal);
        Assert.Equal(
            stored,
            await host.InScopeAsync(db =>
                db.GuardSettings.Where(s => s.Scope == Scope.Of(campaign.Id)).Select(s => s.Value).SingleOrDefaultAsync()
            )
        );
    }

    [Fact]
    public async Task A_locked_channel_stays_locked_when_the_day_cannot_be_read()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        var page = $"/campaigns/{campaign.Code}/budget";
        using var person = await host.ReaderAsync("operator");
        async Task<int> LockAsync(string until)
        {
            var form = new Dictionary<string, string>
            {
                ["campaign"] = $"{campaign.Id}",
                ["channel"] = "search",
                ["until"] = until,
                ["why"] = "price test",
                ["back"] = page,
            };
            (await person.PostFormAsync(page, "/money/lock", form)).Dispose();
            return await host.InScopeAsync(db => db.ChannelLocks.CountAsync(l => l.CampaignId == campaign.Id));
        }

        Assert.Equal(1, await LockAsync($"{DateTime.UtcNow.AddDays(9):yyyy-MM-dd}"));
        Assert.Contains("price test", await person.TextAsync(page), StringComparison.Ordinal);
        Assert.Equal(1, await LockAsync("30/11/2026"));
        Assert.Contains("“30/11/2026” is not a day", await person.TextAsync(page), StringComparison.Ordinal);
        Assert.Equal(0, await LockAsync(""));
    }

    [Theory]
    [InlineData("//evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("/\\evil.example")]
    public async Task Nobody_is_sent_to_another_site(string back)
    {
        using var manager = await host.ReaderAsync("manager");
        using var answer = await manager.PostFormAsync(
            "/guards",
            "/money/lock",
            new() { ["campaign"] = $"{Guid.NewGuid()}", ["back"] = back }
        );
        Assert.Equal("/guards", answer.Headers.Location!.OriginalString);
        Assert.Contains("There is no such campaign.", await manager.TextAsync("/guards"), StringComparison.Ordinal);
    }

    private static Dictionary<string, string> Switch(SmallCampaign campaign, string back, string why = "") =>
        new()
        {
            ["scope"] = Scope.Of(campaign.Id),
            ["why"] = why,
            ["back"] = back,
        };

    /// <summary>Enough for any of the forms.</summary>
    private static Dictionary<string, string> Everything(SmallCampaign campaign) =>
        new()
        {
            ["scope"] = Scope.Of(campaign.Id),
            ["campaign"] = $"{campaign.Id}",
            ["channel"] = "search",
            ["until"] = $"{DateTime.UtcNow.AddDays(9):yyyy-MM-dd}",
            ["guard"] = Guard.Step,
            ["value"] = "10%",
            ["why"] = "because",
        };

    private async Task AssertUntouchedAsync(SmallCampaign campaign)
    {
        var scope = Scope.Of(campaign.Id);
        Assert.False(
            await host.InScopeAsync(async db =>
                await db.MoneyStops.AnyAsync(s => s.Scope == scope)
                || await db.GuardSettings.AnyAsync(s => s.Scope == scope)
                || await db.ChannelLocks.AnyAsync(l => l.CampaignId == campaign.Id)
            )
        );
    }
}
