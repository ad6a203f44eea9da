using CampaignFlow.Campaigns;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Pages;

/// <summary>The product with folders of rules and workflows of its own and one campaign, without the demo's weeks.</summary>
public sealed class OfficeHost : IAsyncLifetime
{
    public const string GoodRule = """
        rule: { en: Pause what costs too much, zh: 暂停成本过高的渠道 }
        for each: channel in a campaign
        when:
          all:
            - roas(7d) < 1
        then:
          - pause: channel
        mode: observe
        """;

    public const string Flow = """
        {
          "name": "Short flow",
          "root": {
            "id": "flow", "type": "Elsa.Flowchart", "start": "hello",
            "activities": [
              { "id": "hello", "name": "Say <b>hello</b>", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Literal", "value": "hello" } },
                "metadata": { "designer": { "position": { "x": 40, "y": 60 }, "size": { "width": 200, "height": 54 } } } }
            ],
            "connections": []
          }
        }
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cfoffice");

    public OfficeHost()
    {
        Directory.CreateDirectory(Rules);
        Directory.CreateDirectory(Workflows);
        Host = new()
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Demo:Skip"] = "true",
                ["RulesFolder"] = Rules,
                ["WorkflowFolder"] = Workflows,
            },
        };
    }

    public TestHost Host { get; }
    public string Rules => Path.Combine(folder.FullName, "rules");
    public string Workflows => Path.Combine(folder.FullName, "workflows");
    public Guid CampaignId { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await WriteAsync(Workflows, "short-flow.json", Flow);
        CampaignId = await Host.InScopeAsync(async db =>
        {
            var campaign = new Campaign
            {
                Code = "spring",
                Name = "Spring",
                Intent = "促销",
                Brand = "A",
                Product = "B",
                Currency = "CNY",
                TimeZone = "Asia/Shanghai",
                StartsOn = new(2026, 3, 1),
                EndsOn = new(2026, 3, 31),
                State = CampaignState.Active,
            };
            db.Campaigns.Add(campaign);
            db.CampaignChannels.Add(
                new()
                {
                    CampaignId = campaign.Id,
                    Code = "search",
                    Name = "Search",
                    PlannedMinor = 10_000,
                    FloorMinor = 0,
                    CeilingMinor = 20_000,
                }
            );
            db.Note(campaign.Id, DateTimeOffset.UnixEpoch, "=cmd", new("=HYPERLINK(\"x\")", "=HYPERLINK(\"x\")"));
            await db.SaveChangesAsync();
            return campaign.Id;
        });
    }

    public Task ReadWorkflowsAsync() => Host.Services.GetRequiredService<WorkflowFiles>().LoadAsync(TestContext.Current.CancellationToken);

    /// <summary>A changed file has another time of change, however fast the test is.</summary>
    public static async Task WriteAsync(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        var before = File.Exists(path) ? File.GetLastWriteTimeUtc(path) : DateTime.UnixEpoch;
        await File.WriteAllTextAsync(path, text, TestContext.Current.CancellationToken);
        if (File.GetLastWriteTimeUtc(path) <= before)
            File.SetLastWriteTimeUtc(path, before.AddSeconds(2));
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
