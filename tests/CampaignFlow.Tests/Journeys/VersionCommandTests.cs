using System.Text.Json;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Workflows.Versions;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Journeys;

/// <summary>Versions from a terminal, on the database that the server left.</summary>
public sealed class VersionCommandTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("cfversioncommands").FullName;

    public async ValueTask InitializeAsync()
    {
        var data = Path.Combine(folder, "data");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["DataFolder"] = data, ["WorkflowFolder"] = folder })
            .Build();
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddProduct(StorageOptions.From(configuration), TimeProvider.System)
            .BuildServiceProvider();
        using var held = await DatabaseStart.PrepareAsync(services);
        var files = services.GetRequiredService<WorkflowFiles>();
        await files.PublishAsync("story", "Story", VersionStory.First, default);
        await using (var scope = services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<WorkflowRuns>().StartAsync("story", "spring", null, null, default);
            await scope.ServiceProvider.GetRequiredService<CampaignFlowDb>().SaveChangesAsync();
        }
        await services.GetRequiredService<WorkflowRunner>().DrainAsync(default);
        await files.PublishAsync("story", "Story", VersionStory.Second, default);
    }

    [Fact]
    public async Task Versions_are_listed_compared_tried_and_migrated()
    {
        var listed = await RunAsync("versions", "story", "--json");
        Assert.Equal(["InUse", "Superseded"], listed.EnumerateArray().Select(v => v.GetProperty("state").GetString()));

        var diff = (await ProductProcess.RunAsync(folder, "workflows", "diff", "story", "1", "2")).Out;
        Assert.Contains("removed  check", diff, StringComparison.Ordinal);
        Assert.Contains("added    proof", diff, StringComparison.Ordinal);

        var dry = await RunAsync("migrate", "story", "--from", "1", "--to", "2", "--dry-run", "--json");
        Assert.Equal((1, 0), (dry.GetProperty("before").GetInt32(), dry.GetProperty("migrated").GetInt32()));
        Assert.Equal("check=checking", Assert.Single(dry.GetProperty("suggestions").EnumerateArray()).GetString());

        var done = await RunAsync("migrate", "story", "--from", "1", "--to", "2", "--map", "check=checking", "--json");
        Assert.Equal(1, done.GetProperty("migrated").GetInt32());
        var none = await RunAsync("migrate", "story", "--from", "1", "--to", "2", "--json");
        Assert.Equal(0, none.GetProperty("runs").GetArrayLength());
    }

    [Fact]
    public async Task The_version_in_use_is_written_to_its_file_and_any_other_to_a_place_that_is_named()
    {
        var own = Path.Combine(folder, "files", "story.json");
        Assert.Equal((0, ""), await ExportAsync("story"));
        Assert.Equal(VersionStory.Second, await File.ReadAllTextAsync(own));
        var copy = Path.Combine(folder, "copy.json");
        Assert.Equal((0, ""), await ExportAsync("story", "--number", "1", "--to", copy));
        Assert.Equal(VersionStory.First, await File.ReadAllTextAsync(copy));

        await File.WriteAllTextAsync(own, VersionStory.First + "\n");
        var (code, error) = await ExportAsync("story");
        Assert.Equal(1, code);
        Assert.Contains("was changed since it agreed with the store", error, StringComparison.Ordinal);
        Assert.Equal((0, ""), await ExportAsync("story", "--force"));
        Assert.Equal(
            (VersionStory.Second, VersionStory.First + "\n"),
            (await File.ReadAllTextAsync(own), await File.ReadAllTextAsync(own + ".old"))
        );
    }

    private async Task<(int Code, string Error)> ExportAsync(params string[] words)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["WorkflowFolder"] = Path.Combine(folder, "files") };
        var ended = await ProductProcess.RunAsync(folder, settings, ["workflows", "export", .. words]);
        return (ended.Code, ended.Error);
    }

    [Theory]
    [InlineData("export nothing", "No version of 'nothing' is in use.")]
    [InlineData("export story --number 1", "name another with --to")]
    [InlineData("export story --number 9 --to x.json", "There is no version 9 of 'story'.")]
    [InlineData("versions nothing", "There is no workflow 'nothing'")]
    [InlineData("diff story 1 7", "There is no version 7 of 'story'.")]
    [InlineData("migrate story --from 1 --to 1", "Choose two different versions.")]
    [InlineData("migrate story --from 1 --to 2 --map check", "--map 'check' is not OLD=NEW.")]
    [InlineData("migrate story --from 1 --to 2 --map brief=close", "cannot both become")]
    [InlineData("migrate story --from 1", "--to")]
    public async Task Bad_usage_is_one_sentence_and_a_code(string words, string sentence)
    {
        var ended = await ProductProcess.RunAsync(folder, ["workflows", .. words.Split(' ')]);
        Assert.Equal((1, ""), (ended.Code, ended.Out));
        Assert.Contains(sentence, Assert.Single(ended.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task<JsonElement> RunAsync(params string[] words)
    {
        var ended = await ProductProcess.RunAsync(folder, ["workflows", .. words]);
        Assert.Equal((0, ""), (ended.Code, ended.Error));
        return JsonDocument.Parse(ended.Out).RootElement;
    }
}
