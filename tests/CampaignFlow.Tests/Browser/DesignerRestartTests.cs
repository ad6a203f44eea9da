using System.Text.Json.Nodes;
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
        var before = await PlaceAsync(database);

        first.Dispose();
        await li.MoveAsync("weekly-reminder", 30);
        await Assertions.Expect(li.Banner).ToContainTextAsync("The server cannot be reached");
        await Assertions.Expect(li.Saving).ToHaveTextAsync("Not saved yet", new() { Timeout = 15_000 });
        using (await Proofs.Server.StartAsync(folder, database, "", new Uri(first.Url).Port))
        {
            await li.SavedAsync();
            await Assertions.Expect(li.Banner).ToBeHiddenAsync();
            // A question of the designer may be answered before the change that waits behind it is sent.
            for (var patience = 0; await PlaceAsync(database) <= before; patience++)
            {
                Assert.True(patience < 150, $"The step still stands at {before}.");
                await Task.Delay(100);
            }
        }
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>How far down the step stands in the stored draft.</summary>
    private static async Task<double> PlaceAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var draft = connection.CreateCommand();
        draft.CommandText = "select json from wf_draft where definition_id = 'weekly-review'";
        var steps = JsonNode.Parse((string)(await draft.ExecuteScalarAsync())!)!["root"]!["activities"]!.AsArray();
        return (double)steps.Single(s => s!["id"]!.ToString() == "weekly-reminder")!["metadata"]!["designer"]!["position"]!["y"]!;
    }
}
