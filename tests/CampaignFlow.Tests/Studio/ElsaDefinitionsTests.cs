using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Tests.Journeys;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Studio;

/// <summary>Definitions in Elsa 3's own format go through the product's import and do what they did.</summary>
public sealed class ElsaDefinitionsTests(StudioHost studio) : IClassFixture<StudioHost>
{
    private static readonly DateTimeOffset Now = new(2026, 11, 6, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_is_imported_and_exported_again_runs_step_by_step_as_before()
    {
        var drawing = await studio.DrawingAsync(Roles.Manager);
        var same = 0;
        foreach (
            var file in Directory.GetFiles(Repository.Path("tests", "CampaignFlow.Engine.Tests", "Workflows", "Definitions"), "*.json")
        )
        {
            var json = await File.ReadAllTextAsync(file);
            if (Parse(json) is not { } before)
                continue; // uses an activity or a workflow that only the engine's tests have
            var (status, answer) = await drawing.PostAsync("/elsa/api/workflow-definitions/import", JsonNode.Parse(json)!);
            Assert.True(status == 200, file + answer.ToJsonString());
            var after = Parse(
                await drawing.Client.GetStringAsync($"/elsa/api/workflow-definitions/{answer["definitionId"]}/export?versionOptions=Latest")
            );
            Assert.Equal(Run(before), Run(after!));
            same++;
        }
        Assert.InRange(same, 30, 100);
    }

    [Theory]
    [InlineData(ElsaFiles.ForkAndJoin, "meet", "together")]
    [InlineData(ElsaFiles.Decision, "decide", "paid late")]
    public async Task It_is_imported_published_and_run_by_the_product(string json, string id, string line)
    {
        var drawing = await studio.DrawingAsync(Roles.Manager);
        var model = JsonNode.Parse(json)!.AsObject();
        var (imported, answer) = await drawing.PostAsync("/elsa/api/workflow-definitions/import", model);
        Assert.True(imported == 200, answer.ToJsonString());
        var (published, why) = await drawing.PostAsync($"/elsa/api/workflow-definitions/{id}/publish", new JsonObject());
        Assert.True(published == 200, why.ToJsonString());
        using var started = await drawing.Client.PostAsJsonAsync(
            $"/elsa/api/workflow-definitions/{id}/execute",
            new { input = new { Amount = 5, Name = "Pay" } }
        );
        var run = Guid.Parse(started.Headers.GetValues("x-elsa-workflow-instance-id").Single());
        await studio.Host.Services.GetRequiredService<WorkflowRunner>().DrainAsync(default);
        Assert.Equal(
            RunStatus.Finished,
            await studio.Host.InScopeAsync(db => db.Runs.Where(r => r.Id == run).Select(r => r.Status).SingleAsync())
        );
        Assert.Contains(
            line,
            await studio.Host.InScopeAsync(db =>
                db.RunJournal.Where(j => j.RunId == run && j.Text != null).Select(j => j.Text).ToListAsync()
            )
        );
    }

    private CampaignFlow.Engine.Workflows.Definition.WorkflowDefinition? Parse(string json) =>
        WorkflowJson.Parse(json, "it.json", studio.Host.Services.GetRequiredService<ActivityCatalogue>().Product).Definition;

    private static string Run(CampaignFlow.Engine.Workflows.Definition.WorkflowDefinition definition)
    {
        var inputs = new Dictionary<string, JsonNode?>(StringComparer.Ordinal) { ["Amount"] = 500, ["Who"] = "Wang" };
        var result = new MemoryRun(definition).Start(inputs, Now);
        var journal = result.Journal.Select(j => $"{j.What} {j.Activity} {j.Text}");
        return string.Join('\n', [result.Status.ToString(), .. result.Output, .. result.Waiting.Select(w => w.ToString()!), .. journal]);
    }
}
