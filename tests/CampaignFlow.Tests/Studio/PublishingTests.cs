using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Studio;

/// <summary>From a draft to what runs: by whom, with whose agreement, and what it means for running ones.</summary>
public sealed class PublishingTests(StudioHost studio) : IClassFixture<StudioHost>
{
    private static readonly JsonObject Approval = Drawing.Step(
        "approve",
        "CampaignFlow.Approval",
        ("kind", "String", "Literal", "content"),
        ("title", "String", "Literal", "Approve the text"),
        ("roles", "String[]", "Object", "[\"brand\"]")
    );

    [Fact]
    public async Task What_decides_is_asked_for_by_the_operator_and_published_by_a_second_person()
    {
        var li = await studio.DrawingAsync(Roles.Operator);
        var draft = await li.SavedAsync(Drawing.With(Drawing.Fresh("Text approval"), Approval));
        var (status, asked) = await li.SaveAsync(draft, publish: true);
        Assert.True(status == 200, asked.ToJsonString());
        Assert.True((bool)asked["asked"]!);
        Assert.False((bool)asked["workflowDefinition"]!["isPublished"]!);
        var (again, refused) = await li.PostAsync("/elsa/api/workflow-definitions/text-approval/publish", new JsonObject());
        Assert.Equal(400, again);
        Assert.Contains("waits for somebody who may publish", Drawing.Sentences(refused), StringComparison.Ordinal);

        var manager = await studio.Host.SignedInAsync(Roles.Manager);
        using var agreed = await manager.PostFormAsync("/workflows/text-approval", "/workflows/text-approval/versions/1/publish", []);
        Assert.Equal(302, (int)agreed.StatusCode);
        Assert.True((bool)(await li.OpenAsync("text-approval", "Published"))["isPublished"]!);

        // Editing what is published begins a draft; the published one stays.
        var next = await li.SavedAsync(Drawing.With(await li.OpenAsync("text-approval"), Approval, Drawing.Line("thanks")));
        Assert.Equal((2, false), ((int)next["version"]!, (bool)next["isPublished"]!));
        Assert.DoesNotContain(
            "thanks",
            (await li.OpenAsync("text-approval", "Published"))["root"]!.ToJsonString(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task An_approval_is_not_taken_out_by_one_person_who_retracts_first()
    {
        var li = await studio.DrawingAsync(Roles.Operator);
        var wang = await studio.DrawingAsync(Roles.Manager);
        var forms = await studio.Host.SignedInAsync(Roles.Manager);
        await li.SaveAsync(Drawing.With(Drawing.Fresh("Four eyes"), Approval), publish: true);
        using var agreed = await forms.PostFormAsync("/workflows/four-eyes", "/workflows/four-eyes/versions/1/publish", []);
        Assert.True((bool)(await wang.OpenAsync("four-eyes", "Published"))["isPublished"]!);

        var (retracted, _) = await wang.PostAsync("/elsa/api/workflow-definitions/four-eyes/retract", new JsonObject());
        var without = await wang.SavedAsync(Drawing.With(await wang.OpenAsync("four-eyes"), Drawing.Line("no-approval")));
        var (status, answer) = await wang.SaveAsync(without, publish: true);
        Assert.Equal((200, 200, true), (retracted, status, (bool)answer["asked"]!));
        Assert.False(await studio.Host.InScopeAsync(db => db.WorkflowVersions.AnyAsync(v => v.DefinitionId == "four-eyes" && v.Published)));

        // Agreed to, it is what was in use last: the next one without an approval is one person's again.
        using var withdrawn = await forms.PostFormAsync("/workflows/four-eyes", "/workflows/four-eyes/versions/2/retract", []);
        await li.PostAsync("/elsa/api/workflow-definitions/four-eyes/publish", new JsonObject());
        using var taken = await forms.PostFormAsync("/workflows/four-eyes", "/workflows/four-eyes/versions/2/publish", []);
        Assert.Equal(2, (int)(await wang.OpenAsync("four-eyes", "Published"))["version"]!);
        await wang.PostAsync("/elsa/api/workflow-definitions/four-eyes/retract", new JsonObject());
        var next = await wang.SavedAsync(Drawing.With(await wang.OpenAsync("four-eyes"), Drawing.Line("still-none")));
        Assert.False((bool)(await wang.SaveAsync(next, publish: true)).Answer["asked"]!);
    }

    [Theory]
    [InlineData("en", "\"abc\"", "Input 'Count' of the workflow: \"abc\" is not a whole number.")]
    [InlineData("zh-CN", "\"abc\"", "流程输入“Count”：\"abc\" 不是整数。")]
    [InlineData("en", "[1]", "[1] is not a whole number")]
    [InlineData("en", "\"7\"", null)]
    [InlineData("en", "null", null)]
    public async Task A_run_starts_with_inputs_of_their_kinds_or_not_at_all(string language, string value, string? sentence)
    {
        var drawing = await studio.DrawingAsync(Roles.Manager, language);
        var id = $"counted-{Guid.NewGuid():N}";
        var model = Drawing.With(Drawing.Fresh(id), Drawing.Line("a"));
        model["inputs"] = JsonNode.Parse("""[{"name":"Count","type":"Int32"}]""");
        Assert.Equal(200, (await drawing.SaveAsync(model, publish: true)).Status);
        var (status, answer) = await drawing.PostAsync(
            $"/elsa/api/workflow-definitions/{id}/execute",
            new JsonObject { ["input"] = new JsonObject { ["Count"] = JsonNode.Parse(value) } }
        );
        Assert.Equal(sentence is null ? 200 : 400, status);
        if (sentence is not null)
            Assert.Contains(sentence, Drawing.Sentences(answer), StringComparison.Ordinal);
        Assert.Equal(sentence is null ? 1 : 0, await studio.Host.InScopeAsync(db => db.Runs.CountAsync(r => r.DefinitionId == id)));
    }

    [Fact]
    public async Task A_broken_draft_is_not_published_and_each_sentence_names_its_step()
    {
        var drawing = await studio.DrawingAsync(Roles.Manager, "zh-CN");
        var bad = Drawing.Step("decide", "Elsa.FlowDecision", ("condition", "Boolean", "Rule", "Scoer < 60"));
        var draft = await drawing.SavedAsync(Drawing.With(Drawing.Fresh("Broken"), bad));
        var (status, answer) = await drawing.SaveAsync(draft, publish: true);
        Assert.Equal(400, status);
        Assert.Contains("decide", Drawing.Sentences(answer), StringComparison.Ordinal);
        Assert.Contains("不是可读的条件", Drawing.Sentences(answer), StringComparison.Ordinal);
        Assert.Equal((int)draft["customProperties"]!["draftRevision"]!, (int)answer["known"]!["revision"]!); // the page can go on saving
        Assert.Equal(0, await studio.Host.InScopeAsync(db => db.WorkflowVersions.CountAsync(v => v.DefinitionId == "broken")));
    }

    [Fact]
    public async Task A_started_run_is_seen_by_the_viewer_and_who_runs_it_is_said_before_the_next_publication()
    {
        var drawing = await studio.DrawingAsync(Roles.Manager);
        var wait = Drawing.Step("wait", "Elsa.Event", ("eventName", "String", "Literal", "never-comes"));
        var model = Drawing.Fresh("Long wait");
        model["variables"] = new JsonArray(
            new JsonObject
            {
                ["id"] = "v1",
                ["name"] = "Score",
                ["typeName"] = "Int32",
                ["value"] = "42",
            }
        );
        var (published, answer) = await drawing.SaveAsync(Drawing.With(model, Drawing.Line("hello"), wait), publish: true);
        Assert.True(published == 200, answer.ToJsonString());

        using var started = await drawing.Client.PostAsync("/elsa/api/workflow-definitions/long-wait/execute", null);
        var run = started.Headers.GetValues("x-elsa-workflow-instance-id").Single();
        var seen = await drawing.GetAsync($"/workflow-instances/{run}");
        Assert.Equal(("Running", "Suspended", 1), (seen["status"]!.ToString(), seen["subStatus"]!.ToString(), (int)seen["version"]!));
        Assert.Equal("Score", (await drawing.GetAsync($"/workflow-instances/{run}/variables"))["items"]![0]!["name"]!.ToString());
        var (_, report) = await drawing.PostAsync("/elsa/api/activity-executions/report", new JsonObject { ["workflowInstanceId"] = run });
        var blocked = report["stats"]!.AsArray().Single(s => (bool)s!["isBlocked"]!)!;
        Assert.Equal(("wait", 1), (blocked["activityId"]!.ToString(), (int)blocked["startedCount"]!));
        var (_, journal) = await drawing.PostAsync($"/elsa/api/workflow-instances/{run}/journal?skip=0&take=100", new JsonObject());
        Assert.Contains(
            journal["items"]!.AsArray(),
            l => l!["activityId"]!.ToString() == "hello" && l["eventName"]!.ToString() == "Completed"
        );
        var executions = await drawing.GetAsync(
            $"/activity-executions/list?workflowInstanceId={run}&activityNodeId={Uri.EscapeDataString("Workflow1:flow:wait")}"
        );
        var one = await drawing.GetAsync("/activity-executions/by-id?id=" + executions["items"]![0]!["id"]);
        Assert.Equal(("wait", "Running"), (one["activityId"]!.ToString(), one["status"]!.ToString()));

        var use = await drawing.GetAsync("/workflow-definitions/long-wait/use");
        Assert.Equal(1, (int)use["active"]!);
        Assert.Contains("1 active runs keep their version", use["text"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_can_be_gone_through_dry_before_it_is_published()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        await drawing.SavedAsync(Drawing.With(Drawing.Fresh("Dry first"), Drawing.Line("first"), Drawing.Line("done-at-last")));
        Assert.Contains(
            "done-at-last",
            await drawing.Client.TextAsync("/workflows/dry-first/dry-run?draft=true"),
            StringComparison.Ordinal
        );
        Assert.Contains("is working on a draft", await drawing.Client.TextAsync("/workflows/dry-first"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_drafts_are_deleted_and_a_version_in_use_is_retracted()
    {
        var drawing = await studio.DrawingAsync(Roles.Manager);
        await drawing.SavedAsync(Drawing.With(Drawing.Fresh("Short life"), Drawing.Line("a")));
        using var gone = await drawing.Client.DeleteAsync("/elsa/api/workflow-definitions/short-life");
        Assert.Equal(204, (int)gone.StatusCode);
        using var kept = await drawing.Client.DeleteAsync("/elsa/api/workflow-definitions/weekly-review");
        Assert.Equal(400, (int)kept.StatusCode);

        var (published, _) = await drawing.SaveAsync(Drawing.With(Drawing.Fresh("In use"), Drawing.Line("a")), publish: true);
        var (retracted, now) = await drawing.PostAsync("/elsa/api/workflow-definitions/in-use/retract", new JsonObject());
        Assert.Equal((200, 200, false), (published, retracted, (bool)now["isPublished"]!));
        var (started, why) = await drawing.PostAsync("/elsa/api/workflow-definitions/in-use/execute", new JsonObject());
        Assert.Equal(400, started);
        Assert.Contains("No version is in use", Drawing.Sentences(why), StringComparison.Ordinal);
    }
}
