using System.Text.Json.Nodes;
using CampaignFlow.Engine;
using CampaignFlow.Shell;

namespace CampaignFlow.Studio;

/// <summary>What the designer asks about the server before it draws: activities, expressions, variable types, features.</summary>
internal static class DescriptorsApi
{
    private static readonly (string Name, Phrase Text)[] VariableTypes =
    [
        ("String", new("Text", "文本")),
        ("Int32", new("Whole number", "整数")),
        ("Double", new("Number", "小数")),
        ("Boolean", new("Yes or no", "是或否")),
        ("DateTimeOffset", new("Moment", "时间点")),
        ("TimeSpan", new("Duration", "时长")),
        ("Object", new("Anything", "任意内容")),
    ];

    public static void MapDescriptors(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/descriptors");
        group.MapGet("/activities", Activities);
        group.MapGet("/expression-descriptors", Expressions);
        group.MapGet("/variables", Variables);
        group.MapGet("/storage-drivers", Drivers);
        group.MapGet("/workflow-activation-strategies", () => Only("Always", "Elsa.Workflows.AlwaysStrategy"));
        group.MapGet("/incident-strategies", () => Only("Fault", "Elsa.Workflows.IncidentStrategies.FaultStrategy"));
        foreach (
            var none in new[]
            {
                "log-persistence-strategies",
                "commit-strategies/workflows",
                "commit-strategies/activities",
                "output-converters",
            }
        )
            group.MapGet(none, () => List([]));
        api.MapGet("/features/installed", Features);
    }

    private static async Task<IResult> Activities(PaletteQueries palette, Words words, CancellationToken cancellationToken)
    {
        var items = await palette.ActivitiesAsync(words, cancellationToken);
        return TypedResults.Ok(new { items, count = items.Count });
    }

    private static IResult Expressions(Words words) =>
        List([
            Expression("Literal", words.T("Fixed value", "固定值"), null),
            Expression("Rule", words.T("Condition", "条件"), "campaignflow"),
            Expression("Variable", words.T("Variable", "变量"), null),
            Expression("Input", words.T("Input", "输入"), null),
            Expression("JavaScript", "JavaScript", "javascript"),
            Expression("Object", words.T("Structured value", "结构化值"), "json"),
        ]);

    private static IResult Variables(Words words) =>
        List([
            .. VariableTypes.Select(type =>
                (JsonNode?)
                    new JsonObject
                    {
                        ["typeName"] = type.Name,
                        ["displayName"] = words.T(type.Text),
                        ["category"] = words.T("Values", "值"),
                        ["description"] = null,
                    }
            ),
        ]);

    private static IResult Drivers(Words words) =>
        List([
            new JsonObject
            {
                ["typeName"] = "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core",
                ["displayName"] = words.T("With the run", "随运行保存"),
                ["priority"] = 1,
                ["deprecated"] = false,
            },
        ]);

    private static IResult Features() =>
        List([
            new JsonObject
            {
                ["name"] = "RealTimeWorkflowUpdates",
                ["namespace"] = "Elsa",
                ["fullName"] = "Elsa.RealTimeWorkflowUpdates",
                ["displayName"] = "Real time updates",
                ["description"] = "",
            },
        ]);

    private static IResult Only(string name, string type) =>
        List([
            new JsonObject
            {
                ["typeName"] = type,
                ["displayName"] = name,
                ["description"] = "",
            },
        ]);

    private static JsonObject Expression(string type, string name, string? language) =>
        new()
        {
            ["type"] = type,
            ["displayName"] = name,
            ["isSerializable"] = true,
            ["isBrowsable"] = true,
            ["properties"] = language is null ? [] : new JsonObject { ["MonacoLanguage"] = language },
        };

    internal static IResult List(JsonArray items) => TypedResults.Ok(new JsonObject { ["items"] = items, ["count"] = items.Count });
}
