using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.DryRuns;

/// <summary>What an activity would do, said by the slice that owns it. Nothing of it happens.</summary>
public sealed record Rehearsal
{
    /// <summary>How long it takes as planned: people use the time they are given. Working it out is instant.</summary>
    public TimeSpan Takes { get; init; }

    public IReadOnlyList<RehearsedMail> Mails { get; init; } = [];

    /// <summary>The task or decision it puts before people.</summary>
    public RehearsedTask? Task { get; init; }

    /// <summary>Whatever else it would do or look at, in sentences.</summary>
    public IReadOnlyList<Phrase> Notes { get; init; } = [];

    public IReadOnlyDictionary<string, JsonNode?> Outputs { get; init; } = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
}

/// <param name="Kind">As the mails' page knows it: <c>task-assigned</c>.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Roles">Who gets it.</param>
public sealed record RehearsedMail(string Kind, Phrase Name, IReadOnlyList<string> Roles);

/// <param name="Decides">People say yes or no; else they do the work and report it.</param>
/// <param name="Roles">Whose turn it is.</param>
public sealed record RehearsedTask(Phrase Title, IReadOnlyList<string> Roles, DateTimeOffset DueAt, bool Decides);

/// <summary>One call of an activity in a dry run.</summary>
/// <param name="Inputs">Worked out as in a real run.</param>
/// <param name="FirstAt">When this activity was called for the first time in this run.</param>
/// <param name="Given">Inputs of the run.</param>
public sealed record RehearsalCall(
    Activity Activity,
    IReadOnlyDictionary<string, JsonNode?> Inputs,
    DateTimeOffset Now,
    DateTimeOffset FirstAt,
    IReadOnlyDictionary<string, JsonNode?> Given
)
{
    /// <summary>The input as text; null when it is missing or empty.</summary>
    public string? Text(string input) => Inputs.GetValueOrDefault(input)?.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A list, or one value.</summary>
    public IReadOnlyList<string> List(string input) =>
        Inputs.GetValueOrDefault(input) is JsonArray list ? [.. list.Select(i => i?.ToString() ?? "")]
        : Text(input) is { } one ? [one]
        : [];

    public TimeSpan Span(string input, TimeSpan usual) =>
        TimeSpan.TryParse(Text(input), CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero ? span : usual;

    /// <summary>An input of the run as an instant.</summary>
    public DateTimeOffset? Moment(string given) =>
        DateTimeOffset.TryParse(
            Given.GetValueOrDefault(given)?.ToString(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var moment
        )
            ? moment
            : null;
}
