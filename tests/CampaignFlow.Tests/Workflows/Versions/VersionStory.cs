using CampaignFlow.Campaigns;
using CampaignFlow.Tests.Pages;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Workflows.Versions;

/// <summary>
/// A host whose workflow <c>story</c> has two versions, and three campaigns that run the first: 春 Spring waits for the brief (before the
/// change), 夏 Summer for the check (renamed in the second version), 秋 Autumn for the end (after it).
/// </summary>
public sealed class VersionStory : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cfversions").FullName;

    public VersionStory() =>
        Host = new()
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["WorkflowFolder"] = folder,
                ["WorkflowFilesPublish"] = "true",
            },
        };

    public TestHost Host { get; }

    /// <summary>Waits for one event after the other.</summary>
    public static string Flow(params (string Id, string Event)[] waits) =>
        $$"""
        {"name":"Story","root":{"id":"flow","type":"Elsa.Flowchart","activities":[
          {{string.Join(",\n", waits.Select(w => $$"""{"id":"{{w.Id}}","type":"Elsa.Event","eventName":"{{w.Event}}"}"""))}}],
          "connections":[{{string.Join(
            ",",
            waits.Zip(waits.Skip(1), (a, b) => $$"""{"source":{"activity":"{{a.Id}}","port":"Done"},"target":{"activity":"{{b.Id}}","port":"In"} }""")
        )}}]} }
        """;

    public static string First { get; } = Flow(("brief", "brief"), ("check", "check"), ("close", "close"));

    /// <summary>The check is called otherwise and comes with a proof before it.</summary>
    public static string Second { get; } = Flow(("brief", "brief"), ("proof", "proof"), ("checking", "check"), ("close", "close"));

    public Task WriteAsync(string text) => OfficeHost.WriteAsync(folder, "story.json", text);

    public Task ReadAsync() => Host.Services.GetRequiredService<WorkflowFiles>().LoadAsync(TestContext.Current.CancellationToken);

    public async Task BeginAsync()
    {
        await WriteAsync(First);
        await Host.MakePeopleAsync();
        await ReadAsync();
        await StartAsync("spring", "春 Spring");
        await StartAsync("summer", "夏 Summer", "brief");
        await StartAsync("autumn", "秋 Autumn", "brief", "check");
        await WriteAsync(Second);
        await ReadAsync();
    }

    private async Task StartAsync(string code, string name, params string[] answered)
    {
        var campaign = new Campaign
        {
            Code = code,
            Name = name,
            Intent = "促销",
            Brand = "B",
            Product = "P",
            Currency = "CNY",
            TimeZone = "Asia/Shanghai",
            StartsOn = new(2026, 3, 1),
            EndsOn = new(2026, 3, 31),
            State = CampaignState.Active,
        };
        await using (var scope = Host.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<CampaignFlow.Storage.CampaignFlowDb>();
            db.Campaigns.Add(campaign);
            campaign.RunId = await scope
                .ServiceProvider.GetRequiredService<WorkflowRuns>()
                .StartAsync("story", code, campaign.Id.ToString(), null, default);
            await db.SaveChangesAsync();
        }
        await DrainAsync();
        foreach (var answer in answered)
            await SignalAsync(answer, campaign.Id);
    }

    public async Task SignalAsync(string name, Guid campaign)
    {
        await Host.InScopeAsync(async db =>
        {
            await db.SignalAsync("event", name, campaign.ToString(), null, $"{name}:{campaign}", DateTimeOffset.UtcNow, default);
            await db.SaveChangesAsync();
            return true;
        });
        await DrainAsync();
    }

    public Task DrainAsync() => Host.Services.GetRequiredService<WorkflowRunner>().DrainAsync(default);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
