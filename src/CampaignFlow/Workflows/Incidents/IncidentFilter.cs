using CampaignFlow.Engine;

namespace CampaignFlow.Workflows.Incidents;

/// <summary>How old an incident is, as a list offers it.</summary>
/// <param name="Code">As it stands in an address.</param>
/// <param name="Within">Not longer ago than this; null: no matter.</param>
/// <param name="Before">Longer ago than this; null: no matter.</param>
public sealed record IncidentAge(string Code, Phrase Name, TimeSpan? Within, TimeSpan? Before)
{
    public static IReadOnlyList<IncidentAge> All { get; } =
    [
        new("1h", new("In the last hour", "一小时内"), TimeSpan.FromHours(1), null),
        new("1d", new("In the last day", "一天内"), TimeSpan.FromDays(1), null),
        new("7d", new("In the last 7 days", "7 天内"), TimeSpan.FromDays(7), null),
        new("over-1d", new("Older than a day", "超过一天"), null, TimeSpan.FromDays(1)),
        new("over-7d", new("Older than 7 days", "超过 7 天"), null, TimeSpan.FromDays(7)),
    ];
}

/// <summary>Which incidents are asked for; null: all.</summary>
/// <param name="Workflow">Id of the definition.</param>
/// <param name="Kind">Type of the activity; <see cref="OfTheRun"/> for bursts that died without a step to blame.</param>
/// <param name="Text">Somewhere in the step's name, its error or the campaign's name.</param>
public sealed record IncidentFilter(string? Workflow = null, string? Kind = null, IncidentAge? Age = null, string? Text = null)
{
    public const string OfTheRun = "run";
    private const int LongestText = 200;

    public static IncidentFilter Of(IQueryCollection query) =>
        Of(query["workflow"].ToString(), query["kind"].ToString(), query["age"].ToString(), query["text"].ToString());

    public static IncidentFilter Of(string? workflow, string? kind, string? age, string? text) =>
        new(Asked(workflow), Asked(kind), IncidentAge.All.FirstOrDefault(a => a.Code == age), Asked(text));

    /// <summary>As it stands in an address: name and value.</summary>
    public IEnumerable<KeyValuePair<string, string?>> Fields =>
        new[]
        {
            KeyValuePair.Create("workflow", Workflow),
            KeyValuePair.Create("kind", Kind),
            KeyValuePair.Create("age", Age?.Code),
            KeyValuePair.Create("text", Text),
        }.Where(f => f.Value is not null);

    private static string? Asked(string? value) =>
        value?.Trim() is { Length: > 0 } asked ? asked[..Math.Min(asked.Length, LongestText)] : null;
}
