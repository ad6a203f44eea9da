using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Pages;

public sealed class RunPageTests(OfficeHost office) : IClassFixture<OfficeHost>
{
    [Theory]
    [InlineData("en", "Waits for the event 'go'.", "Every step")]
    [InlineData("zh-CN", "等待事件“go”。", "全部步骤")]
    public async Task Pages_say_in_a_sentence_what_a_run_waits_for(string language, string sentence, string filter)
    {
        var run = await StartAsync("said-" + language);
        using var client = await office.Host.ReaderAsync("manager", language);

        var page = await client.TextAsync($"/runs/{run}");
        Assert.Contains(sentence, page, StringComparison.Ordinal);
        Assert.Contains(filter, page, StringComparison.Ordinal);
        Assert.Contains(sentence, await client.TextAsync("/runs?status=Suspended"), StringComparison.Ordinal);
        Assert.Contains(sentence, await client.TextAsync("/campaigns/spring"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machines_get_the_sentence_in_both_languages()
    {
        var run = await StartAsync("asked");
        using var client = await office.Host.ReaderAsync("analyst");

        var one = await client.GetFromJsonAsync<JsonObject>($"/api/runs/{run}");
        Assert.Equal("Waits for the event 'go'.", one!["says"]!["en"]!.ToString());
        Assert.Equal("等待事件“go”。", one["says"]!["zh"]!.ToString());
        var waiting = await client.GetFromJsonAsync<JsonArray>("/api/runs?waiting=true");
        Assert.Contains(waiting!, r => r!["id"]!.ToString() == run.ToString());
        Assert.Empty((await client.GetFromJsonAsync<JsonArray>("/api/runs?waiting=true&status=Finished"))!);
        using var unknown = await client.GetAsync($"/api/runs/{Guid.NewGuid()}");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var visitor = await office.Host.Visitor().GetAsync("/api/runs");
        Assert.Equal(HttpStatusCode.Unauthorized, visitor.StatusCode);
    }

    [Fact]
    public async Task The_journal_is_filtered_leafed_through_and_exported_as_it_is_filtered()
    {
        var run = await StartAsync("long");
        await office.Host.InScopeAsync(db => AddLinesAsync(db, run));
        using var client = await office.Host.ReaderAsync("manager");

        var newest = await client.TextAsync($"/runs/{run}");
        Assert.Contains("line 1000", newest, StringComparison.Ordinal);
        Assert.DoesNotContain("line 850", newest, StringComparison.Ordinal);
        var older = await client.TextAsync($"/runs/{run}?before=901&what=Message");
        Assert.Contains("line 850", older, StringComparison.Ordinal);
        Assert.DoesNotContain("line 1000", older, StringComparison.Ordinal);
        Assert.Contains("?what=Message&after=", older, StringComparison.Ordinal);
        Assert.Contains("?what=Message&before=", older, StringComparison.Ordinal);
        Assert.Contains("No such lines", await client.TextAsync($"/runs/{run}?what=Nothing"), StringComparison.Ordinal);

        var csv = await client.GetStringAsync($"/runs/{run}/journal.csv?what=Message");
        var rows = csv.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + 990, rows.Length);
        Assert.Contains("'=line 1000", csv, StringComparison.Ordinal);
        Assert.DoesNotContain(",=line", csv, StringComparison.Ordinal);
        var json = await client.GetFromJsonAsync<JsonArray>($"/runs/{run}/journal.json");
        Assert.Equal([1, 2, 3, .. Enumerable.Range(11, 990)], json!.Select(l => (int)l!["seq"]!));
        using var unknown = await client.GetAsync($"/runs/{Guid.NewGuid()}/journal.csv");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private async Task<Guid> StartAsync(string key)
    {
        var services = office.Host.Services;
        await services
            .GetRequiredService<WorkflowFiles>()
            .PublishAsync("asked", "Asked", Bench.Sequence(Bench.Event("go")), TestContext.Current.CancellationToken);
        Guid run;
        await using (var scope = services.CreateAsyncScope())
        {
            run = await scope
                .ServiceProvider.GetRequiredService<WorkflowRuns>()
                .StartAsync("asked", key, office.CampaignId.ToString(), null, default);
            await scope.ServiceProvider.GetRequiredService<CampaignFlowDb>().SaveChangesAsync();
        }
        await services.GetRequiredService<WorkflowRunner>().DrainAsync(default);
        return run;
    }

    /// <summary>Up to number 1000; the first lines are the run's own.</summary>
    private static async Task<int> AddLinesAsync(CampaignFlowDb db, Guid run)
    {
        for (var seq = 11; seq <= 1000; seq++)
            db.RunJournal.Add(
                new()
                {
                    RunId = run,
                    Seq = seq,
                    At = DateTimeOffset.UnixEpoch,
                    What = "Message",
                    Text = $"=line {seq}",
                }
            );
        return await db.SaveChangesAsync();
    }
}
