using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Tests.Workflows.Versions;

/// <summary>
/// Definitions in one line: <c>Flow("a:ask b:line c:gate", "a>b b>c")</c>. Kinds: line, ask (waits for an event of its name), delay, gate
/// (stands for a decision), task, fork (branches by target), all, any, decide.
/// </summary>
internal static class Drawing
{
    private static readonly ActivityType Gate = Product("Test.Gate") with { Decides = true };

    internal static WorkflowDefinition Flow(string activities, string connections, JsonArray? variables = null)
    {
        var links = connections.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => c.Split('>')).ToList();
        var drawn = activities.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(a => Activity(a, links));
        return Parse(
            new JsonObject
            {
                ["id"] = "flow",
                ["type"] = "Elsa.Flowchart",
                ["activities"] = new JsonArray([.. drawn]),
                ["connections"] = new JsonArray([.. links.Select(l => (JsonNode)Connection(l[0], l[1], activities))]),
            },
            variables
        );
    }

    /// <summary>The container's children, each <c>id:kind</c>.</summary>
    internal static WorkflowDefinition Holding(string container, string children, Action<JsonObject>? more = null)
    {
        var root = new JsonObject
        {
            ["id"] = "root",
            ["type"] = "Elsa." + container,
            ["activities"] = new JsonArray([.. children.Split(' ').Select(c => Activity(c, []))]),
        };
        more?.Invoke(root);
        return Parse(root, null);
    }

    internal static JsonObject Activity(string drawn) => Activity(drawn, []);

    private static WorkflowDefinition Parse(JsonObject root, JsonArray? variables)
    {
        var text = new JsonObject { ["variables"] = variables ?? [], ["root"] = root }.ToJsonString();
        var (definition, problems) = WorkflowJson.Parse(text, "drawn.json", [Gate, Product("Test.Task")]);
        Assert.Empty(problems);
        return definition!;
    }

    private static ActivityType Product(string type) =>
        new(
            type,
            "Test",
            new(type[5..], type[5..]),
            new("", ""),
            [new("Title", "String", new("Title", "标题"), new("", ""))],
            [],
            ["Done"]
        );

    private static JsonObject Activity(string drawn, List<string[]> links)
    {
        var (id, kind) = drawn.Split(':') is [var i, var k] ? (i, k) : throw new ArgumentException(drawn);
        var activity = new JsonObject { ["id"] = id };
        (string Type, string? Input, JsonNode? Value) = kind switch
        {
            "line" => ("Elsa.WriteLine", "text", JsonValue.Create(id)),
            "ask" => ("Elsa.Event", "eventName", JsonValue.Create(id)),
            "delay" => ("Elsa.Delay", "timeSpan", JsonValue.Create("01:00:00")),
            "gate" => ("Test.Gate", "title", JsonValue.Create(id)),
            "task" => ("Test.Task", "title", JsonValue.Create(id)),
            "fork" => ("Elsa.FlowFork", "branches", new JsonArray([.. links.Where(l => l[0] == id).Select(l => (JsonNode)l[1])])),
            "all" => ("Elsa.FlowJoin", "mode", JsonValue.Create("WaitAll")),
            "any" => ("Elsa.FlowJoin", "mode", (JsonNode?)JsonValue.Create("WaitAny")),
            "decide" => ("Elsa.FlowDecision", "condition", JsonValue.Create(true)),
            "sequence" => ("Elsa.Sequence", null, null),
            _ => throw new ArgumentException(drawn),
        };
        activity["type"] = Type;
        if (Input is not null)
            activity[Input] = Value;
        return activity;
    }

    private static JsonObject Connection(string from, string to, string activities)
    {
        var kind = activities.Split(' ').First(a => a.StartsWith(from.Split('.')[0] + ":", StringComparison.Ordinal)).Split(':')[1];
        // "d.False>x" names the port of a decision.
        var port = from.Split('.') is [_, var named]
            ? named
            : kind switch
            {
                "fork" => to,
                "decide" => "True",
                _ => "Done",
            };
        return new()
        {
            ["source"] = new JsonObject { ["activity"] = from.Split('.')[0], ["port"] = port },
            ["target"] = new JsonObject { ["activity"] = to },
        };
    }
}
