using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine;
using CampaignFlow.Shell;

namespace CampaignFlow.Studio;

/// <summary>What the designer is told, in its shapes: it shows <c>errors</c> of a 400 as messages.</summary>
internal static class Answers
{
    private const int MostProblems = 50;

    public static readonly Phrase NoWorkflow = new(
        "This is not a workflow: JSON with a \"root\" was expected.",
        "这不是流程：应为带有 \"root\" 的 JSON。"
    );

    public static readonly Phrase TooLarge = new(
        "This workflow is larger than 5 MB. Split it, or move long texts elsewhere.",
        "该流程超过 5 MB。请拆分，或将长文本移到别处。"
    );

    /// <summary>Of a text that lies stored and is none that the designer could open.</summary>
    public static readonly Phrase Unreadable = new(
        "The stored text of this workflow cannot be read as one any more. Export it, mend it in an editor and import it again, or take up an earlier revision or version.",
        "已存储的内容无法再作为流程读取。请导出并在编辑器中修正后重新导入，或采用更早的修订或版本。"
    );

    /// <summary>Where all revisions of a draft are listed.</summary>
    public static string Revisions(string? id) => $"/workflows/{Uri.EscapeDataString(id ?? "")}/revisions";

    /// <param name="latest">What is stored now, so that the page can go on from there.</param>
    /// <param name="conflict">Where both texts can be seen, when the refused one was kept.</param>
    public static IResult Refused(Words words, string field, Phrase why, StoredDefinition? latest = null, string? conflict = null) =>
        TypedResults.BadRequest(
            new
            {
                statusCode = StatusCodes.Status400BadRequest,
                message = words.T(why),
                errors = new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [words.T(why)] },
                conflict,
                known = latest is null ? null : Known(latest),
            }
        );

    public static IResult Of(Words words, SaveOutcome outcome, JsonObject model) =>
        Refused(
            words,
            outcome.Refusal!.Value.Field,
            outcome.Refusal.Value.Why,
            conflict: outcome.Kept ? Revisions(model["definitionId"]?.ToString()) : null
        );

    /// <summary>Not publishable: each message names its activity.</summary>
    public static IResult Broken(StoredDefinition? latest, Words words, IReadOnlyList<Problem> problems) =>
        TypedResults.BadRequest(
            new
            {
                statusCode = StatusCodes.Status400BadRequest,
                message = words.T("The workflow cannot be published yet.", "该流程尚不能发布。"),
                errors = new Dictionary<string, string[]>(StringComparer.Ordinal)
                {
                    ["publish"] = [.. problems.Take(MostProblems).Select(p => words.T(p.Text))],
                },
                problems = Listed(problems, words),
                known = latest is null ? null : Known(latest),
            }
        );

    /// <param name="asked">Its publication waits for a second person.</param>
    public static IResult Saved(StoredDefinition? latest, Words words, IReadOnlyList<Problem> problems, bool asked = false) =>
        TypedResults.Ok(
            new JsonObject
            {
                ["workflowDefinition"] = DefinitionModel.Present(latest!, mayEdit: true),
                ["alreadyPublished"] = false,
                ["consumingWorkflowCount"] = 0,
                ["asked"] = asked,
                ["problems"] = JsonSerializer.SerializeToNode(Listed(problems, words), JsonSerializerOptions.Web),
            }
        );

    private static object Known(StoredDefinition latest) => new { version = latest.Version, revision = latest.Revision };

    public static IEnumerable<object> Listed(IReadOnlyList<Problem> problems, Words words) =>
        problems
            .Take(MostProblems)
            .Select(p => new
            {
                severity = p.Severity.ToString(),
                activity = p.Subject,
                text = words.T(p.Text) + (p.Cure is { } cure ? " " + words.T(cure) : ""),
            });
}
