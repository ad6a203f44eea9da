namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>Budgets as they would stand had the proposals been carried out; the same balanced moves as the ledger's.</summary>
internal sealed class SimulatedBooks
{
    /// <summary>A channel with fewer days of numbers is still in its learning phase.</summary>
    private const int LearningDays = 3;

    /// <summary>As much as a budget can be: in a free run neither reserve nor ceiling stops anything.</summary>
    private const long Endless = 1_000_000_000_000_000;

    private readonly History history;
    private readonly bool free;
    private readonly Dictionary<string, long> balances;
    private readonly Dictionary<string, List<(DateOnly From, DateOnly? Until)>> pauses = new(StringComparer.Ordinal);
    private readonly List<BudgetChange> changes = [];

    /// <param name="free">Without reserve, floors, ceilings and learning phases: what the rule's own words alone would do.</param>
    public SimulatedBooks(History history, bool free)
    {
        (this.history, this.free) = (history, free);
        balances = history.Channels.ToDictionary(c => c.Code, c => c.BudgetMinor, StringComparer.Ordinal);
        ReserveMinor = free ? Endless : history.ReserveMinor;
    }

    public long? ReserveMinor { get; private set; }
    public long TotalMinor => balances.Values.Sum();

    public long Of(string channel) => balances[channel];

    /// <summary>What the channel would have spent: nothing while it is paused.</summary>
    public long Spending(string channel) => IsPaused(channel) ? 0 : balances[channel];

    public Snapshot Snapshot(Morning morning, KnownFacts known) =>
        new()
        {
            Campaign = history.Campaign,
            Currency = history.Currency,
            Now = morning.Now,
            Today = morning.Day,
            FlightStart = history.FlightStart,
            FlightEnd = history.FlightEnd,
            FlightBudgetMinor = history.FlightBudgetMinor,
            Goals = history.Goals,
            Channels = [.. history.Channels.Select(c => State(c, known))],
            Changes = [.. changes],
            ReserveMinor = ReserveMinor,
            Promotions = history.Promotions,
            Curve = history.Curve,
            Limits = free ? new Dictionary<string, GuardLimits>() : history.Limits,
        };

    private ChannelState State(HistoryChannel channel, KnownFacts known)
    {
        var days = known.Of(channel.Code, day => Paused(channel.Code, day));
        return new(
            channel.Code,
            channel.Name,
            balances[channel.Code],
            free ? 0 : channel.FloorMinor,
            free ? Endless : channel.CeilingMinor,
            channel.Shiftable,
            !IsPaused(channel.Code),
            days
        )
        {
            Learning = !free && days.Count < LearningDays,
            Source = channel.Source,
        };
    }

    /// <summary>Carries out one action on the books; what is not about money changes nothing here.</summary>
    public void Apply(string rule, RuleAction action, DateOnly day)
    {
        switch (action)
        {
            case RuleAction.Shift shift:
                Move(rule, shift.From, shift.To, shift.AmountMinor, day);
                break;
            case RuleAction.Lift lift:
                Move(rule, BudgetChange.Reserve, lift.Channel, lift.AmountMinor, day);
                break;
            case RuleAction.Cut cut:
                Move(rule, cut.Channel, BudgetChange.Reserve, cut.AmountMinor, day);
                break;
            case RuleAction.Revert revert:
                var undone = changes.FindLastIndex(c =>
                    c.Rule == revert.Rule && c.Date == revert.Day && c.To == revert.From && !c.Reverted
                );
                if (undone >= 0)
                    changes[undone] = changes[undone] with { Reverted = true };
                Move(rule, revert.From, revert.To, revert.AmountMinor, day);
                break;
            case RuleAction.Pause pause:
                if (!pauses.TryGetValue(pause.Channel, out var spans))
                    pauses[pause.Channel] = spans = [];
                spans.Add((day, null));
                changes.Add(new(rule, pause.Channel, null, 0, day, Waiting: false));
                break;
            case RuleAction.Resume resume when pauses.TryGetValue(resume.Channel, out var open):
                open[^1] = (open[^1].From, day);
                break;
        }
    }

    private void Move(string rule, string from, string to, long amount, DateOnly day)
    {
        Add(from, -amount);
        Add(to, amount);
        changes.Add(new(rule, from, to, amount, day, Waiting: false));
    }

    private void Add(string account, long amount)
    {
        if (account != BudgetChange.Reserve)
            balances[account] += amount;
        else if (!free)
            ReserveMinor += amount;
    }

    private bool IsPaused(string channel) => pauses.TryGetValue(channel, out var spans) && spans[^1].Until is null;

    private bool Paused(string channel, DateOnly day) =>
        pauses.TryGetValue(channel, out var spans) && spans.Exists(s => day >= s.From && (s.Until is not { } until || day < until));
}
