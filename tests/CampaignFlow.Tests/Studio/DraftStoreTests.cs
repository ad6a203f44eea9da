using System.Text.Json.Nodes;
using CampaignFlow.Storage;
using CampaignFlow.Studio;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Studio;

/// <summary>Drafts and their revisions on both databases.</summary>
public sealed class DraftStoreTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Of_many_saves_at_once_one_is_the_draft_and_all_are_kept(DatabaseKind kind)
    {
        await using var bench = await Bench.CreateAsync(kind);
        var first = await SaveAsync(bench, Drawing.With(Drawing.Fresh("At once"), Drawing.Line("a")));
        Assert.Equal(1, first.Draft!.Revision);

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(n => Task.Run(() => SaveAsync(bench, Edited(first.Draft, $"of-{n}"), $"person {n}")))
        );
        Assert.Single(outcomes, o => o.Draft is not null);
        Assert.All(outcomes.Where(o => o.Draft is null), o => Assert.True(o.Kept));
        var revisions = await bench.AskAsync(db => db.DraftRevisions.AsNoTracking().OrderBy(r => r.Id).ToListAsync());
        Assert.Equal(
            [RevisionKind.Saved, RevisionKind.Saved, .. Enumerable.Repeat(RevisionKind.Conflict, 5)],
            revisions.Select(r => r.Kind).Order()
        );
        for (var n = 0; n < 6; n++)
            Assert.Single(revisions, r => r.Json.Contains($"of-{n}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_stale_save_is_refused_and_kept_and_any_revision_can_be_the_draft_again(DatabaseKind kind)
    {
        await using var bench = await Bench.CreateAsync(kind);
        var first = (await SaveAsync(bench, Drawing.With(Drawing.Fresh("Again"), Drawing.Line("a")))).Draft!;
        await SaveAsync(bench, Edited(first, "second"));
        var stale = await SaveAsync(bench, Edited(first, "late"));
        Assert.Equal("version", stale.Refusal!.Value.Field);

        var kept = await bench.AskAsync(db => db.DraftRevisions.SingleAsync(r => r.Kind == RevisionKind.Conflict));
        var restored = await WithAsync(bench, save => save.RestoreAsync("again", kept.Id, "Li", default));
        Assert.Equal((3, true), (restored!.Draft!.Revision, restored.Draft.Json.Contains("late", StringComparison.Ordinal)));
        Assert.Null(await WithAsync(bench, save => save.RestoreAsync("again", 999_999, "Li", default)));
        Assert.Equal(4, await bench.AskAsync(db => db.DraftRevisions.CountAsync()));
    }

    private static JsonObject Edited(WorkflowDraft draft, string line)
    {
        var model = Drawing.With(JsonNode.Parse(draft.Json)!.AsObject(), Drawing.Line("a"), Drawing.Line(line));
        model["customProperties"] = new JsonObject { ["draftRevision"] = draft.Revision };
        return model;
    }

    private static Task<SaveOutcome> SaveAsync(Bench bench, JsonObject model, string by = "Li") =>
        WithAsync(bench, save => save.HandleAsync(model, by, default));

    private static Task<T> WithAsync<T>(Bench bench, Func<SaveRevision, Task<T>> work) =>
        bench.Store.InScopeAsync((db, services) => work(new(db, services.GetRequiredService<ActivityCatalogue>(), bench.Clock)));
}
