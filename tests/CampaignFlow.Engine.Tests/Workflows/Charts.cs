using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.DryRuns;

namespace CampaignFlow.Engine.Tests.Workflows;

/// <summary>
/// Small flowcharts in a line of text: <c>a:ask b:line | a.Yes>b a.No>a</c>. The first activity is the start; <c>f:finish</c> ends.
/// </summary>
internal static class Charts
{
    internal static readonly ActivityType Ask = new(
        "Test.Ask",
        "Test",
        new("Ask", "询问"),
        new("Asks a role.", "询问角色。"),
        [
            new("Roles", "String[]", new("Roles", "角色"), new("", ""), Required: true) { NameOf = NameList.Role },
            new("Stage", "String", new("Stage", "阶段"), new("", "")) { NameOf = NameList.Stage },
        ],
        [],
        ["Yes", "No", "Late"]
    )
    {
        Decides = true,
        Waits = true,
        TimeOutOutcome = "Late",
        Rehearse = call =>
            new()
            {
                Takes = TimeSpan.FromDays(2),
                Task = new(call.Activity.Described.Name, call.List("Roles"), call.Now.AddDays(2), Decides: true),
                Mails = [new("asked", new("Asked", "询问"), call.List("Roles"))],
            },
    };

    internal static readonly ActivityType Pay = new("Test.Pay", "Test", new("Pay", "付款"), new("", ""), [], [], ["Done"])
    {
        MovesMoney = true,
        Check = _ => [],
    };

    internal static readonly ActivityType Odd = new(
        "Test.Odd",
        "Test",
        new("Odd", "奇数"),
        new("", ""),
        [new("Number", "Int32", new("Number", "数字"), new("", ""))],
        [],
        ["Done"]
    )
    {
        Check = inputs => inputs.GetValueOrDefault("Number")?.GetValue<long>() % 2 == 0 ? [new("even", "偶数")] : [],
    };

    internal static WorkflowDefinition Read(string chart, string? variables = null) => Parse(Json(chart, variables).ToJsonString());

    internal static WorkflowDefinition Parse(string json)
    {
        var parsed = WorkflowJson.Parse(json, "chart.json", [Ask, Pay, Odd, Sample.Review]);
        Assert.Empty(parsed.Problems);
        return parsed.Definition!;
    }

    internal static DryRunResult DryRun(string chart, params string[] choices) => DryRun(Read(chart), choices);

    internal static DryRunResult DryRun(WorkflowDefinition definition, params string[] choices) =>
        Engine.Workflows.DryRuns.DryRun.Run(definition, Request(definition, choices));

    /// <summary>A Friday, 16:00 in Shanghai; the event <c>daily</c> comes every day.</summary>
    internal static DryRunRequest Request(WorkflowDefinition definition, params string[] choices) =>
        new()
        {
            Start = new(2026, 11, 6, 16, 0, 0, TimeSpan.FromHours(8)),
            NextEvent = (name, after) => name == "daily" ? after.AddDays(1) : null,
            Choices =
            [
                .. choices.Select(c =>
                {
                    var (choice, wrong) = DryChoice.Parse(c, definition);
                    Assert.Null(wrong);
                    return choice!;
                }),
            ],
        };

    private static JsonObject Json(string chart, string? variables)
    {
        var parts = chart.Split('|');
        var activities = new JsonArray();
        foreach (var word in Words(parts[0]))
            activities.Add(Activity(word.Split(':')));
        var connections = new JsonArray();
        foreach (var word in Words(parts.Length > 1 ? parts[1] : ""))
        {
            var ends = word.Split('>');
            var from = ends[0].Split('.');
            connections.Add(
                new JsonObject
                {
                    ["source"] = new JsonObject { ["activity"] = from[0], ["port"] = from.Length > 1 ? from[1] : null },
                    ["target"] = new JsonObject { ["activity"] = ends[1] },
                }
            );
        }
        return new()
        {
            ["variables"] = new JsonArray([
                .. Words(variables ?? "")
                    .Select(v =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["name"] = v,
                                ["typeName"] = "Int32",
                                ["value"] = 0,
                            }
                    ),
            ]),
            ["root"] = new JsonObject
            {
                ["id"] = "flow",
                ["type"] = "Elsa.Flowchart",
                ["start"] = activities[0]!["id"]!.DeepClone(),
                ["activities"] = activities,
                ["connections"] = connections,
            },
        };
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static JsonObject Activity(string[] word)
    {
        var (id, kind, given) = (word[0], word[1], word.ElementAtOrDefault(2));
        var activity = kind switch
        {
            "finish" => Of("Elsa.Finish"),
            "decision" => Of("Elsa.FlowDecision", ("condition", Script(given ?? "1 < 2"))),
            "fixed" => Of("Elsa.FlowDecision", ("condition", JsonValue.Create(given == "true"))),
            "any" => Of("Elsa.FlowJoin", ("mode", "WaitAny")),
            "all" => Of("Elsa.FlowJoin", ("mode", "WaitAll")),
            "active" => Of("Elsa.FlowJoin", ("mode", "WaitAllActive")),
            "fork" => Of("Elsa.FlowFork", ("branches", new JsonArray("A", "B"))),
            "delay" => Of("Elsa.Delay", ("timeSpan", given is null ? "01:00:00" : $"0.{given}:00:00")),
            "event" => Of("Elsa.Event", ("eventName", given ?? "daily")),
            "publish" => Of("Elsa.PublishEvent", ("eventName", given)),
            "set" => Of("Elsa.SetVariable", ("variable", Named(given!)), ("value", Script($"variables.{given} + 1"))),
            "put" => Of("Elsa.SetVariable", ("variable", Named(given!)), ("value", 7)),
            "other" => Of("Elsa.ExecuteWorkflow", ("workflowDefinitionId", given)),
            "fault" => Of("Elsa.Fault", ("message", "broken")),
            "ask" => Of(
                "Test.Ask",
                ("roles", new JsonArray([.. (given ?? "manager").Split(',').Where(r => r.Length > 0).Select(r => (JsonNode)r)]))
            ),
            "staged" => Of("Test.Ask", ("roles", new JsonArray("manager")), ("stage", given)),
            "pay" => Of("Test.Pay"),
            "odd" => Of("Test.Odd", ("number", int.Parse(given!, System.Globalization.CultureInfo.InvariantCulture))),
            _ => Of("Elsa.WriteLine", ("text", given is null ? id : Script(given))),
        };
        activity["id"] = id;
        return activity;
    }

    private static JsonObject Of(string type, params (string Input, JsonNode? Value)[] inputs)
    {
        var activity = new JsonObject { ["type"] = type };
        foreach (var (input, value) in inputs)
            activity[input] = value;
        return activity;
    }

    private static JsonObject Script(string text) =>
        new()
        {
            ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = text },
        };

    private static JsonObject Named(string variable) =>
        new()
        {
            ["expression"] = new JsonObject
            {
                ["type"] = "Variable",
                ["value"] = new JsonObject { ["name"] = variable },
            },
        };
}
