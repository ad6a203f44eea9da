using System.Text.Json.Nodes;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>What came of a save.</summary>
/// <param name="Draft">The draft as it is now stored; null when the save was refused.</param>
/// <param name="Refusal">Why not, with the field it concerns.</param>
/// <param name="Kept">The save was refused but is kept as a revision beside the draft.</param>
internal sealed record SaveOutcome(WorkflowDraft? Draft, (string Field, Phrase Why)? Refusal = null, bool Kept = false);

/// <summary>
/// Stores what the designer sends as the draft of its definition and, always, as a revision. A save that was edited from an older draft,
/// or that would drop activities this program does not know, never replaces the draft; it is kept beside it. What becomes of a finished
/// draft is <see cref="PublishDraft"/>'s.
/// </summary>
internal sealed class SaveRevision(CampaignFlowDb db, ActivityCatalogue catalogue, TimeProvider clock)
{
    public const int LongestName = 120;

    /// <param name="model">The definition; normalised in place.</param>
    /// <param name="whatever">A person chose this text on purpose (an import): it replaces the draft whatever it was edited from.</param>
    public async Task<SaveOutcome> HandleAsync(JsonObject model, string by, CancellationToken cancellationToken, bool whatever = false)
    {
        if ((NoRoot(model) ?? NoName(model)) is { } formless)
            return new(null, formless);
        var editedFrom = DefinitionModel.Normalise(model);
        var name = NameOf(model);
        var id = model["definitionId"]?.ToString();
        if (string.IsNullOrWhiteSpace(id))
            model["definitionId"] = id = await DefinitionName.NewAsync(db, name, cancellationToken);
        else if (!DefinitionName.IsValid(id))
            return new(null, ("definitionId", DefinitionName.Form));
        if (await TakenAsync(name, id, cancellationToken) is { } taken)
            return new(null, taken);

        var draft = await db.WorkflowDrafts.SingleOrDefaultAsync(d => d.DefinitionId == id, cancellationToken);
        var newest = await db
            .WorkflowVersions.Where(v => v.DefinitionId == id)
            .NewestFirst()
            .Select(v => new Newest(v.Version, v.Json))
            .FirstOrDefaultAsync(cancellationToken);
        var last = await db.WorkflowVersions.Where(v => v.DefinitionId == id).MaxAsync(v => (int?)v.Version, cancellationToken) ?? 0;
        if (!whatever && (Lost(draft?.Json ?? newest?.Json, model) ?? Overtaken(draft, newest, model, editedFrom)) is { } why)
            return await KeepAsync(draft, id, model, by, why, cancellationToken);
        if (!whatever)
            DefinitionModel.DropStaleTranslations(model, draft?.Json ?? newest?.Json);
        model["version"] = last + 1;
        return await StoreAsync(draft, id, name, model.ToJsonString(StoredJson.Options), newest?.Version ?? 0, by, cancellationToken);
    }

    /// <summary>Makes a version's text the draft; what was the draft stays a revision.</summary>
    public Task<SaveOutcome> TakeUpAsync(StoredDefinition version, string by, CancellationToken cancellationToken)
    {
        var model = DefinitionModel.Parse(version.Json);
        model["definitionId"] = version.DefinitionId; // a file need not say it
        model["name"] ??= version.Name;
        return HandleAsync(model, by, cancellationToken, whatever: true);
    }

    /// <summary>Makes an earlier revision the draft again, by the rules of every save; what was the draft stays a revision.</summary>
    /// <returns>Null when there is no such revision.</returns>
    public async Task<SaveOutcome?> RestoreAsync(string id, long revision, string by, CancellationToken cancellationToken)
    {
        var found = await db.DraftRevisions.SingleOrDefaultAsync(r => r.Id == revision && r.DefinitionId == id, cancellationToken);
        if (found is null)
            return null;
        var model = DefinitionModel.Parse(found.Json);
        if ((NoRoot(model) ?? NoName(model) ?? await TakenAsync(NameOf(model), id, cancellationToken)) is { } wrong)
            return new(null, wrong);
        var draft = await db.WorkflowDrafts.SingleOrDefaultAsync(d => d.DefinitionId == id, cancellationToken);
        var newest = await db.WorkflowVersions.Where(v => v.DefinitionId == id).MaxAsync(v => (int?)v.Version, cancellationToken) ?? 0;
        return await StoreAsync(draft, id, NameOf(model), found.Json, newest, by, cancellationToken, RevisionKind.Restored);
    }

