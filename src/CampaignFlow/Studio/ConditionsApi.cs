using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Expressions.Script;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Lifecycle;
using CampaignFlow.Shell;
using CampaignFlow.Workflows;

namespace CampaignFlow.Studio;

/// <summary>What the designer's editor of conditions asks: which names there are, and what is wrong with a text.</summary>
internal static class ConditionsApi
{
    /// <summary>Monaco's name of our condition language over a run's values.</summary>
    public const string OfRuns = "campaignflow";

    /// <summary>The same over what a campaign has produced, one condition a line: gates.</summary>
    public const string OfFacts = "campaignflow-facts";

    /// <summary>The same over a campaign's numbers: waits for metrics.</summary>
    public const string OfMetrics = "campaignflow-metrics";

    private const int LongestText = 20_000;

    public static void MapConditions(this IEndpointRouteBuilder api)
    {
        var conditions = api.MapGroup("/conditions");
        conditions.MapGet("/names", NamesAsync);
        conditions.MapPost("/check", CheckAsync).RequireAuthorization(Permissions.EditWorkflows);
    }

    private sealed record Name(string Text, string Label, string Language);

    private sealed record Asked(string? Text, string? Definition, string? Language);

    /// <param name="At">From the start of the text, counted from 0.</param>
    private sealed record Wrong(int At, string Text);

    private static async Task<IResult> NamesAsync(
        string definition,
        DefinitionQueries definitions,
        ActivityCatalogue catalogue,
        Words words,
        CancellationToken cancellationToken
    )
    {
        var facts = GateFacts.Vocabulary.Terms.Select(t => new Name(t.Name, words.T(t.Label), OfFacts));
        var stored = await definitions.FindAsync(definition, "Latest", cancellationToken);
        var own = stored is null ? [] : OfDefinition(DefinitionModel.Parse(stored.Json), catalogue, words);
        return TypedResults.Ok(new { items = facts.Concat(OfNumbers(words)).Concat(own) });
    }

    private static IEnumerable<Name> OfNumbers(Words words)
    {
        var vocabulary = MetricCondition.Vocabulary(ofChannel: true);
        return vocabulary
            .Terms.Select(t => new Name(t.Windowed ? t.Name + "(7d)" : t.Name, words.T(t.Label), OfMetrics))
            .Concat(vocabulary.Whos.Select(w => new Name(w.Name + ".", words.T(w.Label), OfMetrics)));
    }

    private static IEnumerable<Name> OfDefinition(JsonObject model, ActivityCatalogue catalogue, Words words)
    {
        foreach (var (list, label) in new[] { ("variables", words.T("variable", "变量")), ("inputs", words.T("input", "输入")) })
        foreach (var named in (model[list] as JsonArray ?? []).OfType<JsonObject>())
            if (named["name"]?.ToString() is { Length: > 0 } name)
                yield return new(name, label, OfRuns);
        foreach (var activity in DefinitionModel.Activities(model["root"]))
        foreach (var output in catalogue.All.FirstOrDefault(t => t.Type == activity["type"]?.ToString())?.Outputs ?? [])
            yield return new($"{activity["name"] ?? activity["id"]}.{output.Name}", words.T(output.Label), OfRuns);
    }

    private static async Task<IResult> CheckAsync(
        HttpContext http,
        DraftChecks checks,
        DefinitionQueries definitions,
        Words words,
        CancellationToken cancellationToken
    )
    {
        var (asked, wrong) = await RequestBody.ReadAsync<Asked>(http.Request, cancellationToken);
        if (asked?.Text is not { } text)
            return Answers.Refused(words, "text", wrong ?? new("There is no text to check.", "没有可检查的内容。"));
        if (text.Length > LongestText)
            return Answers.Refused(words, "text", new($"Longer than {LongestText} characters.", $"超过 {LongestText} 个字符。"));
        if (asked.Language == OfFacts)
            return TypedResults.Ok(new { problems = Lines(text, words) });
        if (asked.Language == OfMetrics)
            return TypedResults.Ok(new { problems = OnNumbers(text, words) });
        var stored = asked.Definition is null ? null : await definitions.FindAsync(asked.Definition, "Latest", cancellationToken);
        var names = stored is null
            ? new RuleNames(new Dictionary<string, RuleKind>(), new Dictionary<string, RuleKind>(), NoOutputs)
            : await checks.NamesAsync(stored.DefinitionId, stored.Json, cancellationToken);
        return ScriptExpression.ParseRule(text, names, condition: true, out var problem) is null
            ? TypedResults.Ok(new { problems = new[] { new Wrong(problem!.At, words.T(problem.Text)) } })
            : TypedResults.Ok(new { problems = Array.Empty<Wrong>() });
    }

    private static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, RuleKind>> NoOutputs = new Dictionary<
        string,
        IReadOnlyDictionary<string, RuleKind>
    >(StringComparer.Ordinal);

    // Whether it is about one channel the text does not say; the step's own check does, when the whole is saved.
    private static IEnumerable<Wrong> OnNumbers(string text, Words words) =>
        MetricCondition.Read(text, ofChannel: true).Formula is not null
            ? []
            : MetricCondition
                .Read(text, ofChannel: false)
                .Problems.Take(1)
                .Select(p => new Wrong(Math.Clamp(p.Column - 1, 0, text.Length), words.T(p.Text)));

    private static List<Wrong> Lines(string text, Words words)
    {
        var wrong = new List<Wrong>();
        var at = 0;
        foreach (var line in text.Split('\n'))
        {
            if (line.Trim().Length > 0 && Formula.Condition(line, GateFacts.Vocabulary).Problems is [var first, ..])
                wrong.Add(new(at + Math.Clamp(first.Column - 1, 0, line.Length), words.T(first.Text)));
            at += line.Length + 1;
        }
        return wrong;
    }
}
