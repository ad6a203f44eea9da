using System.Text.RegularExpressions;
using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Notifications;

public sealed class DeliveryTests(MailServer server) : IClassFixture<MailServer>
{
    [Fact]
    public async Task A_server_gets_the_mail_encrypted_and_authenticated_with_both_parts_and_the_invitation()
    {
        await using var store = await StoreAsync();
        var mail = await SendAsync(store, "review@example.com");

        Assert.Equal((MailState.Sent, null), (mail.State, mail.Error));
        var got = Assert.Single(await server.ReceivedAsync("review@example.com"));
        Assert.True(got.Secure);
        Assert.Equal("mailer", got.User);
        Assert.Equal(mail.Subject, got.Subject);
        Assert.Equal(mail.Text.Trim(), got.Text.Trim());
        Assert.Contains("¥461.8 万", got.Html);
        Assert.Equal("review-reminder", got.Kind);
        Assert.Contains("活动", got.From);
        var invite = Assert.Single(got.Attachments);
        Assert.Equal(("invite.ics", "text/calendar", mail.Calendar), (invite.Name, invite.Type, invite.Text));
    }

    [Fact]
    public async Task A_repeat_carries_the_same_message_id()
    {
        await using var store = await StoreAsync();
        var mail = await SendAsync(store, "twice@example.com");
        await store.Services.GetRequiredService<IMailer>().SendAsync(mail, CancellationToken.None);

        var got = await server.ReceivedAsync("twice@example.com");
        Assert.Equal(2, got.Count);
        Assert.Equal(got[0].MessageId, got[1].MessageId);
        Assert.Matches("^<[0-9a-f]{40}@example.com>$", got[0].MessageId);
    }

    [Fact]
    public async Task A_server_that_wants_a_login_and_gets_none_refuses_for_good()
    {
        await using var store = await StoreAsync(("Smtp:User", null), ("Smtp:Password", null));
        var mail = await SendAsync(store, "stranger@example.com");

        Assert.Equal((MailState.Failed, 1), (mail.State, mail.Attempts));
        Assert.Contains("530", mail.Error);
        Assert.Contains("authentication", mail.Error, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await server.ReceivedAsync("stranger@example.com"));
    }

    [Fact]
    public async Task An_unknown_mailbox_fails_with_the_servers_words()
    {
        await using var store = await StoreAsync();
        var mail = await SendAsync(store, "nobody@example.com");

        Assert.Equal(MailState.Failed, mail.State);
        Assert.Contains("550", mail.Error);
    }

