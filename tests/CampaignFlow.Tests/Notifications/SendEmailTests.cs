using CampaignFlow.Engine.Workflows;
using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Notifications;

/// <summary>Mails that a workflow writes itself.</summary>
public sealed class SendEmailTests
{
    private static Task<Bench> OpenAsync() =>
        CreateAsync(
            DatabaseKind.Sqlite,
            services =>
            {
                services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
                services.AddNotifications();
            }
        );

    private static string Mail(string more) =>
        $$"""
            "type":"Elsa.SendEmail",{{more}}
            """;

    [Fact]
    public async Task A_mail_is_stored_with_the_run_and_leaves_once()
    {
        await using var bench = await OpenAsync();
        await bench.PublishAsync(
            "mails",
            Sequence(
                Mail(
                    """
                    "to":["Li <li@example.com>","wang@example.com"],"cc":"boss@example.com","bcc":["audit@example.com"],"subject":"Hello\nyou","body":"<p>1 &lt; 2</p><script>x</script>"
                    """
                )
            )
        );
        var run = await bench.StartAsync("mails");
        await bench.DrainAsync();
        var outbox = bench.Store.Services.GetRequiredService<OutboxDispatcher>();
        while (await outbox.DispatchDueAsync(CancellationToken.None) > 0) { }

        var mail = await bench.AskAsync(db => db.Mails.SingleAsync());
        Assert.Equal(RunStatus.Finished, await bench.StatusAsync(run));
        Assert.Equal((MailState.Sent, "Hello you", "1 < 2"), (mail.State, mail.Subject, mail.Text));
        var eml = Eml.Write(mail, bench.Store.Services.GetRequiredService<MailOptions>(), bench.Clock.Now);
        Assert.Contains(
            "To: \"Li\" <li@example.com>,\r\n wang@example.com\r\nCc: boss@example.com\r\nBcc: audit@example.com\r\n",
            eml,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(""" "to":"nobody" """, "'nobody', which is not a mail address")]
    [InlineData(""" "to":"a@example.com","from":"ceo@bank.example" """, "this server sends for localhost only")]
    [InlineData(""" "to":";" """, "names nobody")]
    public async Task A_mail_that_cannot_go_out_is_an_incident_with_a_sentence(string more, string expected)
    {
        await using var bench = await OpenAsync();
        await bench.PublishAsync("mails", Sequence(Mail(more)));
        var run = await bench.StartAsync("mails");
        await bench.DrainAsync();

        var row = await bench.RunAsync(run);
        Assert.Equal(RunStatus.Faulted, row.Status);
        Assert.Contains(expected, row.Error, StringComparison.Ordinal);
        Assert.Equal(0, await bench.AskAsync(db => db.Mails.CountAsync()));
    }
}
