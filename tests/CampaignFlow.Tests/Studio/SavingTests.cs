using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Studio;

/// <summary>What is saved in the designer stays: nobody's work is written over, and nothing that was ever saved is lost.</summary>
public sealed class SavingTests(StudioHost studio) : IClassFixture<StudioHost>
{
    [Fact]
    public async Task A_workflow_begins_from_nothing_and_what_is_wrong_in_it_names_the_step()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var draft = await drawing.SavedAsync(Drawing.Fresh("Spring greeting"));
        Assert.Equal("spring-greeting", draft["definitionId"]!.ToString());
        Assert.Equal((1, false, true), ((int)draft["version"]!, (bool)draft["isPublished"]!, (bool)draft["isLatest"]!));

        var ask = Drawing.Step("ask-somebody", "CampaignFlow.HumanTask", ("title", "String", "Literal", "Write a greeting"));
        var (status, answer) = await drawing.SaveAsync(Drawing.With(draft, Drawing.Line("hello"), ask));

        Assert.Equal(200, status); // an unfinished draft is kept
        var problem = answer["problems"]!.AsArray().First(p => p!["severity"]!.ToString() == "Error")!;
        Assert.Equal("ask-somebody", problem["activity"]!.ToString());
        Assert.Contains("'Role'", problem["text"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            "Workflow1:flow:hello",
            (await drawing.OpenAsync("spring-greeting"))["root"]!["activities"]![0]!["nodeId"]!.ToString()
        );
    }

    [Fact]
    public async Task A_step_renamed_in_the_designer_has_its_new_name_in_both_languages_and_the_others_keep_theirs()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        await drawing.SavedAsync(
            Drawing.With(Drawing.Fresh("Renamed steps"), Named("one", "Research", "调研"), Named("two", "Launch", "上线"))
        );
        // The designer changes the text it knows and sends the other one back as it was, more than once.
        for (var save = 0; save < 2; save++)
            await drawing.SavedAsync(
                Drawing.With(
                    await drawing.OpenAsync("renamed-steps"),
                    Named("one", "竞品调研", "调研"),
                    Named("two", "Launch", "上线"),
                    Named("three", "Review", "复盘")
                )
            );
        var steps = (await drawing.OpenAsync("renamed-steps"))["root"]!["activities"]!.AsArray();
        Assert.Equal(
            [("竞品调研", null), ("Launch", "上线"), ("Review", "复盘")],
            steps.Select(s => (s!["metadata"]!["displayText"]!.ToString(), s["metadata"]!["displayTextZh"]?.ToString()))
        );

