using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>One rule file, read and checked.</summary>
public sealed record Rule
{
    public const int UsualPriority = 50;

    /// <summary>File name without extension.</summary>
    public required string Id { get; init; }

    /// <summary>SHA-256 of the file's text, hex.</summary>
    public required string Hash { get; init; }
    public required string Text { get; init; }
    public required Phrase Title { get; init; }
    public required ForEach ForEach { get; init; }

    /// <summary>Higher goes first.</summary>
    public int Priority { get; init; } = UsualPriority;

    /// <summary>Of the rules with the same group only one acts on a subject.</summary>
    public string? OnlyOneOf { get; init; }

    /// <summary>Tried in order; the first that holds acts.</summary>
    public required IReadOnlyList<Branch> Branches { get; init; }

    /// <summary>Which winner a loser gets when several match.</summary>
    public Choice? Choose { get; init; }
    public required GuardSet Guard { get; init; }
    public required AskedMode Mode { get; init; }

    /// <summary>When the schedule evaluates it: <c>every day</c>.</summary>
    public string? Check { get; init; }

    public Schedule Schedule { get; init; } = Schedule.Daily;

    /// <summary>Words that it marks with.</summary>
    public IEnumerable<string> Sets =>
        Branches.SelectMany(b => b.Then).OfType<AskedAction.Mark>().Select(m => m.Word).Distinct(StringComparer.Ordinal);

    /// <summary>Marks that its conditions read.</summary>
    public IEnumerable<string> Reads =>
        Branches
            .SelectMany(b => WhenTest.Formulas(b.When))
            .SelectMany(f => f.Facts)
            .SelectMany(Fact.WithInner)
            .OfType<Fact.TextIs>()
            .Where(t => t.Term.Name == RuleVocabulary.Mark)
            .Select(t => t.Text)
            .Distinct(StringComparer.Ordinal);

    /// <summary>The whole rule as one readable sentence.</summary>
    public Phrase Sentence => RuleSentence.Of(this);
}

/// <summary>A condition and what follows from it.</summary>
public sealed record Branch(When When, IReadOnlyList<AskedAction> Then);

public sealed record Choice(bool Highest, Formula Value);

/// <summary>Conditions of a rule file, three-valued.</summary>
public abstract record When
{
    private When() { }

    public sealed record All(IReadOnlyList<When> Of) : When;

    public sealed record Any(IReadOnlyList<When> Of) : When;

    public sealed record Unless(When Of) : When;

    public sealed record Holds(Formula Formula) : When;

    /// <summary>No entry in any of the last <paramref name="Days"/> days.</summary>
    /// <param name="Of">Entries of this metric only; null: any.</param>
    /// <param name="From">Channels of this source, or this channel; null: the subject.</param>
    public sealed record NoData(int Days, string? Of = null, string? From = null) : When;

    public sealed record Learning(bool Expected) : When;

    /// <summary>How many of the active channels (of a portfolio: campaigns) the condition holds for.</summary>
    /// <param name="Least">With <see cref="HowMany.AtLeast"/>.</param>
    public sealed record Channels(HowMany HowMany, int Least, When Of, bool OfCampaigns) : When;
}

public enum HowMany
{
    Any,
    Every,
    No,
    AtLeast,
}

/// <summary>What a file asks for, before a subject and amounts are known.</summary>
public abstract record AskedAction
{
    private AskedAction() { }

    /// <param name="Amount">Money.</param>
    public sealed record Shift(Formula Amount) : AskedAction;

    /// <summary>From the reserve.</summary>
    public sealed record Lift(string Role, Formula Amount) : AskedAction;

    /// <summary>Back to the reserve.</summary>
    public sealed record Cut(string Role, Formula Amount) : AskedAction;

    /// <summary>Lifts or cuts to a daily budget.</summary>
    public sealed record Scale(string Role, Formula Target) : AskedAction;

    /// <summary>Undoes the channel's last shift.</summary>
    public sealed record Revert(string Role) : AskedAction;

    /// <param name="Role"><c>loser</c>, <c>winner</c> or <c>channel</c>.</param>
    public sealed record Pause(string Role) : AskedAction;

    public sealed record Resume(string Role) : AskedAction;

    /// <summary>A derived fact for other rules.</summary>
    /// <param name="Role">A channel's role, or <c>campaign</c>.</param>
    public sealed record Mark(string Role, string Word) : AskedAction;

    public sealed record Issue(Phrase What) : AskedAction;

    public sealed record Task(string Whom, Phrase What, TimeSpan Within) : AskedAction;

    /// <summary>Another workflow for the campaign.</summary>
    public sealed record Start(string Workflow) : AskedAction;

    /// <summary>An event that workflows may wait for.</summary>
    public sealed record Signal(string Event) : AskedAction;

    public sealed record Experiment(Phrase Question) : AskedAction;

    public sealed record Notify(string Whom) : AskedAction;

    public sealed record Ask(string Whom, Phrase What, TimeSpan Within, string Otherwise) : AskedAction;

    public sealed record Hold(string What) : AskedAction;

    public sealed record Advance(string To) : AskedAction;
}

public abstract record AskedMode
{
    private AskedMode() { }

    public sealed record Observe : AskedMode;

    public sealed record Ask : AskedMode;

    /// <param name="Amount">Money.</param>
    public sealed record AskAbove(Formula Amount) : AskedMode;

    public sealed record Auto : AskedMode;
}

/// <summary>What the engine checks after the conditions, whatever the author wrote. Defaults apply to every rule.</summary>
public sealed record GuardSet
{
    public static GuardSet Usual { get; } = new();

    /// <summary>Days still filling with late conversions: windows such as 7d end before them.</summary>
    public int IgnoreLastDays { get; init; }

    /// <summary>Windows leave promotion days out.</summary>
    public bool IgnorePromotions { get; init; }

    /// <summary>Least probability that the conditions hold, given how much data there is; 0.9 is 90 %.</summary>
    public double? Certainty { get; init; }
    public int CooldownDays { get; init; }

    /// <summary>False: a change anywhere in the campaign counts.</summary>
    public bool CooldownPerChannel { get; init; } = true;
    public ChangeLimit? AtMost { get; init; }

    /// <summary>Largest part of either side's daily budget that one change may move.</summary>
    public double ChangeAtMost { get; init; } = 0.20;

    /// <summary>Largest part of the campaign's daily total that all changes of one day may move.</summary>
    public double MoveAtMost { get; init; } = 0.08;

    /// <summary>What a channel keeps a day, beside its own floor. Money.</summary>
    public Formula? KeepAtLeast { get; init; }
    public Sample? AtLeast { get; init; }

    /// <summary>Set by people beside the file: conversions that each channel of a shift must have in the rule's window.</summary>
    public double? LeastConversions { get; init; }

    /// <summary>Set by people beside the file, for the whole campaign.</summary>
    public int? ChangesPerWeek { get; init; }

    /// <summary>The kill switch is thrown; why.</summary>
    public Phrase? Stopped { get; init; }
}

public sealed record ChangeLimit(int Changes, bool PerChannel, int Days);

/// <param name="Days">Null: the rule's longest window.</param>
public sealed record Sample(double Count, Term Metric, int? Days);
