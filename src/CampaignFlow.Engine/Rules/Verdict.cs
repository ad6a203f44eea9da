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

    /// <summary>Channel codes by role: <c>loser</c>, <c>winner</c> or <c>channel</c>; empty for a campaign rule.</summary>
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

    public sealed record Pause(string Channel) : RuleAction;

    public sealed record Notify(string Whom, Phrase Message) : RuleAction;

    /// <summary>Ask a role; silence leads to <paramref name="Otherwise"/>.</summary>
    public sealed record Ask(string Whom, Phrase Question, TimeSpan Within, string Otherwise) : RuleAction;

    /// <summary>Suspend money moves until data or a person lifts it.</summary>
    public sealed record Hold(string What) : RuleAction;

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
