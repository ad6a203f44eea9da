using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.Studio;

/// <summary>Files, palette, refusals: what the designer is given, and what it is not.</summary>
public sealed class StudioApiTests(StudioHost studio) : IClassFixture<StudioHost>
{
    private static readonly string[] Shipped =
    [
        "budget-approval",
        "campaign-lifecycle",
        "eight-step-campaign",
        "four-phase-campaign",
        "incident-response",
        "nine-step-campaign",
        "six-step-promotion",
        "weekly-review",
    ];

    [Fact]
    public async Task Every_step_of_the_shipped_workflows_is_described_and_placed()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var known = (await drawing.GetAsync("/descriptors/activities"))["items"]!
            .AsArray()
            .Select(d => (d!["typeName"]!.ToString(), (int)d["version"]!))
            .ToList();
        Assert.Equal(known.Distinct(), known);
        foreach (var id in Shipped)
        {
            var steps = (await drawing.OpenAsync(id))["root"]!["activities"]!.AsArray();
            Assert.All(steps, s => Assert.Contains((s!["type"]!.ToString(), (int)s["version"]!), known));
            var places = steps.Select(s => s!["metadata"]!["designer"]!["position"]!.ToJsonString()).ToList();
            Assert.Equal(places.Distinct(StringComparer.Ordinal), places);
        }
    }

    [Fact]
    public async Task The_palette_speaks_the_readers_language_and_its_lists_are_live()
    {
        var chinese = (await (await studio.DrawingAsync(Roles.Operator, "zh-CN")).GetAsync("/descriptors/activities"))["items"]!.AsArray();
        var task = chinese.Single(d => d!["typeName"]!.ToString() == "CampaignFlow.HumanTask")!;
        Assert.Equal("人工任务", task["displayName"]!.ToString());
        var role = task["inputs"]!.AsArray().Single(i => i!["name"]!.ToString() == "Role")!;
        Assert.Equal("dropdown", role["uiHint"]!.ToString());
        Assert.Contains(
            "财务",
            role["uiSpecifications"]!["dropdown"]!.ToJsonString(
                new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
            ),
            StringComparison.Ordinal
        );
        var decision = chinese.Single(d => d!["typeName"]!.ToString() == "Elsa.FlowDecision")!;
        Assert.Equal("Rule", decision["constructionProperties"]!["condition"]!["expression"]!["type"]!.ToString());
        // Nothing stands in the palette without help and an example.
        Assert.All(
            chinese.Where(d => (bool)d!["isBrowsable"]!),
            d => Assert.Contains("例如：", d!["description"]!.ToString(), StringComparison.Ordinal)
        );
        var english = (await (await studio.DrawingAsync(Roles.Operator)).GetAsync("/descriptors/activities"))["items"]!.AsArray();
        Assert.All(
            english.Where(d => (bool)d!["isBrowsable"]!),
            d => Assert.Contains("Example: ", d!["description"]!.ToString(), StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Lists_offer_channels_rules_templates_events_roles_and_stages_as_they_now_are()
    {
        var campaign = await SmallCampaign.StartAsync(studio.Host);
        var drawing = await studio.DrawingAsync(Roles.Operator);
        Assert.NotNull(campaign);
        await drawing.SavedAsync(
            Drawing.With(
                Drawing.Fresh("Heard " + Guid.NewGuid()),
                Drawing.Step("w", "Elsa.Event", ("eventName", "String", "Literal", "stock-is-low"))
            )
        );
        var palette = (await drawing.GetAsync("/descriptors/activities"))["items"]!.AsArray();
        foreach (
            var (type, input, value) in new[]
            {
                ("CampaignFlow.ShiftBudget", "From", "search"),
                ("CampaignFlow.ShiftBudget", "To", "(reserve)"),
                ("CampaignFlow.WaitForMetric", "Channel", "social"),
                ("CampaignFlow.EvaluateRules", "Rules", "shift-to-winner"),
                ("CampaignFlow.NotifyRole", "Role", "brand"),
                ("CampaignFlow.NotifyRole", "Template", "numbers"),
                ("CampaignFlow.EnterStage", "Stage", "C7_EXECUTION"),
            }
        )
        {
            var found = palette.Single(d => d!["typeName"]!.ToString() == type && (int)d["version"]! == 1)!["inputs"]!
                .AsArray()
                .Single(i => i!["name"]!.ToString() == input)!;
            Assert.Contains(
                value,
                found["uiSpecifications"]!["dropdown"]!["selectList"]!["items"]!.AsArray().Select(i => i!["value"]!.ToString())
            );
        }
        // "None" is a choice where one is chosen; ticked in a list it would be one of the rules.
        var rules = Items("CampaignFlow.EvaluateRules", "Rules", "checklist", "checkList");
        Assert.DoesNotContain("", rules);
        Assert.Contains("shift-to-winner", rules);
        Assert.Contains("", Items("CampaignFlow.WaitForMetric", "Channel", "dropdown", "selectList"));
        // Events are offered, and may be new ones.
        var page = await drawing.Client.GetStringAsync("/studio/3.8.2/workflows/weekly-review");
        Assert.All(["rules-due", "stock-is-low"], name => Assert.Contains($"<option value=\"{name}\">", page, StringComparison.Ordinal));

        IEnumerable<string> Items(string type, string input, string editor, string list)
        {
            var found = palette.Single(d => d!["typeName"]!.ToString() == type && (int)d["version"]! == 1)!["inputs"]!
                .AsArray()
                .Single(i => i!["name"]!.ToString() == input)!;
            Assert.Equal(editor, found["uiHint"]!.ToString());
            return found["uiSpecifications"]![editor]![list]!["items"]!.AsArray().Select(i => i!["value"]!.ToString());
        }
    }

    [Theory]
    [InlineData("""{"model": """, "Line 1, column 11: The text ends in the middle")]
    [InlineData("[1]", "This is not a workflow")]
    [InlineData("""{"model":{"name":"x","name":"y"}}""", "Line 1, column 22: \"name\" stands twice")]
    [InlineData("""{"model":{"name":"x","root":7}}""", "root activity with a type")]
    [InlineData("""{"model":{"name":"","root":{"id":"a","type":"Elsa.Flowchart"}}}""", "needs a name")]
    [InlineData(
        """{"model":{"name":"x","definitionId":"../etc","root":{"id":"a","type":"Elsa.Flowchart"}}}""",
        "small letters, digits and hyphens"
    )]
    public async Task Bad_input_is_refused_with_a_sentence(string body, string sentence)
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        using var answer = await drawing.Client.PostAsync("/elsa/api/workflow-definitions", Json(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(sentence, Drawing.Sentences((await answer.Content.ReadFromJsonAsync<JsonObject>())!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_definition_above_five_megabytes_is_refused_with_a_sentence()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var large = Drawing.With(Drawing.Fresh("Large"), Drawing.Line("a", new string('x', 5 * 1024 * 1024)));
        var (status, answer) = await drawing.SaveAsync(large);
        Assert.Equal(400, status);
        Assert.Contains("larger than 5 MB", Drawing.Sentences(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_exported_and_imported_again_is_equal()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        foreach (var id in Shipped)
        {
            var first = JsonNode.Parse(await drawing.Client.GetStringAsync($"/elsa/api/workflow-definitions/{id}/export"))!.AsObject();
            var (status, answer) = await drawing.PostAsync("/elsa/api/workflow-definitions/import", first);
            Assert.True(status == 200, id + answer.ToJsonString());
            var second = JsonNode.Parse(await drawing.Client.GetStringAsync($"/elsa/api/workflow-definitions/{id}/export"))!.AsObject();
            Assert.True(JsonNode.DeepEquals(Content(first), Content(second)), id);
            using var undone = await drawing.Client.DeleteAsync("/elsa/api/workflow-definitions/" + id);
        }
    }

    [Fact]
    public async Task A_foreign_activity_is_refused_at_import_with_its_name()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var foreign = Drawing.With(Drawing.Fresh("Foreign"), Drawing.Line("a"), Drawing.Step("b", "Acme.SendFax"));
        var (status, answer) = await drawing.PostAsync("/elsa/api/workflow-definitions/import", foreign);
        Assert.Equal(400, status);
        Assert.Contains("Acme.SendFax", Drawing.Sentences(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_edit_reads_only()
    {
        var editor = await studio.DrawingAsync(Roles.Editor);
        Assert.DoesNotContain("\"publish\"", (await editor.OpenAsync("weekly-review"))["links"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(403, (await editor.SaveAsync(Drawing.Fresh("Mine"))).Status);
        var li = await studio.DrawingAsync(Roles.Operator);
        Assert.Contains("\"publish\"", (await li.OpenAsync("weekly-review"))["links"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("Read only", await editor.Client.GetStringAsync("/studio/3.8.2/workflows/weekly-review"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_session_or_its_token_the_answer_is_a_status_and_no_page()
    {
        using var nobody = studio.Host.Visitor();
        using var unknown = await nobody.GetAsync("/elsa/api/features/installed");
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        var drawing = await studio.DrawingAsync(Roles.Operator);
        drawing.Client.DefaultRequestHeaders.Remove("X-Antiforgery");
        Assert.Equal(400, (await drawing.SaveAsync(Drawing.Fresh("Forged"))).Status);
        using var page = await drawing.Client.GetAsync("/elsa/api/nothing");
        Assert.NotEqual("text/html", page.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Files_of_the_designer_come_compressed_and_are_kept_for_good()
    {
        using var client = studio.Host.Visitor();
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
        using var script = await client.GetAsync("/studio/3.8.2/_framework/blazor.webassembly.js");
        Assert.Equal(
            ("br", "text/javascript"),
            (script.Content.Headers.ContentEncoding.Single(), script.Content.Headers.ContentType!.MediaType)
        );
        Assert.Equal(
            "public, max-age=31536000, immutable",
            script
                .Headers.CacheControl!.ToString()
                .Replace("max-age=31536000, public", "public, max-age=31536000", StringComparison.Ordinal)
        );
        foreach (
            var path in new[]
            {
                "/studio/3.8.1/_framework/blazor.webassembly.js",
                "/studio/3.8.2/..%2Fappsettings.json",
                "/studio/3.8.2/nothing.js",
            }
        )
        {
            using var none = await client.GetAsync(path);
            Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        }
    }

    [Fact]
    public async Task Who_is_signed_in_keeps_files_for_good_too_and_gets_no_cookie_with_them()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        foreach (var path in new[] { "/studio/3.8.2/_framework/blazor.webassembly.js", "/lib/htmx.min.js" })
        {
            using var file = await drawing.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            Assert.False(file.Headers.Contains("Set-Cookie"));
            Assert.NotEqual(true, file.Headers.CacheControl?.NoStore);
        }
    }

    [Fact]
    public async Task Asked_for_its_head_a_file_answers_as_it_does_in_whole()
    {
        using var client = studio.Host.Visitor();
        foreach (var accepted in new[] { "br", "gzip", "identity" })
        {
            using var whole = await AskAsync(HttpMethod.Get);
            using var head = await AskAsync(HttpMethod.Head);
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Equal(whole.Content.Headers.ContentType, head.Content.Headers.ContentType);
            Assert.Equal(whole.Content.Headers.ContentEncoding, head.Content.Headers.ContentEncoding);
            Assert.Equal(whole.Headers.CacheControl, head.Headers.CacheControl);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());

            Task<HttpResponseMessage> AskAsync(HttpMethod method)
            {
                var request = new HttpRequestMessage(method, "/studio/3.8.2/_framework/blazor.webassembly.js");
                request.Headers.AcceptEncoding.Add(new(accepted));
                return client.SendAsync(request);
            }
        }
    }

    [Fact]
    public async Task The_designers_api_has_a_document_of_its_own_apart_from_ours()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var ours = (await drawing.Client.GetFromJsonAsync<JsonObject>("/openapi/campaignflow.json"))!["paths"]!.AsObject();
        var studios = (await drawing.Client.GetFromJsonAsync<JsonObject>("/openapi/studio.json"))!["paths"]!.AsObject();
        Assert.Contains("/api/incidents", ours.Select(p => p.Key));
        Assert.All(ours, p => Assert.StartsWith("/api/", p.Key, StringComparison.Ordinal));
        Assert.Contains("/elsa/api/workflow-definitions", studios.Select(p => p.Key));
        Assert.All(studios, p => Assert.StartsWith("/elsa/api/", p.Key, StringComparison.Ordinal));
        using var nobody = studio.Host.Visitor();
        using var refused = await nobody.GetAsync("/openapi/studio.json");
        Assert.NotEqual(HttpStatusCode.OK, refused.StatusCode);
    }

    [Fact]
    public async Task The_way_of_a_dry_run_names_its_steps_in_order_and_says_what_keeps_it_from_going()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var decide = Drawing.Step("decide", "Elsa.FlowDecision", ("condition", "Boolean", "Rule", "1 > 2"));
        var model = Drawing.With(Drawing.Fresh("The way"), Drawing.Line("first"), decide, Drawing.Line("never"), Drawing.Line("otherwise"));
        var ways = model["root"]!["connections"]!.AsArray();
        ways[1]!["source"]!["port"] = "True";
        ways[2] = new JsonObject
        {
            ["source"] = new JsonObject { ["activity"] = "decide", ["port"] = "False" },
            ["target"] = new JsonObject { ["activity"] = "otherwise", ["port"] = "In" },
        };
        var draft = await drawing.SavedAsync(model);
        var told = await drawing.GetAsync("/workflow-definitions/the-way/dry-run");
        Assert.Equal(
            ["first 1 Done", "decide 2 Done", "otherwise 3 Done"],
            told["steps"]!.AsArray().Select(s => $"{s!["activity"]} {s["number"]} {s["state"]}")
        );
        Assert.Contains("It ends at once: 3 steps", told["text"]!.ToString(), StringComparison.Ordinal);

        await drawing.SavedAsync(
            Drawing.With(draft, Drawing.Step("decide", "Elsa.FlowDecision", ("condition", "Boolean", "Rule", "Scoer > 2")))
        );
        told = await drawing.GetAsync("/workflow-definitions/the-way/dry-run");
        Assert.Empty(told["steps"]!.AsArray());
        Assert.Contains("Scoer", told["text"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_allows_only_the_designers_own_script()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        using var page = await drawing.Client.GetAsync("/studio/3.8.2/workflows/weekly-review");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("'wasm-unsafe-eval' 'sha256-snlP1jz0gjwc5cTz9ErZcliXuCK63+Mmf68RRCeptgc='", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src 'self' 'unsafe", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("campaignflow", "Score < 60", null)]
    [InlineData("campaignflow", "Scoer < 60", "Score")]
    [InlineData("campaignflow-facts", "competitors >= 1\npersonas >= 1", null)]
    [InlineData("campaignflow-facts", "competitors >= 1\nperson >= 1", "person")]
    [InlineData("campaignflow-metrics", "roas(7d) >= 3 and goal.cpa > cpa(7d)", null)]
    [InlineData("campaignflow-metrics", "raos(7d) >= 3", "roas")]
    public async Task A_condition_is_checked_while_it_is_written(string language, string text, string? problem)
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var model = Drawing.Fresh("Conditions " + Guid.NewGuid());
        model["variables"] = new JsonArray(
            new JsonObject
            {
                ["id"] = "v",
                ["name"] = "Score",
                ["typeName"] = "Int32",
            }
        );
        var id = (await drawing.SavedAsync(model))["definitionId"]!.ToString();
        var (status, answer) = await drawing.PostAsync(
            "/elsa/api/conditions/check",
            new JsonObject
            {
                ["text"] = text,
                ["language"] = language,
                ["definition"] = id,
            }
        );
        Assert.Equal(200, status);
        if (problem is null)
            Assert.Empty(answer["problems"]!.AsArray());
        else
            Assert.Contains(problem, answer["problems"]![0]!["text"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains(
            "\"Score\"",
            (await drawing.GetAsync("/conditions/names?definition=" + id)).ToJsonString(),
            StringComparison.Ordinal
        );
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    // What belongs to the store and not to the text.
    private static JsonObject Content(JsonObject exported)
    {
        var copy = exported.DeepClone().AsObject();
        foreach (var part in new[] { "id", "version", "createdAt", "isLatest", "isPublished" })
            copy.Remove(part);
        return copy;
    }
}
