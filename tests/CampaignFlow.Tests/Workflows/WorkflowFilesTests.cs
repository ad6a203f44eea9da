using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class WorkflowFilesTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Where_files_decide_a_changed_one_is_a_new_version_and_a_broken_one_leaves_the_last_good(DatabaseKind kind)
    {
        var folder = Directory.CreateTempSubdirectory("cfwf").FullName;
        try
        {
            await using var bench = await CreateAsync(
                kind,
                services => services.AddSingleton(new WorkflowOptions(folder) { FilesPublish = true })
            );
            var files = bench.Store.Services.GetRequiredService<WorkflowFiles>();
            var file = Path.Combine(folder, "story.json");

            await File.WriteAllTextAsync(file, Sequence(Event("old")));
            Assert.Equal(1, await files.LoadChangedAsync(CancellationToken.None));
            Assert.Equal(0, await files.LoadChangedAsync(CancellationToken.None));
            Assert.Equal(0, await files.LoadAsync(CancellationToken.None));
            var pinned = await bench.StartAsync("story", "pinned");

            await File.WriteAllTextAsync(file, Sequence(Text("Test.Leeve", "mark", "x")));
            Assert.Equal(0, await files.LoadChangedAsync(CancellationToken.None));
            var problem = Assert.Single(files.Problems);
            Assert.Equal("story.json", problem.File);
            Assert.Contains("Test.Leave", problem.Text.En, StringComparison.Ordinal);

            await File.WriteAllTextAsync(file, Sequence(Event("newer")));
            Assert.Equal(1, await files.LoadChangedAsync(CancellationToken.None));
            Assert.Empty(files.Problems);
            var fresh = await bench.StartAsync("story", "fresh");
            await bench.DrainAsync();

            Assert.Equal(
                [1, 2],
                await bench.AskAsync(db => db.WorkflowVersions.OrderBy(v => v.Version).Select(v => v.Version).ToListAsync())
            );
            Assert.Equal("Waits for the event 'old'.", (await WaitingAsync(bench, pinned))?.En);
            Assert.Equal("等待事件“newer”。", (await WaitingAsync(bench, fresh))?.Zh);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("BAD Name")]
    [InlineData("中文")]
    [InlineData("under_score")]
    public async Task A_file_whose_name_is_no_id_is_named_with_the_cure_and_what_it_published_before_goes_on(string name)
    {
        var folder = Directory.CreateTempSubdirectory("cfwf").FullName;
        try
        {
            await using var bench = await CreateAsync(DatabaseKind.Sqlite, services => services.AddSingleton(new WorkflowOptions(folder)));
            var files = bench.Store.Services.GetRequiredService<WorkflowFiles>();
            Assert.True(await files.PublishAsync(name, "Before", Sequence(Event("before")), CancellationToken.None));
            await File.WriteAllTextAsync(Path.Combine(folder, name + ".json"), Sequence(Event("now")));

            Assert.Equal(0, await files.LoadAsync(CancellationToken.None));

            var problem = Assert.Single(files.Problems);
            Assert.Equal(name + ".json", problem.File);
            Assert.Contains("Rename the file", problem.Cure?.En, StringComparison.Ordinal);
            Assert.Contains("请重命名文件", problem.Cure?.Zh, StringComparison.Ordinal);
            var run = await bench.StartAsync(name, "runs-on");
            await bench.DrainAsync();
            Assert.Equal("Waits for the event 'before'.", (await WaitingAsync(bench, run))?.En);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_file_that_could_never_rest_is_refused_and_one_that_needs_a_look_is_published()
    {
        var folder = Directory.CreateTempSubdirectory("cfwf").FullName;
        try
        {
            await using var bench = await CreateAsync(DatabaseKind.Sqlite, services => services.AddSingleton(new WorkflowOptions(folder)));
            var files = bench.Store.Services.GetRequiredService<WorkflowFiles>();
            var file = Path.Combine(folder, "story.json");

            await File.WriteAllTextAsync(file, Chart("""{ "source": "a", "target": "b" }"""));
            Assert.Equal(1, await files.LoadChangedAsync(CancellationToken.None));
            Assert.Empty(files.Problems);
            Assert.Equal("no-end", Assert.Single(files.Warnings).Code);

            await File.WriteAllTextAsync(file, Chart("""{ "source": "a", "target": "b" }, { "source": "b", "target": "a" }"""));
            Assert.Equal(0, await files.LoadChangedAsync(CancellationToken.None));
            var problem = Assert.Single(files.Problems);
            Assert.Equal(("story.json", "loop-without-wait", "a"), (problem.File, problem.Code, problem.Subject));
            Assert.Equal(1, await bench.AskAsync(db => db.WorkflowVersions.CountAsync()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static string Chart(string connections) =>
            $$"""
                { "root": { "id": "flow", "type": "Elsa.Flowchart", "start": "a", "activities": [
                  { "id": "a", "type": "Elsa.WriteLine" }, { "id": "b", "type": "Elsa.WriteLine" }
                ], "connections": [{{connections}}] } }
                """;
    }

    private static Task<CampaignFlow.Engine.Phrase?> WaitingAsync(Bench bench, Guid run) =>
        bench.Store.InScopeAsync((_, services) => services.GetRequiredService<RunQueries>().WaitingAsync(run, CancellationToken.None));
}
