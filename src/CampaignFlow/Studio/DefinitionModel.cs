using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Studio;

/// <summary>A definition's JSON on its way between the designer and the store.</summary>
internal static class DefinitionModel
{
    /// <summary>Where the draft's revision travels while the designer holds it; it is taken out again before anything is stored.</summary>
    public const string RevisionMark = "draftRevision";

    /// <summary>Said anew whenever a definition is shown.</summary>
    private static readonly string[] OfTheStore = ["links", "id", "createdAt", "isLatest", "isPublished", "isReadonly", "isSystem"];

    private static readonly string[] Lists = ["variables", "inputs", "outputs", "outcomes"];

    /// <summary>
    /// What the designer may leave out is filled in: collections it sends as null, node ids, a flowchart without its lists. What belongs
    /// to the store (links, revision) is taken out.
    /// </summary>
    /// <returns>The revision it was edited from; null when it does not say.</returns>
    public static int? Normalise(JsonObject model)
    {
        foreach (var list in Lists)
            model[list] ??= new JsonArray();
        model["options"] ??= new JsonObject();
        model["materializerName"] = "Json";
        model["toolVersion"] ??= "3.8.2";
        foreach (var own in OfTheStore)
            model.Remove(own);
        var custom = model["customProperties"] as JsonObject ?? [];
        model["customProperties"] = custom;
        int? revision = custom[RevisionMark] is JsonValue mark && mark.TryGetValue<int>(out var number) ? number : null;
        custom.Remove(RevisionMark);
        if (model["root"] is JsonObject root)
            Complete(root, "Workflow1");
        return revision;
    }

    /// <summary>What a new workflow begins with.</summary>
    public static JsonObject Empty(string name) =>
        new()
        {
            ["name"] = name,
            ["root"] = new JsonObject
            {
                ["id"] = "flow",
                ["name"] = "Flowchart1",
                ["type"] = "Elsa.Flowchart",
                ["version"] = 1,
            },
        };

    /// <summary>The definition in a stored text; one without anything where it cannot be read.</summary>
    public static JsonObject Parse(string json) => Unwrapped(DefinitionJson.ReadStored(json) as JsonObject ?? []);

    /// <summary>The definition in a document, also where an export has wrapped it.</summary>
    public static JsonObject Unwrapped(JsonObject document) =>
        document["root"] is null && (document["model"] ?? document["workflowDefinition"]) is JsonObject wrapped
            ? (JsonObject)wrapped.DeepClone()
            : document;

