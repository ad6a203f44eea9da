using CampaignFlow.Accounts;
using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Notifications;

public sealed class NotifyRoleTests
{
    private const string Words = """
        "role":"manager","title":"Live tomorrow","titleZh":"明天上线","message":"Check the page.","messageZh":"请检查页面。"
        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Everybody_of_the_role_gets_one_mail_in_their_own_language(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        await store.InScopeAsync(
            async (db, _) =>
            {
                db.People.Add(
                    new()
                    {
                        Id = Guid.CreateVersion7(),
                        UserName = "second",
                        Email = "second@example.com",
                        DisplayName = "Second",
                        Language = "en",
                        TimeZone = "UTC",
                        Roles = [Roles.Manager],
                    }
                );
                return await db.SaveChangesAsync();
            }
        );
        Assert.Equal("Done", await store.LeftByAsync(await store.BeginAsync("CampaignFlow.NotifyRole", Words, "Done")));
        var mails = await store.InScopeAsync((db, _) => db.Mails.AsNoTracking().OrderBy(m => m.To).ToListAsync());
        Assert.Equal(["manager@example.com", "second@example.com"], mails.Select(m => m.To));
        Assert.Equal(["[Spring] 明天上线", "[Spring] Live tomorrow"], mails.Select(m => m.Subject));
        Assert.Contains("请检查页面。", mails[0].Text, StringComparison.Ordinal);
        Assert.Contains("Check the page.", mails[1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("How it stands", mails[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_template_with_numbers_has_the_goals_and_a_role_that_nobody_holds_is_an_incident()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        var words = Words.Replace("\"manager\"", "\"analyst\"", StringComparison.Ordinal) + ",\"template\":\"numbers\"";
        await store.BeginAsync("CampaignFlow.NotifyRole", words, "Done");
        var mail = await store.InScopeAsync((db, _) => db.Mails.AsNoTracking().SingleAsync());
        Assert.Contains("How it stands", mail.Text, StringComparison.OrdinalIgnoreCase);

        await store.InScopeAsync((db, _) => db.People.Where(p => p.UserName == "brand").ExecuteDeleteAsync());
        var nobody = await store.BeginAsync(
            "CampaignFlow.NotifyRole",
            Words.Replace("\"manager\"", "\"brand\"", StringComparison.Ordinal),
            "Done"
        );
        Assert.Contains("Nobody with a mail address holds the role 'brand'", await store.LeftByAsync(nobody), StringComparison.Ordinal);
    }
}
