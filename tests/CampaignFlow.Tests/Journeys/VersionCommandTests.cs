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

    [Theory]
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
