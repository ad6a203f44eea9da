using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Tests.Workflows;

/// <summary>The definitions beside these tests, and a product activity for them.</summary>
internal static class Sample
{
    internal static readonly DateTimeOffset Now = new(2026, 11, 6, 8, 0, 0, TimeSpan.Zero);

    internal static readonly ActivityType Review = new(
        "Test.Review",
        "Test",
        new("Review", "复核"),
        new("Asks a person.", "请人复核。"),
        [new("Who", "String", new("Who", "谁"), new("Reviewer.", "复核人。"), Required: true)],
        [new("By", "String", new("By", "由谁"), new("Who decided.", "作出决定的人。"))],
        ["Approved", "Rejected"]
    );

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Workflows", "Definitions");

    internal static IEnumerable<string> All =>
        Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order(StringComparer.Ordinal);

    internal static WorkflowDefinition Read(string name) => Parse(File.ReadAllText(Path.Combine(Folder, name + ".json")), name + ".json");

    internal static WorkflowDefinition Parse(string json, string name = "test.json", params IReadOnlyList<ActivityType> types)
    {
        var parsed = WorkflowJson.Parse(json, name, [Review, .. types], Used);
        Assert.Empty(parsed.Problems);
        return parsed.Definition!;
    }

    /// <summary>Workflows used as activities lie in the same folder.</summary>
    internal static UsedWorkflow? Used(WorkflowUse use) =>
        Path.Combine(Folder, use.DefinitionId + ".json") is var path && File.Exists(path)
            ? new(use.DefinitionId + ".json", File.ReadAllText(path))
            : null;

    internal static Dictionary<string, JsonNode?> Inputs { get; } =
        new(StringComparer.Ordinal)
        {
            ["Amount"] = 500,
            ["Campaign"] = "double11",
            ["Who"] = "Wang",
        };
}