    /// <summary>Keeps a text that a browser still had as a revision; it replaces nothing.</summary>
    /// <returns>Null when it is kept; else why it is no definition that anybody could go on from.</returns>
    public async Task<(string Field, Phrase Why)?> RecoverAsync(string id, JsonObject model, string by, CancellationToken cancellationToken)
    {
        if (NoRoot(model) is { } wrong)
            return wrong;
        DefinitionModel.Normalise(model);
        var now = await db.WorkflowDrafts.Where(d => d.DefinitionId == id).Select(d => d.Revision).SingleOrDefaultAsync(cancellationToken);
        db.DraftRevisions.Add(Revision(model.ToJsonString(StoredJson.Options), id, now, RevisionKind.Recovered, by));
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    private sealed record Newest(int Version, string Json);

    private async Task<SaveOutcome> StoreAsync(
        WorkflowDraft? draft,
        string id,
        string name,
        string json,
        int basedOn,
        string by,
        CancellationToken cancellationToken,
        RevisionKind kind = RevisionKind.Saved
    )
    {
        if (draft is not null && JsonNode.DeepEquals(DefinitionJson.ReadStored(draft.Json), DefinitionJson.ReadStored(json)))
            return new(draft);
        if (draft is null)
        {
            // Numbers go on where an earlier draft ended: a browser that still holds that one must not be taken for this one's.
            var last = await db.DraftRevisions.Where(r => r.DefinitionId == id).MaxAsync(r => (int?)r.Revision, cancellationToken) ?? 0;
            draft = new()
            {
                DefinitionId = id,
                Name = name,
                Json = json,
                BasedOn = basedOn,
                Revision = last,
                By = by,
                At = clock.GetUtcNow(),
            };
            db.WorkflowDrafts.Add(draft);
        }
        draft.Name = name;
        draft.Json = json;
        draft.Revision++;
        draft.By = by;
        draft.At = clock.GetUtcNow();
        db.DraftRevisions.Add(Revision(json, id, draft.Revision, kind, by));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return new(draft);
        }
        catch (DbUpdateException)
        {
            // Two saves in the same moment: the first is the draft, this one is kept.
            db.ChangeTracker.Clear();
            var winner = await db.WorkflowDrafts.SingleAsync(d => d.DefinitionId == id, cancellationToken);
            return await KeepAsync(winner, id, DefinitionModel.Parse(json), by, Overtaken(winner), cancellationToken);
        }
    }

    private async Task<SaveOutcome> KeepAsync(
        WorkflowDraft? draft,
        string id,
        JsonObject model,
        string by,
        Phrase why,
        CancellationToken cancellationToken
    )
    {
        db.DraftRevisions.Add(Revision(model.ToJsonString(StoredJson.Options), id, draft?.Revision ?? 0, RevisionKind.Conflict, by));
        await db.SaveChangesAsync(cancellationToken);
        return new(null, ("version", why), Kept: true);
    }

    // A type without a description leaves the canvas blank, and what is saved from a blank canvas is a loss nobody meant.
    private Phrase? Lost(string? before, JsonObject model)
    {
        if (before is null)
            return null;
        var has = DefinitionModel.Activities(model["root"]).Select(Identity).ToHashSet();
        var known = catalogue.All.Select(t => t.Type).ToHashSet(StringComparer.Ordinal);
        var unknown = DefinitionModel
            .Activities(DefinitionModel.Parse(before)["root"])
            .Where(a => !known.Contains(Identity(a).Type) && !has.Contains(Identity(a)))
            .Select(a => Identity(a).Type)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (unknown.Count == 0)
            return null;
        var types = string.Join(", ", unknown);
        return new(
            $"This save would drop steps that this server does not know ({types}). The draft stays as it was; yours is kept as a revision.",
            $"此次保存会丢失本服务器不认识的步骤（{types}）。草稿保持不变，您的版本已另存为修订。"
        );
    }

    private static (string Id, string Type) Identity(JsonObject activity) =>
        (activity["id"]?.ToString() ?? "", activity["type"]?.ToString() ?? "");

    private static Phrase? Overtaken(WorkflowDraft? draft, Newest? newest, JsonObject model, int? editedFrom)
    {
        if (draft is not null)
            return editedFrom == draft.Revision ? null : Overtaken(draft);
        if (newest is null)
            return null;
        var version = model["version"] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 0;
        return editedFrom is null && version == newest.Version
            ? null
            : new(
                $"Version {newest.Version} was made since you opened it. Nothing is written over: your version is kept beside it.",
                $"您打开之后已生成第 {newest.Version} 版。没有覆盖任何内容：您的版本已一并保留。"
            );
    }

    private static Phrase Overtaken(WorkflowDraft draft) =>
        new(
            $"{draft.By} has saved this workflow since you opened it. Nothing is written over: your version is kept beside theirs.",
            $"您打开之后，{draft.By} 已保存过该流程。没有覆盖任何内容：您的版本已与对方的版本一并保留。"
        );

    private static (string Field, Phrase Why)? NoRoot(JsonObject model) =>
        DefinitionModel.Text(model, "root", "type") is null
            ? ("root", new Phrase("A workflow needs a root activity with a type.", "流程需要带有类型的根活动。"))
            : null;

    private static (string Field, Phrase Why)? NoName(JsonObject model) =>
        NameOf(model).Length is 0 or > LongestName
            ? (
                "name",
                new Phrase($"A workflow needs a name of at most {LongestName} characters.", $"流程需要名称，最多 {LongestName} 个字符。")
            )
            : null;

    private async Task<(string Field, Phrase Why)?> TakenAsync(string name, string id, CancellationToken cancellationToken) =>
        await db.WorkflowDrafts.AnyAsync(d => d.Name == name && d.DefinitionId != id, cancellationToken)
        || await db.WorkflowVersions.AnyAsync(v => v.Name == name && v.Published && v.DefinitionId != id, cancellationToken)
            ? ("name", new Phrase($"Another workflow is already called “{name}”.", $"已有名为“{name}”的流程。"))
            : null;

    private static string NameOf(JsonObject model) => DefinitionModel.Text(model, "name")?.Trim() ?? "";

    private DraftRevision Revision(string json, string id, int revision, RevisionKind kind, string by) =>
        new()
        {
            DefinitionId = id,
            Revision = revision,
            Kind = kind,
            Json = json,
            Activities = DefinitionModel.Count(DefinitionModel.Parse(json)["root"]),
            By = by,
            At = clock.GetUtcNow(),
        };
}
