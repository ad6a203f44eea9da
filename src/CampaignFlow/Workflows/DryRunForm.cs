using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.DryRuns;
using Microsoft.Extensions.Primitives;

namespace CampaignFlow.Workflows;

/// <summary>What may be chosen for one activity, as the form shows it.</summary>
/// <param name="First">Outcome of its first visit; empty: the usual one.</param>
/// <param name="After">How long it takes; empty: as planned.</param>
public sealed record DryRunRow(Activity Activity, IReadOnlyList<string> Outcomes, string First, string Then, string After);

/// <summary>
/// A dry run as it stands in the address: <c>start</c>, <c>in.NAME</c> and <c>choose</c> as on the command line. What the form's own
/// fields say (<c>first.ID</c>, <c>then.ID</c>, <c>after.ID</c>) is turned into that, so that every result can be linked.
/// </summary>
public sealed class DryRunForm
{
    private const int MostChoices = 200;
    private const int EarliestYear = 1900;
    private const int LatestYear = 2200;
    private const string First = "first.";
    private const string Then = "then.";
    private const string After = "after.";
    private const string Given = "in.";

    private readonly WorkflowDefinition definition;
    private readonly List<DryChoice> choices = [];
    private readonly List<Phrase> wrong = [];

    private DryRunForm(WorkflowDefinition definition) => this.definition = definition;

    public DateTimeOffset Start { get; private set; }

    /// <summary>As the browser's field for a moment writes it.</summary>
    public string StartText { get; private set; } = "";
    public Dictionary<string, string> Inputs { get; } = new(StringComparer.Ordinal);
    public IReadOnlyList<DryChoice> Choices => choices;
    public IReadOnlyList<Phrase> Wrong => wrong;

    /// <summary>Every activity with something to choose; decisions first.</summary>
    public IReadOnlyList<DryRunRow> Rows =>
        [
            .. definition
                .Activities.Values.Where(DryChoice.IsOpen)
                .OrderByDescending(a => DryChoice.OutcomesOf(a).Count > 1)
                .Select(a => Row(a, choices.Find(c => c.Activity == a.Id))),
        ];

    /// <summary>Choices the form has no fields for: a third answer, a star, another workflow's activity.</summary>
    public IReadOnlyList<DryChoice> Others => [.. choices.Where(c => !Fits(c))];

    public static DryRunForm Read(WorkflowDefinition definition, IQueryCollection query, TimeZoneInfo zone, DateTimeOffset now)
    {
        var form = new DryRunForm(definition);
        form.ReadStart(query["start"].ToString(), zone, now);
        foreach (var input in definition.Inputs)
            if (query[Given + input.Name].ToString() is { Length: > 0 and < 500 } text)
                form.ReadInput(input, text);
        foreach (var text in query["choose"].OfType<string>().Take(MostChoices))
        {
            var (choice, why) = DryChoice.Parse(text, definition);
            if (choice is not null)
                form.choices.Add(choice);
            else
                form.wrong.Add(why!.Value);
        }
        return form;
    }

    /// <summary>The address that says the same without the form's own fields; null when there are none.</summary>
    public static string? Canonical(IQueryCollection query)
    {
        if (!query.Keys.Any(IsField))
            return null;
        var kept = query
            .Where(q => !IsField(q.Key))
            .SelectMany(q => q.Value.Select(v => KeyValuePair.Create(q.Key, v)))
            .Where(p => !string.IsNullOrEmpty(p.Value))
            .ToList();
        var ids = query
            .Keys.Where(IsField)
            .Select(k => k[(k.IndexOf('.', StringComparison.Ordinal) + 1)..])
            .Distinct(StringComparer.Ordinal);
        foreach (var id in ids)
        {
            var after = query[After + id].ToString().Trim() is { Length: > 0 } span ? "@" + span : "";
            var (first, then) = (query[First + id].ToString(), query[Then + id].ToString());
            if (first.Length + then.Length + after.Length > 0)
                kept.Add(new("choose", $"{id}={first}{after}{(then.Length > 0 ? $",{then}{after}" : "")}"));
        }
        return QueryString.Create(kept.Select(p => KeyValuePair.Create(p.Key, new StringValues(p.Value)))).ToString();
    }

