using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Studio;

/// <summary>Whatever is sent or lies stored: a sentence at most, and never the end of the list and the palette for everybody.</summary>
public sealed class OddTextsTests(StudioHost studio) : IClassFixture<StudioHost>
{
    private const int NodesPerSeed = 60;

    private static readonly string[] Values =
    [
        "null",
        "true",
        "5",
        "-1.5",
        "1e300",
        "123456789012345678901234567890",
        "\"\"",
        "\"x\"",
        "\"[1,{\\\"a\\\":2}]\"",
        "\"Elsa.Flowchart\"",
        "[]",
        "[1]",
        "[[],null,{}]",
        "{}",
        "{\"id\":5,\"type\":[]}",
        "{\"id\":\"x\",\"type\":\"CampaignFlow.Gate\",\"conditions\":[]}",
        "{\"expression\":3}",
        "{\"expression\":[]}",
        "{\"expression\":{\"type\":5,\"value\":[]}}",
        "{\"expression\":{\"type\":\"Object\",\"value\":{\"a\":1}}}",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task Any_value_in_any_place_of_a_definition_is_taken_or_refused_and_breaks_nothing(int seed)
    {
        var random = new Random(seed);
        var drawing = await studio.DrawingAsync(Roles.Manager);
        var real = Drawing.With(
            Drawing.Fresh("Odd"),
            Drawing.Step("gate", "CampaignFlow.Gate", ("conditions", "ICollection<String>", "Object", "[\"brief.done\"]")),
            Drawing.Step("hear", "Elsa.Event", ("eventName", "String", "Literal", "stock-is-low")),
            Drawing.Step("tell", "CampaignFlow.NotifyRole", ("role", "String", "Literal", "brand"))
        );
        real["root"]!["activities"]!.AsArray().Add(Drawing.With(Drawing.Fresh("In"), Drawing.Line("one"))["root"]!.DeepClone());
        real["root"]!["activities"]![3]!["id"] = "inside";
        real["variables"] = JsonNode.Parse("""[{"id":"v","name":"Score","typeName":"Int32","value":"4"}]""");
        real["inputs"] = JsonNode.Parse("""[{"name":"Day","type":"DateTime"}]""");
        real["customProperties"] = new JsonObject();
        foreach (var step in real["root"]!["activities"]!.AsArray())
            step!["metadata"] = JsonNode.Parse("""{"displayText":"Say","designer":{"position":{"x":1,"y":2}}}""");
        var places = Places(real).Count();
        for (var n = 0; n < NodesPerSeed; n++)
        {
            var odd = real.DeepClone().AsObject();
            odd["name"] = $"Odd {seed} {n}";
            odd["definitionId"] = $"odd-{seed}-{n}";
            var place = Places(odd).ElementAt(random.Next(places));
            var value = Values[random.Next(Values.Length)];
            place.ReplaceWith(JsonNode.Parse(value));
            var (status, answer) = n % 2 == 0 ? await drawing.SaveAsync(odd) : await drawing.PostAsync(Import, odd);
            Assert.True(status is 200 or 400, $"{status} for {value}: {odd.ToJsonString()}");
            if (status == 400)
                Assert.NotEmpty(Drawing.Sentences(answer));
        }
        await EverythingAnswersAsync(drawing, seed.ToString(System.Globalization.CultureInfo.InvariantCulture));
        for (var n = 0; n < NodesPerSeed; n++)
        {
            var id = $"odd-{seed}-{n}";
            foreach (
                var path in new[]
                {
                    "/elsa/api/workflow-definitions/by-definition-id/" + id,
                    "/elsa/api/workflow-definitions/subgraph/segments/draft:" + id,
                    $"/elsa/api/workflow-definitions/{id}/export",
                    $"/elsa/api/workflow-definitions/{id}/dry-run",
                    "/elsa/api/conditions/names?definition=" + id,
                    "/workflows/" + id,
                    "/studio/3.8.2/workflows/" + id,
                }
            )
                Assert.True(await StatusAsync(drawing, path) < 500, path);
            using var gone = await drawing.Client.DeleteAsync("/elsa/api/workflow-definitions/" + id);
        }
    }

    [Theory]
    [InlineData("[\"a\"]")]
    [InlineData("\"a\"")]
    [InlineData("5")]
    [InlineData("true")]
    public async Task A_gate_whose_conditions_are_written_oddly_is_kept_and_shown(string conditions)
    {
        var drawing = await studio.DrawingAsync(Roles.Manager);
        var gate = Drawing.Step("gate", "CampaignFlow.Gate");
        gate["conditions"] = JsonNode.Parse(conditions);
        var draft = await drawing.SavedAsync(Drawing.With(Drawing.Fresh($"Gate {Guid.NewGuid():N}"), gate));
        await EverythingAnswersAsync(drawing, conditions);
        var shown = (await drawing.OpenAsync(draft["definitionId"]!.ToString()))["root"]!["activities"]![0]!;
        Assert.Equal(JsonNode.Parse(conditions)!.ToJsonString(), shown["conditions"]!.ToJsonString());
    }

    // As older programs let them in, or as somebody mended the table by hand.
    public static TheoryData<string, string> Stored =>
        new()
        {
            { "deep", "{\"name\":\"deep\",\"root\":" + Sequences(40) + "}" },
            { "repeated", """{"name":"r","root":{"id":"s","type":"Elsa.Sequence","activities":[],"activities":[]}}""" },
            { "commented", """{"name":"c",/* so */"root":{"id":"s","type":"Elsa.Sequence","activities":[],}}""" },
            { "gate", """{"root":{"id":"g","type":"CampaignFlow.Gate","conditions":["a"]}}""" },
            { "untyped", """{"root":{"id":"g","activities":[{"id":"a","type":"Elsa.Event","eventName":[]}]}}""" },
            { "list", "[1]" },
            { "rootless", """{"root":5}""" },
            { "broken", """{"root":""" },
        };

    [Theory]
    [MemberData(nameof(Stored))]
    public async Task A_stored_text_that_cannot_be_read_does_not_keep_the_others_from_being_read(string what, string json)
    {
        var drawing = await studio.DrawingAsync(Roles.Manager);
        var id = "stored-" + what;
        await studio.Host.InScopeAsync(async db =>
        {
            var version = new WorkflowVersion
            {
                DefinitionId = id,
                Version = 1,
                Name = id,
                Json = json,
                Hash = id,
                CreatedAt = DateTimeOffset.UnixEpoch,
                Published = true,
            };
            db.WorkflowVersions.Add(version);
            db.DraftRevisions.Add(
                new()
                {
                    DefinitionId = id,
                    Revision = 1,
                    Kind = RevisionKind.Recovered,
                    Json = json,
                    Activities = 0,
                    By = "Li",
                    At = DateTimeOffset.UnixEpoch,
                }
            );
            return await db.SaveChangesAsync();
        });
        await EverythingAnswersAsync(drawing, what);
        var listed = (await drawing.GetAsync("/workflow-definitions"))["items"]!.AsArray();
        Assert.Contains(listed, d => d!["definitionId"]!.ToString() == id);
        foreach (
            var path in new[]
            {
                "/elsa/api/workflow-definitions/by-definition-id/" + id,
                $"/elsa/api/workflow-definitions/{id}/export",
                $"/elsa/api/workflow-definitions/{id}/dry-run",
                $"/elsa/api/workflow-definitions/{id}/consumers",
                "/workflows/" + id,
                $"/workflows/{id}/dry-run",
                $"/workflows/{id}/revisions",
                "/studio/3.8.2/workflows/" + id,
            }
        )
            Assert.True(await StatusAsync(drawing, path) < 500, path);
        using var retracted = await drawing.Client.PostAsync($"/elsa/api/workflow-definitions/{id}/retract", Json("{}"));
        Assert.Equal(200, (int)retracted.StatusCode);
    }

    [Fact]
    public async Task A_file_nested_too_deeply_is_a_problem_of_that_file_and_of_nothing_else()
    {
        var folder = Directory.CreateTempSubdirectory("cfdeep").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "deep.json"), "{\"name\":\"Deep\",\n\"root\":" + Sequences(40) + "}");
            await File.WriteAllTextAsync(Path.Combine(folder, "twice.json"), """{"root":{"id":"s","id":"t","type":"Elsa.Sequence"}}""");
            await File.WriteAllTextAsync(Path.Combine(folder, "empty.json"), "");
            await File.WriteAllTextAsync(Path.Combine(folder, "half.json"), """{"root":{"id":"s",""");
            await using var host = new TestHost
            {
                Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["WorkflowFolder"] = folder },
            };
            var files = host.Services.GetRequiredService<WorkflowFiles>();
            Assert.Equal(0, await files.LoadAsync(default));
            Assert.Equal(
                [("deep.json", 2, true), ("empty.json", 1, true), ("half.json", 1, true), ("twice.json", 1, true)],
                files.Problems.Select(p => (p.File, p.Line, p.Column > 0)).Order()
            );
            var says = string.Join('\n', files.Problems);
            Assert.All(
                ["nested deeper than 60 levels", "is empty", "ends in the middle", "\"id\" stands twice"],
                sentence => Assert.Contains(sentence, says, StringComparison.Ordinal)
            );
            Assert.DoesNotContain("isFinalBlock", says, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task What_is_nested_too_deeply_is_refused_at_import_and_at_a_save_and_what_is_not_is_opened_again()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator, "zh-CN");
        foreach (var (sequences, expected) in new[] { (28, 200), (29, 400), (40, 400) })
        {
            using var imported = await drawing.Client.PostAsync(Import, Json(Text($"Deep {sequences}", sequences)));
            Assert.Equal(expected, (int)imported.StatusCode);
            using var saved = await drawing.Client.PostAsync(Save, Json("{\"model\":" + Text($"Saved {sequences}", sequences) + "}"));
            Assert.Equal(expected, (int)saved.StatusCode);
            if (expected == 400)
            {
                Assert.Contains("嵌套超过 60 层", await SentencesAsync(imported), StringComparison.Ordinal);
                continue;
            }
            // With all that an answer puts around it, it is no deeper than the 64 levels that the designer reads.
            Assert.NotNull(JsonNode.Parse(await saved.Content.ReadAsStringAsync()));
            Assert.NotNull((await drawing.GetAsync($"/workflow-definitions/many-by-id?ids=draft:deep-{sequences}"))["items"]![0]!["root"]);
        }

        static string Text(string name, int sequences) => $$"""{"name":"{{name}}","root":{{Sequences(sequences)}}}""";
    }

    [Theory]
    [InlineData(Save, """{"model":{"name":"x\ud800","root":{"id":"a","type":"Elsa.Sequence"}}}""", "Line 1, column 18: Half a character")]
    [InlineData(Save, """{"model":{"name":5,"root":{"id":"a","type":"Elsa.Sequence"}}}""", "needs a name")]
    [InlineData(
        Save,
        "{\"model\":{\"name\":\"x\",\"definitionId\":\"abc\\n\",\"root\":{\"id\":\"a\",\"type\":\"Elsa.Sequence\"}}}",
        "small letters"
    )]
    [InlineData(Import, "{\"a\":\n1,\"a\":2}", "Line 2, column 3: \"a\" stands twice")]
    [InlineData(Import, "{\"a\":", "ends in the middle: 1 opened { or [ is not closed")]
    [InlineData("/elsa/api/conditions/check", "{}", "no text to check")]
    [InlineData("/elsa/api/conditions/check", """{"text":null,"language":"campaignflow"}""", "no text to check")]
    [InlineData("/elsa/api/conditions/check", """{"text":5}""", "“text” holds something else")]
    [InlineData("/elsa/api/conditions/check", "[", "ends in the middle")]
    [InlineData("/elsa/api/workflow-instances", "[", "ends in the middle")]
    [InlineData("/elsa/api/workflow-instances", "5", "JSON object was expected")]
    [InlineData("/elsa/api/workflow-instances", "{", "ends in the middle")]
    [InlineData("/elsa/api/workflow-instances", """{"page":"x"}""", "“page” holds something else")]
    [InlineData("/elsa/api/activity-executions/report", "[", "ends in the middle")]
    [InlineData("/elsa/api/activity-executions/report", "5", "JSON object was expected")]
    [InlineData("/elsa/api/activity-executions/report", "{", "ends in the middle")]
    [InlineData("/elsa/api/activity-executions/report", """{"workflowInstanceId":"x"}""", "“workflowInstanceId” holds something else")]
    [InlineData("/elsa/api/bulk-actions/cancel/workflow-instances", """{"ids":[],"ids":[]}""", "\"ids\" stands twice")]
    [InlineData(Execute, "{", "ends in the middle")]
    [InlineData(Execute, "5", "JSON object was expected")]
    [InlineData(Execute, "[]", "JSON object was expected")]
    [InlineData(Execute, """{"input":{},"input":{}}""", "\"input\" stands twice")]
    [InlineData(Execute, """{"input":{"a":"\ud800"}}""", "Half a character")]
    [InlineData(Execute, """{"input":5}""", "an object with the names")]
    public async Task A_request_that_means_nothing_is_refused_with_a_sentence(string path, string body, string sentence)
    {
        var drawing = await studio.DrawingAsync(Roles.Manager);
        using var answer = await drawing.Client.PostAsync(path, Json(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(sentence, await SentencesAsync(answer), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0001-01-01T00:00")]
    [InlineData("9999-12-31T23:59")]
    public async Task A_dry_run_at_the_end_of_the_calendar_is_refused_with_a_sentence(string start)
    {
        var drawing = await studio.DrawingAsync(Roles.Manager);
        using var answer = await drawing.Client.GetAsync($"/elsa/api/workflow-definitions/campaign-lifecycle/dry-run?start={start}");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("between the years 1900 and 2200", await SentencesAsync(answer), StringComparison.Ordinal);
        Assert.Contains(
            "between the years 1900 and 2200",
            await drawing.Client.TextAsync($"/workflows/campaign-lifecycle/dry-run?start={start}&in.FlightStart={start}"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("start=1900-01-01T00:00&in.FlightStart=2199-12-31T23:59")]
    [InlineData("start=2199-12-31T23:59&in.FlightStart=1900-01-01T00:00")]
    [InlineData("in.FlightStart=9999-12-31T23:59Z")]
    [InlineData("in.FlightStart=0001-01-01T00:00:00%2B08:00")]
    public async Task A_dry_run_far_away_has_an_answer(string query)
    {
        var drawing = await studio.DrawingAsync(Roles.Manager);
        Assert.True(await StatusAsync(drawing, "/elsa/api/workflow-definitions/campaign-lifecycle/dry-run?" + query) < 500);
        Assert.Equal(200, await StatusAsync(drawing, "/workflows/campaign-lifecycle/dry-run?" + query));
    }

    [Theory]
    [InlineData("?version=x")]
    [InlineData("/diff?to=x")]
    [InlineData("/diff?from=99999999999&to=2")]
    [InlineData("/migrate?from=x")]
    [InlineData("/dry-run?draft=perhaps&version=1.5")]
    public async Task What_an_address_cannot_mean_is_left_out(string query)
    {
        var drawing = await studio.DrawingAsync(Roles.Manager);
        Assert.Equal(200, await StatusAsync(drawing, "/workflows/weekly-review" + query));
    }

    private const string Save = "/elsa/api/workflow-definitions";
    private const string Import = "/elsa/api/workflow-definitions/import";
    private const string Execute = "/elsa/api/workflow-definitions/weekly-review/execute";

    private static IEnumerable<JsonNode> Places(JsonNode node)
    {
        var inside = node switch
        {
            JsonObject map => map.Select(p => p.Value),
            JsonArray list => list,
            _ => [],
        };
        foreach (var part in inside.OfType<JsonNode>())
        {
            yield return part;
            foreach (var further in Places(part))
                yield return further;
        }
    }

    private static async Task EverythingAnswersAsync(Drawing drawing, string after)
    {
        foreach (
            var path in new[]
            {
                "/elsa/api/workflow-definitions",
                "/elsa/api/workflow-definitions?versionOptions=Latest",
                "/elsa/api/descriptors/activities",
                "/elsa/api/workflow-definitions/weekly-review/consumers",
                "/elsa/api/workflow-definitions/by-definition-id/weekly-review",
                "/workflows",
            }
        )
            Assert.True(await StatusAsync(drawing, path) == 200, $"{path} after {after}");
    }

    private static async Task<int> StatusAsync(Drawing drawing, string path)
    {
        using var answer = await drawing.Client.GetAsync(path);
        return (int)answer.StatusCode;
    }

    private static async Task<string> SentencesAsync(HttpResponseMessage answer) =>
        Drawing.Sentences((await answer.Content.ReadFromJsonAsync<JsonObject>())!);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static string Sequences(int nested)
    {
        var json = """{"id":"inner","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Literal","value":"x"}}}""";
        for (var n = 0; n < nested; n++)
            json = $$"""{"id":"s{{n}}","type":"Elsa.Sequence","activities":[{{json}}]}""";
        return json;
    }
}
