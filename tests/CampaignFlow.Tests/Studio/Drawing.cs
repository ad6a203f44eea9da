using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Studio;

/// <summary>The product with the shipped workflows, and short ways to do over HTTP what the designer does.</summary>
public sealed class StudioHost : IAsyncLifetime
{
    public TestHost Host { get; } =
        new()
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["WorkflowFolder"] = Repository.Path("workflows"),
                ["RulesFolder"] = Repository.Path("rules"),
            },
        };

    public async ValueTask InitializeAsync()
    {
        await Host.MakePeopleAsync();
        await Host.Services.GetRequiredService<WorkflowFiles>().LoadAsync(default);
    }

    public async Task<Drawing> DrawingAsync(string role, string language = "en")
    {
        var client = await Host.SignedInAsync(role, language);
        client.DefaultRequestHeaders.Add("Cookie", $"language={language}");
        var session = await client.GetFromJsonAsync<JsonObject>("/elsa/api/session");
        client.DefaultRequestHeaders.Add("X-Antiforgery", session!["antiforgery"]!.ToString());
        return new(client);
    }

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}

/// <summary>A person at the designer.</summary>
public sealed class Drawing(HttpClient client)
{
    public HttpClient Client => client;

    public static JsonObject Step(string id, string type, params (string Input, string Kind, string Syntax, string Value)[] inputs)
    {
        var step = new JsonObject
        {
            ["id"] = id,
            ["name"] = id,
            ["type"] = type,
            ["version"] = 1,
        };
        foreach (var (input, kind, syntax, value) in inputs)
            step[input] = new JsonObject
            {
                ["typeName"] = kind,
                ["expression"] = new JsonObject { ["type"] = syntax, ["value"] = value },
            };
        return step;
    }

    public static JsonObject Line(string id, string text = "hello") => Step(id, "Elsa.WriteLine", ("text", "String", "Literal", text));

    /// <summary>As the designer creates one: collections and ids are null, the root has no lists.</summary>
    public static JsonObject Fresh(string name) =>
        new()
        {
            ["name"] = name,
            ["definitionId"] = null,
            ["variables"] = null,
            ["inputs"] = null,
            ["outputs"] = null,
            ["outcomes"] = null,
            ["customProperties"] = null,
            ["root"] = new JsonObject
            {
                ["id"] = "flow",
                ["type"] = "Elsa.Flowchart",
                ["version"] = 1,
            },
        };

    public static JsonObject With(JsonObject model, params JsonObject[] steps)
    {
        var changed = model.DeepClone().AsObject();
        changed["root"]!["activities"] = new JsonArray([.. steps.Select(s => (JsonNode?)s.DeepClone())]);
        changed["root"]!["connections"] = new JsonArray([
            .. steps
                .Zip(steps.Skip(1))
                .Select(pair =>
                    (JsonNode?)
                        new JsonObject
                        {
                            ["source"] = new JsonObject { ["activity"] = pair.First["id"]!.ToString(), ["port"] = "Done" },
                            ["target"] = new JsonObject { ["activity"] = pair.Second["id"]!.ToString(), ["port"] = "In" },
                        }
                ),
        ]);
        return changed;
    }

    public async Task<(int Status, JsonObject Answer)> SaveAsync(JsonObject model, bool publish = false) =>
        await PostAsync("/elsa/api/workflow-definitions", new JsonObject { ["model"] = model.DeepClone(), ["publish"] = publish });

    /// <summary>Saves what has to be taken.</summary>
    public async Task<JsonObject> SavedAsync(JsonObject model)
    {
        var (status, answer) = await SaveAsync(model);
        Assert.True(status == 200, answer.ToJsonString());
        return answer["workflowDefinition"]!.AsObject();
    }

    public async Task<(int Status, JsonObject Answer)> PostAsync(string path, JsonNode body)
    {
        using var answer = await client.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : []);
    }

    public async Task<JsonObject> GetAsync(string path) =>
        (await client.GetFromJsonAsync<JsonObject>("/elsa/api" + path, JsonSerializerOptions.Web))!;

    public Task<JsonObject> OpenAsync(string id, string which = "Latest") =>
        GetAsync($"/workflow-definitions/by-definition-id/{id}?versionOptions={which}");

    /// <summary>All that an answer of 400 says.</summary>
    public static string Sentences(JsonObject answer) =>
        string.Join(' ', answer["errors"]!.AsObject().SelectMany(e => e.Value!.AsArray()).Select(m => m!.ToString()));
}