    /// <summary>The query of the same dry run with other choices.</summary>
    public string With(IEnumerable<DryChoice> others, int? version, bool? draft = null) =>
        QueryString
            .Create(
                new[] { KeyValuePair.Create("start", (string?)StartText) }
                    .Concat(version is { } v ? [KeyValuePair.Create("version", (string?)v.ToString(CultureInfo.InvariantCulture))] : [])
                    .Concat(draft == true ? [KeyValuePair.Create("draft", (string?)"true")] : [])
                    .Concat(Inputs.Select(i => KeyValuePair.Create(Given + i.Key, (string?)i.Value)))
                    .Concat(others.Select(c => KeyValuePair.Create("choose", (string?)c.ToString())))
            )
            .ToString();

    /// <summary>Values as the workflow would be given them: a moment without an offset is in the reader's zone.</summary>
    public IReadOnlyDictionary<string, JsonNode?> Values(TimeZoneInfo zone) =>
        Inputs.ToDictionary(
            i => i.Key,
            i =>
                IsMoment(definition.Inputs.First(p => p.Name == i.Key))
                && DateTime.TryParse(i.Value, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
                && local.Kind == DateTimeKind.Unspecified
                    ? JsonValue.Create(new DateTimeOffset(local, zone.GetUtcOffset(local)))
                    : (JsonNode?)JsonValue.Create(i.Value),
            StringComparer.Ordinal
        );

    private void ReadStart(string text, TimeZoneInfo zone, DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone);
        // Work begins in the morning; to the minute, so that the address says it whole.
        Start = new DateTimeOffset(local.Date.AddDays(1).AddHours(9), zone.GetUtcOffset(local.Date.AddDays(1)));
        if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var given))
            if (IsFar(given))
                wrong.Add(Far(text));
            else
                Start = new DateTimeOffset(DateTime.SpecifyKind(given, DateTimeKind.Unspecified), zone.GetUtcOffset(given));
        else if (text.Length > 0)
            wrong.Add(new($"'{text}' is not a moment such as 2026-12-01T09:00.", $"“{text}”不是时间，例如 2026-12-01T09:00。"));
        StartText = Start.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture);
    }

    private void ReadInput(WorkflowParameter input, string text)
    {
        if (
            IsMoment(input)
            && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var given)
            && IsFar(given)
        )
            wrong.Add(Far(text));
        else
            Inputs[input.Name] = text;
    }

    private static bool IsMoment(WorkflowParameter input) => input.Kind.StartsWith("DateTime", StringComparison.Ordinal);

    // Years of planning around it still have to be in the calendar.
    private static bool IsFar(DateTime given) => given.Year is < EarliestYear or >= LatestYear;

    private static Phrase Far(string text) =>
        new(
            $"'{text}' is not between the years {EarliestYear} and {LatestYear}, such as 2026-12-01T09:00.",
            $"“{text}”不在 {EarliestYear} 年至 {LatestYear} 年之间，例如 2026-12-01T09:00。"
        );

    private static DryRunRow Row(Activity activity, DryChoice? choice)
    {
        var fits = choice is not null && Fits(choice) ? choice : null;
        return new(
            activity,
            DryChoice.OutcomesOf(activity),
            fits?.Answers[0].Outcome ?? "",
            fits?.Answers.ElementAtOrDefault(1)?.Outcome ?? "",
            fits?.Answers[0].After?.ToString() ?? ""
        );
    }

    private static bool Fits(DryChoice choice) =>
        choice is { Always: false, Answers.Count: <= 2 }
        && choice.Answers.All(a => a.After == choice.Answers[0].After)
        && !choice.Activity.Contains('/', StringComparison.Ordinal);

    private static bool IsField(string key) =>
        key.StartsWith(First, StringComparison.Ordinal)
        || key.StartsWith(Then, StringComparison.Ordinal)
        || key.StartsWith(After, StringComparison.Ordinal);
}
