using CampaignFlow.Accounts;
using CampaignFlow.Tests.Support;
using Microsoft.Playwright;
using Npgsql;

namespace CampaignFlow.Tests.Browser;

/// <summary>The designer before a server that is a process and dies.</summary>
public sealed class DesignerRestartTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task What_was_drawn_while_the_server_was_dead_is_saved_by_itself_when_it_starts_again()
    {
        var database = PostgresServer.Shared.CreateDatabase();
        await using (
            var host = new TestHost
            {
                Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings:CampaignFlow"] = database },
            }
        )
            await host.MakePeopleAsync();
        var folder = Directory.CreateTempSubdirectory("cfrestart").FullName;
        var first = await Proofs.Server.StartAsync(folder, database, "");
        await using var browser = await chromium.Browser.NewContextAsync(
            new()
            {
                BaseURL = first.Url,
                Locale = "en",
                ViewportSize = new() { Width = 1600, Height = 1000 },
            }
        );
        var li = await DesignerHand.SignInAsync(browser, Roles.Operator, "/workflows/weekly-review/design");
        await li.DrawnAsync(".x6-node");
        await li.MoveAsync("weekly-reminder", 40);
        await li.SavedAsync();
        var before = await RevisionsAsync(database);

        first.Dispose();
        await li.MoveAsync("weekly-reminder", 30);
        await Assertions.Expect(li.Banner).ToContainTextAsync("The server cannot be reached");
        using (await Proofs.Server.StartAsync(folder, database, "", new Uri(first.Url).Port))
        {
            await li.SavedAsync();
            await Assertions.Expect(li.Banner).ToBeHiddenAsync();
            Assert.Equal(before + 1, await RevisionsAsync(database));
        }
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<long> RevisionsAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var count = connection.CreateCommand();
        count.CommandText = "select count(*) from wf_draft_revision where definition_id = 'weekly-review'";
        return (long)(await count.ExecuteScalarAsync())!;
    }
}
