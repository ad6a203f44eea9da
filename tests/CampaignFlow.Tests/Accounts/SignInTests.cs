using System.Net;
using CampaignFlow.Accounts;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Accounts;

public sealed class SignInTests : IAsyncDisposable
{
    private readonly TestHost host = new();

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("manager")]
    [InlineData("  Manager ")] // names are not about case or stray blanks
    [InlineData("manager@demo.example")] // nor does anyone remember which of the two it was
    public async Task A_person_signs_in_by_name_or_mail_and_lands_where_they_wanted_to_go(string name)
    {
        await host.MakePeopleAsync();
        using var client = host.Visitor();

        using var answer = await client.SignInAsync(name, TestHost.Password, "?ReturnUrl=%2Fapprovals%2F7");

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal("/approvals/7", answer.Headers.Location!.ToString());
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), c => c.StartsWith("campaignflow=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://elsewhere.example/")]
    [InlineData("//elsewhere.example")]
    [InlineData("/\\elsewhere.example")]
    public async Task A_link_cannot_lead_the_signed_in_person_elsewhere(string wanted)
    {
        await host.MakePeopleAsync();
        using var client = host.Visitor();

        using var answer = await client.SignInAsync("manager", TestHost.Password, "?ReturnUrl=" + Uri.EscapeDataString(wanted));

        Assert.Equal("/", answer.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("manager", "wrong password")]
    [InlineData("nobody", "wrong password")] // the same sentence: nobody learns who has an account
    public async Task A_wrong_name_or_password_gets_one_and_the_same_sentence(string name, string password)
    {
        await host.MakePeopleAsync();
        using var client = host.Visitor();

        using var answer = await client.SignInAsync(name, password);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("This name and password do not match.", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task After_five_wrong_attempts_even_the_right_password_is_refused_for_a_while()
    {
        await host.MakePeopleAsync();
        using var client = host.Visitor();
        for (var i = 0; i < 5; i++)
            (await client.SignInAsync("manager", "wrong password")).Dispose();

        using var answer = await client.SignInAsync("manager", TestHost.Password);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("Too many wrong attempts", await answer.Content.ReadAsStringAsync());
        using var other = await host.Visitor().SignInAsync("finance", TestHost.Password);
        Assert.Equal(HttpStatusCode.Redirect, other.StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_it()
    {
        using var client = await host.SignedInAsync("operator");

        using var answer = await client.PostFormAsync("/sign-in", "/sign-out", []);

        Assert.Equal("/sign-in", answer.Headers.Location!.ToString());
        using var after = await client.GetAsync("/events");
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task The_first_sign_in_keeps_the_language_the_browser_asked_for()
    {
        using var client = await host.SignedInAsync("analyst", "zh-TW,zh;q=0.9");

        var language = await host.InScopeAsync(db => db.People.Where(p => p.UserName == "analyst").Select(p => p.Language).SingleAsync());

        Assert.Equal("zh-CN", language);
    }

    [Fact]
    public async Task The_demo_people_are_one_a_role_and_are_made_once()
    {
        await host.MakePeopleAsync();
        await host.MakePeopleAsync();

        var people = await host.InScopeAsync(db => db.People.AsNoTracking().ToListAsync());

        Assert.Equal(Roles.Names.Keys.Order(), people.SelectMany(p => p.Roles).Order());
        Assert.All(people, p => Assert.DoesNotContain(TestHost.Password, p.PasswordHash, StringComparison.Ordinal));
    }
}
