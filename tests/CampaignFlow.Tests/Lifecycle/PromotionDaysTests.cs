using System.Globalization;
using System.Net;
using CampaignFlow.Campaigns;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Lifecycle;

/// <summary>Promotion days as people enter them: on the campaign's page, with roles and tokens checked on the server.</summary>
public sealed class PromotionDaysTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("en", "The days stand in the calendar.", "Promotion days entered: 双11 预售", "The days are taken out")]
    [InlineData("zh-CN", "已录入促销期。", "录入促销期：双11 预售", "已删除促销期")]
    public async Task Days_are_entered_shown_shaded_in_the_charts_and_taken_out(string language, string toast, string audit, string gone)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var person = await host.ReaderAsync("operator", language);

        using var answer = await EnterAsync(person, campaign, "双11 预售", 0, 2);

        Assert.Equal($"/campaigns/{campaign.Code}#promotions", answer.Headers.Location!.OriginalString);
        var html = await person.TextAsync(Page(campaign));
        Assert.Contains(toast, html, StringComparison.Ordinal);
        Assert.Contains(audit, html, StringComparison.Ordinal);
        Assert.Contains("<b>双11 预售</b>", html, StringComparison.Ordinal);
        Assert.Contains("\"spans\":[{\"name\":", html, StringComparison.Ordinal);

        var window = Assert.Single(await WindowsAsync(campaign));
        (await person.PostFormAsync(Page(campaign), $"{Page(campaign)}/promotions/{window.Id}/remove", [])).Dispose();
        Assert.Contains(gone, await person.TextAsync(Page(campaign)), StringComparison.Ordinal);
        Assert.Empty(await WindowsAsync(campaign));
    }

    [Theory]
    [InlineData("Pre-sale", -4, 2, "must lie inside the flight")]
    [InlineData("Pre-sale", 0, 40, "must lie inside the flight")]
    [InlineData("Pre-sale", 2, 1, "ends before it begins")]
    [InlineData("   ", 0, 1, "Give it a name")]
    [InlineData("First wave", 1, 2, "already a window First wave")]
    public async Task What_cannot_be_is_refused_with_a_sentence(string name, int first, int last, string says)
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var person = await host.ReaderAsync("operator");
        (await EnterAsync(person, campaign, "First wave", 0, 1)).Dispose();
        await person.TextAsync(Page(campaign));

        (await EnterAsync(person, campaign, name, first, last)).Dispose();

        Assert.Contains(says, await person.TextAsync(Page(campaign)), StringComparison.Ordinal);
        Assert.Single(await WindowsAsync(campaign));
    }

    [Fact]
    public async Task A_day_that_cannot_be_read_is_refused_and_windows_may_overlap()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var person = await host.ReaderAsync("manager");
        (await EnterAsync(person, campaign, "Pre-sale", 0, 5)).Dispose();
        (await EnterAsync(person, campaign, "First wave", 4, 4)).Dispose();
        await person.TextAsync(Page(campaign));

        (
            await person.PostFormAsync(
                Page(campaign),
                $"{Page(campaign)}/promotions",
                new()
                {
                    ["name"] = "x",
                    ["first"] = "11/11/2026",
                    ["last"] = "2026-11-12",
                }
            )
        ).Dispose();

        Assert.Contains("such as 2026-11-11", await person.TextAsync(Page(campaign)), StringComparison.Ordinal);
        Assert.Equal(["Pre-sale", "First wave"], (await WindowsAsync(campaign)).Select(w => w.Name));
    }

    [Fact]
    public async Task Who_may_not_edit_campaigns_is_refused_by_the_server_and_so_is_another_site()
    {
        var campaign = await SmallCampaign.StartAsync(host);
        using var analyst = await host.ReaderAsync("analyst");
        using var person = await host.ReaderAsync("operator");

        using var refused = await EnterAsync(analyst, campaign, "Pre-sale", 0, 1);
        using var forged = await person.PostAsync($"{Page(campaign)}/promotions", new FormUrlEncodedContent(Form("Pre-sale", 0, 1)));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.BadRequest), (refused.StatusCode, forged.StatusCode));
        Assert.DoesNotContain("id=\"promotion-name\"", await analyst.TextAsync(Page(campaign)), StringComparison.Ordinal);
        Assert.Empty(await WindowsAsync(campaign));
    }

    private static string Page(SmallCampaign campaign) => $"/campaigns/{campaign.Code}";

    private static Task<HttpResponseMessage> EnterAsync(HttpClient person, SmallCampaign campaign, string name, int first, int last) =>
        person.PostFormAsync(Page(campaign), $"{Page(campaign)}/promotions", Form(name, first, last));

    /// <param name="first">Days from today.</param>
    private static Dictionary<string, string> Form(string name, int first, int last) =>
        new()
        {
            ["name"] = name,
            ["first"] = Day(first),
            ["last"] = Day(last),
        };

    private static string Day(int fromToday) =>
        DateOnly.FromDateTime(DateTime.UtcNow).AddDays(fromToday).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private Task<IReadOnlyList<PromotionWindow>> WindowsAsync(SmallCampaign campaign) =>
        host.InScopeAsync(db => db.PromotionsOfAsync(campaign.Id, default));
}
