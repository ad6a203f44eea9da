using System.Net;
using CampaignFlow.Accounts;
using CampaignFlow.Shell;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Shell;

public sealed class ShellTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/campaigns/unknown")] // also what does not exist: a stranger learns nothing from the difference
    public async Task Who_is_not_signed_in_is_asked_to(string page)
    {
        using var answer = await host.Visitor().GetAsync(page);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.StartsWith("/sign-in?ReturnUrl=", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/sign-in", "text/html")]
    [InlineData("/health", "text/plain")]
    [InlineData("/app.css", "text/css")]
    [InlineData("/lib/htmx.min.js", "text/javascript")] // came from npm with the build
    public async Task The_door_the_health_check_and_the_looks_are_open_to_all(string page, string type)
    {
        using var answer = await host.Visitor().GetAsync(page);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task The_live_line_answers_a_stranger_with_401_and_not_with_a_page()
    {
        using var answer = await host.Visitor().GetAsync("/events");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("/sign-out")]
    [InlineData("/language")]
    public async Task A_change_without_the_token_is_refused(string action)
    {
        using var client = await host.SignedInAsync("manager");

        using var answer = await client.PostAsync(action, new FormUrlEncodedContent([new("language", "en")]));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("This page was open too long", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var still = await client.GetAsync("/error/404");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task The_token_may_also_come_in_the_header_that_htmx_sends()
    {
        using var client = await host.SignedInAsync("manager");
        var token = PageReading.TokenOf(await client.GetStringAsync("/sign-in"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sign-out");
        request.Headers.Add("X-Antiforgery", token);

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
    }

    [Theory]
    [InlineData("zh-CN,zh;q=0.9,en;q=0.8", "登录")]
    [InlineData("en-GB,zh;q=0.5", "Sign in")]
    [InlineData("en;q=0.3,zh-HK;q=0.9", "登录")] // the order is the weights', not the list's
    [InlineData("fr-FR,de;q=0.5", "Sign in")] // neither of ours
    public async Task A_stranger_reads_the_language_the_browser_prefers(string accepted, string heading)
    {
        var page = await host.Visitor(accepted).TextAsync("/sign-in");

        Assert.Contains($"<h1>{heading}</h1>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_switch_keeps_the_address_outlives_the_browser_s_wish_and_moves_the_mails_too()
    {
        using var client = await host.SignedInAsync("operator", "en");

        using var answer = await client.PostFormAsync(
            "/sign-in",
            "/language",
            new() { ["language"] = "zh-CN", ["back"] = "/board?stage=C7" }
        );

        Assert.Equal("/board?stage=C7", answer.Headers.Location!.ToString());
        Assert.Contains("lang=\"zh-CN\"", await client.GetStringAsync("/sign-in"), StringComparison.Ordinal);
        Assert.Equal(
            "zh-CN",
            await host.InScopeAsync(db => db.People.Where(p => p.UserName == "operator").Select(p => p.Language).SingleAsync())
        );
    }

    [Fact]
    public async Task Nothing_is_loaded_from_elsewhere_and_no_script_stands_in_a_page()
    {
        using var answer = await host.Visitor().GetAsync("/sign-in");
        var page = await answer.Content.ReadAsStringAsync();

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'self'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-eval", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-store", answer.Headers.CacheControl!.ToString());
        Assert.DoesNotMatch("<script(?![^>]*src=)|\\son[a-z]+=\"|https?://", page);
    }

    [Fact]
    public async Task What_is_not_there_says_so_in_the_reader_s_words()
    {
        using var client = await host.SignedInAsync("brand", "zh");

        using var answer = await client.GetAsync("/campaigns/unknown");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("找不到该页面", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_are_compressed()
    {
        using var client = host.Visitor();
        client.DefaultRequestHeaders.Add("Accept-Encoding", "br");

        using var answer = await client.GetAsync("/sign-in");

        Assert.Equal("br", Assert.Single(answer.Content.Headers.ContentEncoding));
    }

    [Fact]
    public async Task A_ring_reaches_the_open_page_once_however_often_it_rang()
    {
        using var client = await host.SignedInAsync("manager");
        var campaign = Guid.CreateVersion7();
        using var answer = await client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("event: beat", await lines.ReadLineAsync());
        var feed = host.Services.GetRequiredService<LiveFeed>();

        for (var i = 0; i < 50; i++)
            feed.Changed(campaign);

        var heard = new List<string>();
        while (heard.Count < 2)
        {
            if (await lines.ReadLineAsync() is { } line && line.StartsWith("event: ", StringComparison.Ordinal))
                heard.Add(line["event: ".Length..]);
        }
        Assert.Equal(["changed", $"changed-{campaign}"], heard);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
    }
}
