using System.Net;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows.Archive;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Pages;

public sealed class RetentionPageTests(OfficeHost office) : IClassFixture<OfficeHost>
{
    [Theory]
    [InlineData("en", "Archived on Tue 2 Mar 2027 in the file 2027-03-02.story.jsonl.gz.", "./run archive show")]
    [InlineData("zh-CN", "已于 2027年3月2日周二归档到文件 2027-03-02.story.jsonl.gz。", "查看：./run archive show")]
    public async Task An_archived_run_says_where_it_is(string language, string sentence, string how)
    {
        var archived = new ArchivedRun
        {
            Id = Guid.CreateVersion7(),
            Key = "gone-" + language,
            DefinitionId = "story",
            Status = RunStatus.Finished,
            FinishedAt = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero),
            ArchivedAt = new(2027, 3, 2, 8, 0, 0, TimeSpan.Zero),
            File = "2027-03-02.story.jsonl.gz",
        };
        await office.Host.InScopeAsync(db =>
        {
            db.ArchivedRuns.Add(archived);
            return db.SaveChangesAsync();
        });
        using var client = await office.Host.ReaderAsync("manager", language);

        var page = await client.TextAsync($"/runs/{archived.Id}");
        Assert.Contains(sentence, page, StringComparison.Ordinal);
        Assert.Contains(how + " " + archived.Id, page, StringComparison.Ordinal);
        using var answer = await client.GetAsync($"/api/runs/{archived.Id}");
        Assert.Equal(HttpStatusCode.Gone, answer.StatusCode);
        var said = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["says"]!;
        Assert.Equal(sentence, said[language == "en" ? "en" : "zh"]!.ToString());
        using var act = await client.PostFormAsync("/runs", $"/runs/{archived.Id}/retry", []);
        Assert.Contains(sentence, await client.TextAsync("/runs"), StringComparison.Ordinal); // whoever acts on it is told too
    }

    [Theory]
    [InlineData("en", "Runs that are over stay", "Due now: ")]
    [InlineData("zh-CN", "已结束的运行保留", "当前可清理：")]
    public async Task The_jobs_page_says_how_long_things_are_kept_and_what_is_due(string language, string policy, string due)
    {
        using var client = await office.Host.ReaderAsync("analyst", language);

        var page = await client.TextAsync("/jobs");

        Assert.Contains("id=\"retention\"", page, StringComparison.Ordinal);
        Assert.Contains(policy, page, StringComparison.Ordinal);
        Assert.Contains(due, page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"sweep-now\"", page, StringComparison.Ordinal); // nothing is due, and an analyst may not
        using var refused = await client.PostFormAsync("/jobs", "/jobs/sweep", []);
        Assert.NotEqual("/jobs", refused.Headers.Location?.ToString());
        Assert.Equal(0, await office.Host.InScopeAsync(db => db.Sweeps.CountAsync()));
    }
}
