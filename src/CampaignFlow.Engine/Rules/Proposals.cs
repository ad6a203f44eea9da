namespace CampaignFlow.Engine.Rules;

/// <summary>What this evaluation has proposed so far: later verdicts reckon with it.</summary>
internal sealed class Proposals(Snapshot snapshot)
{
    private readonly Dictionary<string, string> changed = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Group, string Subject), string> acted = [];
    private readonly List<BudgetChange> changes = [.. snapshot.Changes];

    public Snapshot Snapshot => snapshot;

    private readonly Dictionary<string, string> held = new(StringComparer.Ordinal);

    public string? HeldBy { get; private set; }

    /// <summary>The rule that holds changes of this channel alone.</summary>
    public string? Holder(string channel) => held.GetValueOrDefault(channel);

    /// <summary>What the reserve still gives in this evaluation.</summary>
    public long ReserveLeft =>
        (snapshot.ReserveMinor ?? 0)
        - changes.Skip(snapshot.Changes.Count).Where(c => c.From == BudgetChange.Reserve).Sum(c => c.AmountMinor);

    public IEnumerable<BudgetChange> Changes => changes;

    public long MovedToday => changes.Where(c => c.Date == snapshot.Today && c is { From: not null, To: not null }).Sum(c => c.AmountMinor);

    public int ActiveChannels => snapshot.Channels.Count(c => c.Active) - changes.Skip(snapshot.Changes.Count).Count(c => c.To is null);

    /// <summary>The rule that already changes the channel in this evaluation.</summary>
    public string? ChangedBy(string channel) => changed.GetValueOrDefault(channel);

    public string? ActedInGroup(Rule rule, IEnumerable<string> subjects) =>
        rule.OnlyOneOf is { } group
            ? subjects.Select(s => acted.GetValueOrDefault((group, s))).FirstOrDefault(other => other is not null && other != rule.Id)
            : null;

    public void Add(Rule rule, IReadOnlyList<string> subjects, IEnumerable<RuleAction> actions)
    {
        if (rule.OnlyOneOf is { } group)
            foreach (var subject in subjects)
                acted.TryAdd((group, subject), rule.Id);
        foreach (var action in actions)
            switch (action)
            {
                case RuleAction.Shift shift:
                    Change(rule, shift.From, shift.To, shift.AmountMinor);
                    break;
                case RuleAction.Pause pause:
                    Change(rule, pause.Channel, null, snapshot.Channels.First(c => c.Code == pause.Channel).BudgetMinor);
                    break;
                case RuleAction.Lift lift:
                    Change(rule, BudgetChange.Reserve, lift.Channel, lift.AmountMinor);
                    break;
                case RuleAction.Cut cut:
                    Change(rule, cut.Channel, BudgetChange.Reserve, cut.AmountMinor);
                    break;
                case RuleAction.Revert revert:
                    Change(rule, revert.From, revert.To, revert.AmountMinor);
                    break;
                case RuleAction.Resume resume:
                    changed[resume.Channel] = rule.Id;
                    break;
                case RuleAction.Hold { Channel: { } channel }:
                    held.TryAdd(channel, rule.Id);
                    break;
                case RuleAction.Hold:
                    HeldBy ??= rule.Id;
                    break;
            }
    }

    private void Change(Rule rule, string from, string? to, long amount)
    {
        foreach (var channel in new[] { from, to })
            if (channel is not (null or BudgetChange.Reserve))
                changed[channel] = rule.Id;
        changes.Add(new(rule.Id, from, to, amount, snapshot.Today, Waiting: false));
    }
}
