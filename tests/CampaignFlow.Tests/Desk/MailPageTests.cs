using System.Net;
using CampaignFlow.Accounts;
using CampaignFlow.Notifications;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Desk;

public sealed class MailPageTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("en", "There is no such mail for you")]
    [InlineData("zh-CN", "没有您可以查看的这封邮件")]
    public async Task Managers_see_all_mails_and_others_their_own(string language, string none)
    {
        var mail = await MailToAsync("finance", MailState.Sent);
        using var finance = await host.ReaderAsync("finance", language);
        using var editor = await host.ReaderAsync("editor", language);
        using var manager = await host.ReaderAsync("manager", language);

        Assert.Contains(mail.Subject, await finance.TextAsync("/mails"), StringComparison.Ordinal);
        Assert.Contains(mail.Subject, await manager.TextAsync($"/mails?q={mail.Subject[..8]}"), StringComparison.Ordinal);
        Assert.DoesNotContain(mail.Subject, await editor.TextAsync("/mails"), StringComparison.Ordinal);
        Assert.Contains(none, await editor.TextAsync($"/mails/{mail.Id}"), StringComparison.Ordinal);
        foreach (var part in new[] { "html", "mail.eml", "invite.ics" })
        {
            using var answer = await editor.GetAsync($"/mails/{mail.Id}/{part}");
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task The_preview_runs_nothing_and_loads_nothing()
    {
        var mail = await MailToAsync("finance", MailState.Sent);
        using var finance = await host.ReaderAsync("finance");

        using var answer = await finance.GetAsync($"/mails/{mail.Id}/html");
        var policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));

        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("sandbox", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("allow-scripts", policy, StringComparison.Ordinal);
        Assert.Equal(mail.Html, await answer.Content.ReadAsStringAsync());
        Assert.StartsWith("Date: ", await finance.GetStringAsync($"/mails/{mail.Id}/mail.eml"), StringComparison.Ordinal);
        Assert.Equal("BEGIN:VCALENDAR", await finance.GetStringAsync($"/mails/{mail.Id}/invite.ics"));
    }

    [Theory]
    [InlineData(MailState.Failed, 1)] // twice asked, once sent
    [InlineData(MailState.Sent, 0)]
    public async Task Only_a_failed_mail_goes_out_again_and_only_once(MailState state, int again)
    {
        var mail = await MailToAsync("finance", state);
        using var finance = await host.ReaderAsync("finance");

        (await finance.PostFormAsync("/mails", $"/mails/{mail.Id}/resend", [])).Dispose();
        (await finance.PostFormAsync("/mails", $"/mails/{mail.Id}/resend", [])).Dispose();

        var made = await host.InScopeAsync(db => db.Mails.AsNoTracking().Where(m => m.Key.StartsWith(mail.Key + ":again")).ToListAsync());
        Assert.Equal(again, made.Count);
        Assert.All(made, m => Assert.Equal((mail.Subject, mail.Html, mail.To), (m.Subject, m.Html, m.To)));
    }

    private async Task<Mail> MailToAsync(string role, MailState state)
    {
        await host.MakePeopleAsync();
        return await host.InScopeAsync(async db =>
        {
            var person = await db.People.SingleAsync(p => p.UserName == role);
            var mail = new Mail
            {
                Key = $"daily-digest:{Guid.NewGuid():N}",
                Kind = "daily-digest",
                PersonId = person.Id,
                To = person.Email!,
                Language = "en",
                Subject = $"{Guid.NewGuid():N}",
                Html = "<p>hello</p><script>alert(1)</script>",
                Text = "hello",
                Calendar = "BEGIN:VCALENDAR",
                CreatedAt = DateTimeOffset.UtcNow,
                State = state,
            };
            db.Mails.Add(mail);
            await db.SaveChangesAsync();
            return mail;
        });
    }
}
