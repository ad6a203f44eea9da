using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.DryRuns;

/// <summary>What a person chose for a dry run.</summary>
public sealed record DryRunRequest
{
    /// <summary>When it starts; working days are counted in its offset.</summary>
    public required DateTimeOffset Start { get; init; }

    public IReadOnlyDictionary<string, JsonNode?> Inputs { get; init; } = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
    public IReadOnlyList<DryChoice> Choices { get; init; } = [];

    /// <summary>When an event comes for the next time after a moment; null: nobody is known to publish it.</summary>
    public Func<string, DateTimeOffset, DateTimeOffset?>? NextEvent { get; init; }

    /// <summary>Other workflows by id, for those that are executed on the way; null: they are taken as done at once.</summary>
    public Func<string, WorkflowDefinition?>? Others { get; init; }
}

/// <summary>One activity on the way.</summary>
/// <param name="Number">From 1, in the order in which they begin.</param>
/// <param name="Within">Id of the other workflow it belongs to; null: the definition itself.</param>
/// <param name="Visit">How often this activity has come up, 1 at first.</param>
public sealed record DryStep(int Number, string? Within, Activity Activity, int Visit, DateTimeOffset StartedAt)
{
    /// <summary>Null when it never ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Null when it never ended or was left because another branch went on.</summary>
    public string? Outcome { get; init; }

    /// <summary>The outcome was chosen by the person, not worked out or usual.</summary>
    public bool Chosen { get; init; }

    /// <summary>What it waits for, when it waits.</summary>
    public Phrase? WaitsFor { get; init; }

    /// <summary>Another branch won, or the run ended: what it asked for is withdrawn.</summary>
    public bool Withdrawn { get; init; }

    public string? Error { get; init; }
    public Rehearsal Does { get; init; } = new();
    public TimeSpan? Took => EndedAt - StartedAt;
}

/// <summary>An activity at which the run stands, and why.</summary>
public sealed record DryStuck(Activity Activity, Phrase Why);

/// <summary>A way back that was taken, and how often.</summary>
public sealed record DryLoop(Activity From, Activity To, int Times);

/// <param name="Status">Finished, Suspended (stuck) or Faulted.</param>
/// <param name="Ended">When it was over or came to a standstill.</param>
/// <param name="Taken">Connections that were followed.</param>
/// <param name="Assumed">What was taken for granted because nobody said it.</param>
public sealed record DryRunResult(
    RunStatus Status,
    DateTimeOffset Started,
    DateTimeOffset Ended,
    IReadOnlyList<DryStep> Steps,
    IReadOnlyList<DryStuck> Stuck,
    IReadOnlyList<DryLoop> Loops,
    IReadOnlySet<Connection> Taken,
    IReadOnlyList<Phrase> Notes,
    IReadOnlyList<Phrase> Assumed,
    IReadOnlyDictionary<string, JsonNode?> Output
)
{
    public bool Finished => Status == RunStatus.Finished;
    public TimeSpan Took => Ended - Started;

    /// <summary>Mails by kind and readers, with how often each would go out.</summary>
    public IReadOnlyList<(RehearsedMail Mail, int Times)> Mails =>
        [
            .. Steps
                .SelectMany(s => s.Does.Mails)
                .GroupBy(m => (m.Kind, Roles: string.Join(',', m.Roles)))
                .Select(g => (g.First(), g.Count())),
        ];

    /// <summary>Tasks and decisions in the order in which they are asked for.</summary>
    public IEnumerable<DryStep> Tasks => Steps.Where(s => s.Does.Task is not null);
}