        static JsonObject Named(string id, string text, string chinese)
        {
            var step = Drawing.Line(id);
            step["metadata"] = new JsonObject { ["displayText"] = text, ["displayTextZh"] = chinese };
            return step;
        }
    }

    [Fact]
    public async Task Of_two_editors_the_second_is_refused_with_a_sentence_and_both_texts_are_kept()
    {
        var li = await studio.DrawingAsync(Roles.Operator);
        var wang = await studio.DrawingAsync(Roles.Manager);
        await li.SavedAsync(Drawing.With(Drawing.Fresh("Two editors"), Drawing.Line("first")));
        var both = await wang.OpenAsync("two-editors");

        await li.SavedAsync(Drawing.With(both, Drawing.Line("first"), Drawing.Line("of-li")));
        var (status, answer) = await wang.SaveAsync(Drawing.With(both, Drawing.Line("first"), Drawing.Line("of-wang")));

        Assert.Equal(400, status);
        Assert.Contains("has saved this workflow since you opened it", Drawing.Sentences(answer), StringComparison.Ordinal);
        Assert.Equal("/workflows/two-editors/revisions", answer["conflict"]!.ToString());
        Assert.Contains("of-li", (await wang.OpenAsync("two-editors"))["root"]!.ToJsonString(), StringComparison.Ordinal);
        var kept = await studio.Host.InScopeAsync(db =>
            db.DraftRevisions.SingleAsync(r => r.DefinitionId == "two-editors" && r.Kind == RevisionKind.Conflict)
        );
        Assert.Contains("of-wang", kept.Json, StringComparison.Ordinal);

        // Restored it is the draft, and Li's text is one of the revisions.
        using var restored = await wang.Client.PostAsync($"/workflows/two-editors/revisions/{kept.Id}/restore", null);
        Assert.Equal(302, (int)restored.StatusCode);
        Assert.Contains("of-wang", (await li.OpenAsync("two-editors"))["root"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("of-li", await AllRevisionsAsync("two-editors"), StringComparison.Ordinal);
        Assert.Contains("Restore", await wang.Client.GetStringAsync("/workflows/two-editors/revisions"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_edited_a_draft_that_was_published_meanwhile_does_not_begin_the_next_one_without_it()
    {
        var li = await studio.DrawingAsync(Roles.Operator);
        var wang = await studio.DrawingAsync(Roles.Manager);
        var draft = await li.SavedAsync(Drawing.With(Drawing.Fresh("Published meanwhile"), Drawing.Line("first")));
        var (published, _) = await wang.SaveAsync(Drawing.With(draft, Drawing.Line("first"), Drawing.Line("of-wang")), publish: true);
        Assert.Equal(200, published);

        var (status, answer) = await li.SaveAsync(Drawing.With(draft, Drawing.Line("first"), Drawing.Line("of-li")));
        Assert.Equal(400, status);
        Assert.Contains("Version 1 was made since you opened it", Drawing.Sentences(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_whose_type_is_gone_is_described_and_cannot_be_lost_by_a_save()
    {
        const string json = """
            {"name":"Old times","root":{"id":"flow","type":"Elsa.Flowchart","version":1,"activities":[
              {"id":"a","type":"Elsa.WriteLine","version":1},{"id":"b","type":"Vanished.Fax","version":2}],"connections":[]}}
            """;
        await studio.Host.InScopeAsync(async db =>
        {
            db.WorkflowVersions.Add(
                new()
                {
                    DefinitionId = "old-times",
                    Version = 1,
                    Name = "Old times",
                    Json = json,
                    Hash = "0123456789",
                    CreatedAt = DateTimeOffset.UnixEpoch,
                }
            );
            return await db.SaveChangesAsync();
        });
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var fax = (await drawing.GetAsync("/descriptors/activities"))["items"]!
            .AsArray()
            .Single(d => d!["typeName"]!.ToString() == "Vanished.Fax")!;
        Assert.Equal((2, false), ((int)fax["version"]!, (bool)fax["isBrowsable"]!));

        var open = await drawing.OpenAsync("old-times");
        var (status, answer) = await drawing.SaveAsync(Drawing.With(open, Drawing.Line("a")));
        Assert.Equal(400, status);
        Assert.Contains("Vanished.Fax", Drawing.Sentences(answer), StringComparison.Ordinal);
        Assert.Contains("Vanished.Fax", (await drawing.OpenAsync("old-times"))["root"]!.ToJsonString(), StringComparison.Ordinal);

        // Moved about, it stays and is saved.
        open["root"]!["activities"]![1]!["metadata"] = new JsonObject { ["moved"] = true };
        var saved = await drawing.SavedAsync(open);
        Assert.Contains("Vanished.Fax", saved["root"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Saving_the_same_again_is_no_revision_and_every_other_save_is_one()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var draft = await drawing.SavedAsync(Drawing.With(Drawing.Fresh("Many saves"), Drawing.Line("a")));
        draft = await drawing.SavedAsync(draft);
        draft = await drawing.SavedAsync(Drawing.With(draft, Drawing.Line("a", "other")));
        await drawing.SavedAsync(draft);
        Assert.Equal(2, await studio.Host.InScopeAsync(db => db.DraftRevisions.CountAsync(r => r.DefinitionId == "many-saves")));
    }

    [Fact]
    public async Task What_a_browser_still_had_is_kept_beside_the_draft()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var draft = await drawing.SavedAsync(Drawing.With(Drawing.Fresh("Left over"), Drawing.Line("a")));
        var left = new JsonObject { ["model"] = Drawing.With(draft, Drawing.Line("never-saved")) };
        var (status, answer) = await drawing.PostAsync("/elsa/api/recovered/left-over", left);
        Assert.Equal((200, "/workflows/left-over/revisions"), (status, answer["revisions"]!.ToString()));
        Assert.Contains("never-saved", await AllRevisionsAsync("left-over"), StringComparison.Ordinal);
        Assert.DoesNotContain("never-saved", (await drawing.OpenAsync("left-over"))["root"]!.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"Nothing to recover"}""")]
    [InlineData("""{"name":"Nothing to recover","root":5}""")]
    [InlineData("""{"name":"Nothing to recover","root":{"id":"x"}}""")]
    public async Task What_a_browser_still_had_and_is_no_workflow_is_not_kept(string model)
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var (status, answer) = await drawing.PostAsync("/elsa/api/recovered/nothing", new JsonObject { ["model"] = JsonNode.Parse(model) });
        Assert.Equal(400, status);
        Assert.Contains("root activity with a type", Drawing.Sentences(answer), StringComparison.Ordinal);
        Assert.Equal("", await AllRevisionsAsync("nothing"));
    }

    [Theory]
    [InlineData("name", "\"Weekly review\"", "Another workflow is already called “Weekly review”")]
    [InlineData("name", "5", "needs a name of at most 120")]
    [InlineData("name", null, "needs a name of at most 120")]
    [InlineData("root", "[]", "root activity with a type")]
    public async Task A_revision_is_restored_by_the_rules_of_a_save_and_nothing_is_lost(string field, string? value, string sentence)
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var id = $"restored-{Guid.NewGuid():N}";
        var draft = await drawing.SavedAsync(Drawing.With(Drawing.Fresh(id), Drawing.Line("first")));
        if (value == "\"Weekly review\"")
            value = $"\"{(await drawing.OpenAsync("weekly-review", "Published"))["name"]}\"";
        var odd = draft.DeepClone().AsObject();
        odd[field] = value is null ? new string('x', 500) : JsonNode.Parse(value);
        var revision = await studio.Host.InScopeAsync(async db =>
        {
            var kept = new DraftRevision
            {
                DefinitionId = id,
                Revision = 1,
                Kind = RevisionKind.Recovered,
                Json = odd.ToJsonString(),
                Activities = 1,
                By = "Li",
                At = DateTimeOffset.UnixEpoch,
            };
            db.DraftRevisions.Add(kept);
            await db.SaveChangesAsync();
            return kept.Id;
        });

        using var restored = await drawing.Client.PostAsync($"/workflows/{id}/revisions/{revision}/restore", null);

        Assert.Equal(302, (int)restored.StatusCode);
        var toast = Uri.UnescapeDataString(
            restored.Headers.GetValues("Set-Cookie").Single(c => c.Contains("Not%20restored", StringComparison.Ordinal))
        );
        Assert.Contains(sentence.Replace("Weekly review", "", StringComparison.Ordinal)[..20], toast, StringComparison.Ordinal);
        Assert.Contains("first", (await drawing.OpenAsync(id))["root"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(2, await studio.Host.InScopeAsync(db => db.DraftRevisions.CountAsync(r => r.DefinitionId == id)));
    }

    private async Task<string> AllRevisionsAsync(string id) =>
        string.Concat(
            await studio.Host.InScopeAsync(db => db.DraftRevisions.Where(r => r.DefinitionId == id).Select(r => r.Json).ToListAsync())
        );
}
