using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

public enum VerdictKind
{
    /// <summary>Conditions hold and no guard objects: the actions are proposed.</summary>
    Fired,

    /// <summary>A condition is false.</summary>
    NotFired,

    /// <summary>A fact is missing, so nobody can tell.</summary>
    Unknown,

    /// <summary>Conditions hold, a guard objects.</summary>
    Blocked,

    /// <summary>Conditions hold, another rule or subject came first.</summary>
    Lost,
}

/// <summary>What one rule says about one subject (a pair, a channel, the campaign), with every number it looked at.</summary>
public sealed record Verdict
{
    /// <summary>File name without extension.</summary>
    public required string Rule { get; init; }

    /// <summary>SHA-256 of the rule's text, hex: the exact version that spoke.</summary>
    public required string RuleHash { get; init; }

    /// <summary>Channel codes by role: <c>loser</c>, <c>winner</c> or <c>channel</c>; empty for a campaign or portfolio rule.</summary>
    public required IReadOnlyDictionary<string, string> Subject { get; init; }

    public required VerdictKind Kind { get; init; }
    public required IReadOnlyList<Clause> Clauses { get; init; }

    /// <summary>What the rule asks for, limits already applied; empty unless fired or blocked.</summary>
    public required IReadOnlyList<RuleAction> Actions { get; init; }

    /// <summary>Name of the guard that objected (<c>cooldown</c>, <c>floor</c>, <c>sample</c>…) or of the rule it lost to.</summary>
    public string? BlockedBy { get; init; }

    /// <summary>Why, or why not, as a sentence with the numbers.</summary>
    public required Phrase Why { get; init; }

    public required Mode Mode { get; init; }
}

/// <summary>What a rule asks for. Rules propose; nothing here moves money by itself.</summary>
public abstract record RuleAction
{
    private RuleAction() { }

    public sealed record Shift(string From, string To, long AmountMinor) : RuleAction;

    /// <summary>More for the channel, out of the reserve.</summary>
    public sealed record Lift(string Channel, long AmountMinor) : RuleAction;

    /// <summary>Less for the channel, back to the reserve.</summary>
    public sealed record Cut(string Channel, long AmountMinor) : RuleAction;

    /// <summary>The way back of a shift that <paramref name="Rule"/> proposed on <paramref name="Day"/>.</summary>
    /// <param name="From">Who gives back: the channel that got the money then.</param>
    public sealed record Revert(string Rule, DateOnly Day, string From, string To, long AmountMinor) : RuleAction;

    public sealed record Pause(string Channel) : RuleAction;

    public sealed record Resume(string Channel) : RuleAction;

    /// <summary>A derived fact; it lives as long as the evaluation.</summary>
    /// <param name="Channel">Null: the campaign.</param>
    public sealed record Mark(string? Channel, string Word) : RuleAction;

    public sealed record Issue(string? Channel, Phrase Title, Phrase Why) : RuleAction;

    public sealed record Task(string Whom, Phrase What, Phrase Why, TimeSpan Within) : RuleAction;

    /// <summary>Start a workflow for the campaign.</summary>
    public sealed record Start(string Workflow) : RuleAction;

    /// <summary>Tell waiting workflows.</summary>
    public sealed record Signal(string Event) : RuleAction;

    /// <summary>Suggest an experiment that would answer the question.</summary>
    public sealed record Experiment(string? Channel, Phrase Question, Phrase Why) : RuleAction;

    public sealed record Notify(string Whom, Phrase Message) : RuleAction;

    /// <summary>Ask a role; silence leads to <paramref name="Otherwise"/>.</summary>
    public sealed record Ask(string Whom, Phrase Question, TimeSpan Within, string Otherwise) : RuleAction;

    /// <summary>Suspend money moves until data or a person lifts it.</summary>
    /// <param name="Channel">Only of this channel, in this evaluation; null: all, until it is lifted.</param>
    public sealed record Hold(string What, string? Channel = null) : RuleAction;

    public sealed record Advance(string To) : RuleAction;
}

/// <summary>How far a rule may go on its own.</summary>
public abstract record Mode
{
    private Mode() { }

    public sealed record Observe : Mode;

    public sealed record Ask : Mode;

    public sealed record AskAbove(long Minor) : Mode;

    public sealed record Auto : Mode;
}
