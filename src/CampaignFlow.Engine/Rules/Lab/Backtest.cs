namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>
/// Rules over a history, morning by morning, with nothing but what was known then. The same engine and guards as in production; what
/// fires is carried out on simulated books, questions are answered with yes.
/// </summary>
public sealed class Backtest
{
    private const int ReversalDays = 14;

    private readonly IReadOnlyDictionary<string, Rule> rules;
    private readonly History history;
    private readonly SimulatedBooks books;
    private readonly IReadOnlyDictionary<(string Channel, DateOnly Day), DayFact> final;
    private readonly List<BacktestDay> days = [];
    private readonly List<Firing> firings = [];
    private readonly List<Clash> clashes = [];
    private readonly List<Reversal> reversals = [];
    private readonly Dictionary<(string Rule, VerdictKind Kind, string By), Silence> silences = [];
    private readonly Dictionary<string, List<long>> paths;
    private (double Before, double After, double Weight, double WeightAfter) earned;

    private Backtest(IReadOnlyList<Rule> rules, History history, bool free)
    {
        this.rules = rules.ToDictionary(r => r.Id, StringComparer.Ordinal);
        this.history = history;
        books = new(history, free);
        final = history.Final;
        paths = history.Channels.ToDictionary(c => c.Code, _ => new List<long>(), StringComparer.Ordinal);
    }

    /// <param name="free">Leaves out reserve, floors, ceilings, learning phases and the daily total limit.</param>
    public static BacktestReport Run(
        IReadOnlyList<Rule> rules,
        History history,
        bool free = false,
        CancellationToken cancellationToken = default
    )
    {
        IReadOnlyList<Rule> used = free ? [.. rules.Select(r => r with { Guard = r.Guard with { MoveAtMost = 1_000 } })] : rules;
        var run = new Backtest(used, history, free);
        var known = new KnownFacts(history);
        foreach (var morning in history.Mornings)
        {
            cancellationToken.ThrowIfCancellationRequested();
            known.Advance(morning.Now);
            run.Look(used, morning, known);
        }
        return run.Report();
    }

    private void Look(IReadOnlyList<Rule> used, Morning morning, KnownFacts known)
    {
        var before = books.TotalMinor;
        var count = firings.Count;
        var verdicts = RuleEngine.Evaluate(used, books.Snapshot(morning, known));
        foreach (var verdict in verdicts)
            if (verdict.Kind == VerdictKind.Fired)
                Carry(verdict, morning.Day);
            else
                Note(verdict, morning.Day);
        foreach (var channel in history.Channels)
            paths[channel.Code].Add(books.Of(channel.Code));
        var today = firings.Skip(count).ToList();
        days.Add(
            new(
                morning.Day,
                before,
                books.TotalMinor,
                history.ReserveMinor is null ? null : books.ReserveMinor,
                today.Count,
                today.Sum(f => f.AmountMinor ?? 0),
                Effect(morning.Day)
            )
        );
    }

    private void Carry(Verdict verdict, DateOnly day)
    {
        foreach (var action in verdict.Actions)
        {
            var (from, to, amount) = Legs(action);
            if (verdict.Mode is not Mode.Observe)
            {
                books.Apply(verdict.Rule, action, day);
                if (amount is not null && action is not RuleAction.Revert)
                    Reversed(verdict.Rule, from!, to!, day);
            }
            var asks = verdict.Mode switch
            {
                Mode.Auto or Mode.Observe => false,
                Mode.AskAbove above => amount > above.Minor,
                _ => true,
            };
            firings.Add(new(day, verdict.Rule, NameOf(action), from, to, verdict.Mode is Mode.Observe ? null : amount, asks, verdict.Why));
        }
    }

    private void Reversed(string rule, string from, string to, DateOnly day)
    {
        var back = firings.FindLast(f =>
            f.From == to && f.To == from && f.AmountMinor is not null && day.DayNumber - f.Day.DayNumber is > 0 and <= ReversalDays
        );
        if (back is not null)
            reversals.Add(new(day, back.Day, from, to, rule, back.Rule));
    }