    /// <summary>The text at the end of a way through objects; null where anything else stands.</summary>
    public static string? Text(JsonNode? node, params ReadOnlySpan<string> way)
    {
        foreach (var name in way)
            node = (node as JsonObject)?[name];
        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    /// <summary>The definition as the designer wants it: with the state of its version and what the reader may do.</summary>
    /// <param name="asStored">For an export: nothing in it is put in another way.</param>
    public static JsonObject Present(StoredDefinition stored, bool mayEdit, bool asStored = false)
    {
        var model = Parse(stored.Json);
        Normalise(model);
        if (!asStored)
            WriteLines(model);
        model["id"] = stored.VersionId;
        model["definitionId"] = stored.DefinitionId;
        model["name"] = stored.Name;
        model["version"] = stored.Version;
        model["isLatest"] = stored.IsLatest;
        model["isPublished"] = stored.IsPublished;
        model["isReadonly"] = false;
        model["isSystem"] = false;
        model["createdAt"] = stored.At.ToString("O", CultureInfo.InvariantCulture);
        model["materializerName"] = "Json";
        model["toolVersion"] ??= "3.8.2";
        if (stored.Revision is { } revision)
            model["customProperties"]![RevisionMark] = revision;
        model["links"] = Links(stored.DefinitionId, mayEdit);
        return model;
    }

    /// <summary>
    /// The designer edits one name of a step and carries the other along. Renamed, a step has its new name in both languages: the old
    /// translation would go on naming what is no longer meant.
    /// </summary>
    public static void DropStaleTranslations(JsonObject model, string? before)
    {
        if (before is null)
            return;
        var known = Activities(Parse(before)["root"]).ToLookup(a => a["id"]?.ToString(), a => a["metadata"]);
        foreach (var activity in Activities(model["root"]))
            if (
                activity["metadata"] is JsonObject metadata
                && known[activity["id"]?.ToString()].FirstOrDefault() is { } was
                && !(Same(was, metadata, "displayText") && Same(was, metadata, "displayTextZh"))
            )
                metadata.Remove("displayTextZh");

        static bool Same(JsonNode was, JsonObject now, string field) => JsonNode.DeepEquals((was as JsonObject)?[field], now[field]);
    }

    // Conditions of a gate are edited as lines; a list of them in JSON says the same.
    private static void WriteLines(JsonObject model)
    {
        foreach (var gate in Activities(model["root"]).Where(a => Text(a, "type") == "CampaignFlow.Gate"))
            if (
                (gate["conditions"] as JsonObject)?["expression"] is JsonObject expression
                && Text(expression, "type") is "Object"
                && Text(expression, "value") is { } value
                && TryLines(value) is { } lines
            )
            {
                expression["type"] = "Literal";
                expression["value"] = lines;
            }
    }

    private static string? TryLines(string json)
    {
        try
        {
            return JsonNode.Parse(json) is JsonArray list ? string.Join('\n', list.Select(l => l?.ToString())) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Without a publish link the designer shows itself read-only.</summary>
    public static JsonArray Links(string definition, bool mayEdit)
    {
        var links = new JsonArray(Link($"/workflow-definitions/{definition}", "self", "GET"));
        if (mayEdit)
            links.Add(Link($"/workflow-definitions/{definition}/publish", "publish", "POST"));
        return links;
    }

    public static JsonArray ListLinks(bool mayEdit) =>
        mayEdit ? new(Link("/bulk-actions/publish/workflow-definitions/by-definition-ids", "bulk-publish", "POST")) : [];

    /// <summary>Activities of the definition, containers included.</summary>
    public static int Count(JsonNode? node) => Activities(node).Count();

    /// <summary>Every activity at any depth: an object with an id and a type, in a list of activities or in a slot.</summary>
    public static IEnumerable<JsonObject> Activities(JsonNode? node)
    {
        if (node is not JsonObject activity)
            yield break;
        yield return activity;
        foreach (var child in Children(activity))
        foreach (var found in Activities(child))
            yield return found;
    }

    public static int VersionOf(JsonObject activity) =>
        activity["version"] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 1;

    private static IEnumerable<JsonObject> Children(JsonObject activity)
    {
        foreach (var (_, value) in activity)
        {
            if (value is JsonObject slot && IsActivity(slot))
                yield return slot;
            else if (value is JsonArray list)
                foreach (var item in list.OfType<JsonObject>())
                    if (IsActivity(item))
                        yield return item;
                    else if (item["activity"] is JsonObject inCase && IsActivity(inCase))
                        yield return inCase;
        }
    }

    private static bool IsActivity(JsonObject node) =>
        node["type"]?.GetValueKind() == JsonValueKind.String && node["id"]?.GetValueKind() == JsonValueKind.String;

    private static void Complete(JsonObject activity, string parent)
    {
        activity["version"] ??= 1;
        activity["customProperties"] ??= new JsonObject();
        activity["metadata"] ??= new JsonObject();
        activity["id"] ??= parent;
        activity["nodeId"] = $"{parent}:{activity["id"]}";
        if (activity["type"]?.ToString() == "Elsa.Flowchart")
        {
            activity["activities"] ??= new JsonArray();
            activity["connections"] ??= new JsonArray();
        }
        foreach (var child in Children(activity))
            Complete(child, activity["nodeId"]!.ToString());
    }

    private static JsonObject Link(string href, string rel, string method) =>
        new()
        {
            ["href"] = href,
            ["rel"] = rel,
            ["method"] = method,
        };
}

/// <summary>A draft or a version, whichever it is.</summary>
/// <param name="Version">That of a draft is the next one.</param>
/// <param name="Revision">Of a draft; null for a version.</param>
internal sealed record StoredDefinition(
    string DefinitionId,
    string VersionId,
    string Name,
    int Version,
    bool IsLatest,
    bool IsPublished,
    DateTimeOffset At,
    string Json,
    int? Revision
);