    [Fact]
    public async Task A_busy_mailbox_is_tried_again_later()
    {
        await using var store = await StoreAsync();
        var mail = await SendAsync(store, "busy@example.com");
        Assert.Equal((MailState.Queued, 1), (mail.State, mail.Attempts));
        Assert.Contains("451", mail.Error);

        store.Clock.Advance(OutboxDispatcher.Backoff(1));
        await PostingTests.DispatchAsync(store);

        Assert.Equal(2, await store.InScopeAsync((db, _) => db.Mails.Select(m => m.Attempts).SingleAsync()));
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_gets_no_password()
    {
        // "localhost" is in the certificate but was never told to be trusted; only 127.0.0.1 is.
        await using var store = await StoreAsync(("Smtp:Host", "localhost"), ("Smtp:TrustedCertificate", null));
        var mail = await SendAsync(store, "careful@example.com");

        Assert.Equal(MailState.Queued, mail.State);
        Assert.Contains("certificate", mail.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("s3cret", mail.Error);
        Assert.Empty(await server.ReceivedAsync("careful@example.com"));
    }

    [Fact]
    public async Task A_mail_file_is_understood_by_a_mail_program()
    {
        await using var store = await StoreAsync(("Smtp:Host", null));
        var mail = await SendAsync(store, "lin@example.com");
        var file = Path.Combine(store.Services.GetRequiredService<StorageOptions>().Folder, "mails", FileMailer.FileName(mail.Key));

        var raw = await File.ReadAllTextAsync(file);
        Assert.All(raw, c => Assert.InRange(c, '\n', '~')); // pure ASCII on the wire
        Assert.DoesNotContain("\n", raw.Replace("\r\n", "", StringComparison.Ordinal));
        Assert.All(raw.Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
        Assert.Matches(new Regex("^Subject: =\\?utf-8\\?B\\?[A-Za-z0-9+/=]+\\?=\r\n =\\?utf-8", RegexOptions.Multiline), raw);
        Assert.Contains("multipart/mixed", raw);
        Assert.Contains("multipart/alternative", raw);

        var got = await MailServer.ReadEmlAsync(file);
        Assert.Equal(mail.Subject, got.Subject);
        Assert.Equal(mail.Text.Trim(), got.Text.Trim());
        Assert.Equal(mail.Html.ReplaceLineEndings("\n").Trim(), got.Html.ReplaceLineEndings("\n").Trim());
        Assert.Equal("lin@example.com", got.To);
        Assert.Equal(mail.Calendar, Assert.Single(got.Attachments).Text);
        Assert.Matches("^<[0-9a-f]{40}@example.com>$", got.MessageId);
    }

    [Theory]
    [InlineData("task-assigned:17:2026:abc", "task-assigned+17+2026+abc.eml")]
    [InlineData("a:../../etc/passwd", "a+..%2F..%2Fetc%2Fpasswd.eml")] // no way out of the folder
    [InlineData("a+b:万", "a%2Bb+%E4%B8%87.eml")] // no two keys share a name
    public void A_key_makes_a_harmless_file_name(string key, string expected)
    {
        Assert.Equal(expected, FileMailer.FileName(key));
        Assert.DoesNotContain('/', FileMailer.FileName(key));
        Assert.InRange(FileMailer.FileName(new string('x', 5000) + key).Length, 1, 210);
    }

    [Theory]
    [InlineData("PublicUrl", "campaigns.example.com", "full address")]
    [InlineData("Smtp:From", null, "Smtp:From is not")]
    [InlineData("Smtp:From", "not an address", "write an address")]
    [InlineData("Smtp:Port", "70000", "1 to 65535")]
    [InlineData("Smtp:StartTls", "maybe", "true or false")]
    [InlineData("Smtp:StartTls", "false", "in the clear")]
    [InlineData("Smtp:Password", null, "Smtp:Password is not")]
    [InlineData("Smtp:TrustedCertificate", "/nowhere.pem", "does not exist")]
    public void A_wrong_setting_is_named_with_what_to_write(string name, string? value, string expected)
    {
        var settings = Settings((name, value));
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Item1, s => s.Item2)).Build();

        var refusal = Assert.Throws<StartupRefusal>(() => MailOptions.Read(configuration));

        Assert.Contains(expected, refusal.Message);
        Assert.DoesNotContain("s3cret", refusal.Message);
    }

    private Task<TestStore> StoreAsync(params (string, string?)[] different) =>
        PostingTests.StoreAsync(DatabaseKind.Sqlite, null, Settings(different));

    private (string, string?)[] Settings(params (string, string?)[] different)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Smtp:Host"] = "127.0.0.1",
            ["Smtp:Port"] = server.Port.ToString(),
            ["Smtp:User"] = "mailer",
            ["Smtp:Password"] = "s3cret",
            ["Smtp:From"] = "活动流程 CampaignFlow <campaigns@example.com>",
            ["Smtp:TrustedCertificate"] = server.Certificate,
        };
        foreach (var (name, value) in different)
            settings[name] = value;
        return [.. settings.Select(s => (s.Key, s.Value))];
    }

    private static async Task<Mail> SendAsync(TestStore store, string address)
    {
        await PostingTests.PostAsync(store, SampleMails.Review, new(Guid.CreateVersion7(), "林岚", address, "zh-CN", "Asia/Shanghai"));
        await PostingTests.DispatchAsync(store);
        return await store.InScopeAsync((db, _) => db.Mails.AsNoTracking().SingleAsync());
    }
}