    private void Note(Verdict verdict, DateOnly day)
    {
        var by =
            verdict.BlockedBy
            ?? verdict.Clauses.FirstOrDefault(c => c.Holds == (verdict.Kind == VerdictKind.NotFired ? false : null))?.Text
            ?? "";
        var key = (verdict.Rule, verdict.Kind, by);
        var seen = silences.TryGetValue(key, out var known) ? known.Count : 0;
        var subject = string.Join(" → ", verdict.Subject.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value));
        silences[key] = new(verdict.Rule, verdict.Kind, by, seen + 1, day, subject, verdict.Why);
        if (verdict.Kind == VerdictKind.Lost && by != verdict.Rule && rules.TryGetValue(by, out var other))
            Clashed(verdict, other, day);
    }

    private void Clashed(Verdict verdict, Rule other, DateOnly day)
    {
        var mine = rules[verdict.Rule];
        foreach (var (role, channel) in verdict.Subject)
        {
            var ways = Effects.Of(mine).Where(e => e.Role == role).Select(e => e.Up).Distinct().ToList();
            if (Direction(other.Id, channel, day) is { } up)
                clashes.Add(new(day, channel, mine.Id, other.Id, ways is [{ } way] && way != up));
        }
    }

    /// <summary>What the other rule did with the channel today.</summary>
    private bool? Direction(string rule, string channel, DateOnly day) =>
        firings.FindLast(f => f.Day == day && f.Rule == rule && (f.From == channel || f.To == channel)) is { } firing
            ? firing.To == channel
            : null;

    /// <summary>Open loop: each channel earns at its own ROAS of the day, whatever it is given.</summary>
    private long? Effect(DateOnly day)
    {
        double? effect = null;
        foreach (var channel in history.Channels)
        {
            if (!final.TryGetValue((channel.Code, day), out var fact) || fact.SpendMinor is not > 0 || fact.RevenueMinor is not { } revenue)
                continue;
            var roas = revenue / (double)fact.SpendMinor;
            var now = books.Spending(channel.Code);
            effect = (effect ?? 0) + ((now - channel.BudgetMinor) * roas);
            earned = (
                earned.Before + (channel.BudgetMinor * roas),
                earned.After + (now * roas),
                earned.Weight + channel.BudgetMinor,
                earned.WeightAfter + now
            );
        }
        return effect is { } sum && Math.Abs(sum) < long.MaxValue / 2d ? (long)Math.Round(sum) : null;
    }

    private BacktestReport Report()
    {
        var start = history.DailyTotalMinor + (history.ReserveMinor ?? 0);
        return new()
        {
            Currency = history.Currency,
            From = history.Mornings.Count > 0 ? history.Mornings[0].Day : history.FlightStart,
            To = history.Mornings.Count > 0 ? history.Mornings[^1].Day : history.FlightEnd,
            Evaluations = days.Count,
            Channels = [.. history.Channels.Select(c => new PathOfChannel(c.Code, c.Name, c.BudgetMinor, paths[c.Code]))],
            Days = days,
            Firings = firings,
            Silences = [.. silences.Values.OrderBy(s => s.Rule, StringComparer.Ordinal).ThenBy(s => s.Kind).ThenByDescending(s => s.Count)],
            Clashes = clashes,
            Reversals = reversals,
            TotalStartMinor = start,
            TotalEndMinor = days.Count == 0 ? start : days[^1].TotalMinor + (days[^1].ReserveMinor ?? 0),
            KeepsTotal = days.TrueForAll(d => d.TotalMinor + (d.ReserveMinor ?? 0) == start),
            RoasBefore = earned.Weight > 0 ? earned.Before / earned.Weight : null,
            RoasAfter = earned.WeightAfter > 0 ? earned.After / earned.WeightAfter : null,
        };
    }

    private static (string? From, string? To, long? Amount) Legs(RuleAction action) =>
        action switch
        {
            RuleAction.Shift s => (s.From, s.To, s.AmountMinor),
            RuleAction.Lift l => (BudgetChange.Reserve, l.Channel, l.AmountMinor),
            RuleAction.Cut c => (c.Channel, BudgetChange.Reserve, c.AmountMinor),
            RuleAction.Revert r => (r.From, r.To, r.AmountMinor),
            RuleAction.Pause p => (p.Channel, null, null),
            RuleAction.Resume r => (null, r.Channel, null),
            RuleAction.Mark m => (m.Channel, null, null),
            RuleAction.Hold h => (h.Channel, null, null),
            _ => (null, null, null),
        };

    private static string NameOf(RuleAction action) => action.GetType().Name.ToLowerInvariant();
}
