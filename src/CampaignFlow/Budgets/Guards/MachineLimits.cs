using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets.Guards;

/// <summary>The rules as their files stand.</summary>
public interface IRulesInForce
{
    /// <returns>Null when there is no such rule, or no more.</returns>
    Rule? Find(string id);
}

/// <summary>
/// What a rule's file and people allow a rule in one move, one day and one week, asked while the books are locked: a proposal may be
/// answered on another day than it was made, and two evaluations at once do not see each other.
/// </summary>
public sealed class MachineLimits(CampaignFlowDb db, GuardQueries guards, IRulesInForce rules)
{
    private sealed record Moved(string From, string To, long AmountMinor, int DaysAgo)
    {
        public bool Touches(IEnumerable<string> channels) => channels.Any(c => c == From || c == To);
    }

    /// <param name="balances">What each account holds before the move.</param>
    public async Task<Phrase?> ObjectionAsync(
        Campaign campaign,
        IReadOnlyList<ChannelRails> channels,
        Movement move,
        IReadOnlyDictionary<string, long> balances,
        CancellationToken cancellationToken
    )
    {
        var sides = channels.Where(c => c.Code == move.From || c.Code == move.To).ToList();
        var guard = Guards(campaign, move.Rule!, await guards.BookAsync(cancellationToken));
        var moved = await MovedAsync(campaign, move, cancellationToken);
        return await LockAsync(campaign, sides, move, cancellationToken)
            ?? Changes(guard, sides, moved)
            ?? await AmountAsync(campaign, guard, sides, move, balances, moved, cancellationToken);
    }

    /// <summary>A workflow has no file of rules: what people set binds it all the same.</summary>
    private GuardSet Guards(Campaign campaign, string rule, GuardBook book)
    {
        var all = book.Limits(campaign);
        var own = all.GetValueOrDefault(rule);
        var limits = all.GetValueOrDefault(GuardLimits.AllRules)?.And(own) ?? own ?? new();
        return rules.Find(rule) is { } known
            ? limits.Tighten(known).Guard
            : new()
            {
                ChangeAtMost = limits.ChangeAtMost ?? 1,
                MoveAtMost = limits.MoveAtMost ?? 1,
                CooldownDays = limits.CooldownDays ?? 0,
                ChangesPerWeek = limits.ChangesPerWeek,
            };
    }

    private async Task<Phrase?> LockAsync(Campaign campaign, List<ChannelRails> sides, Movement move, CancellationToken cancellationToken)
    {
        var (today, codes) = (campaign.Today(move.At), sides.ConvertAll(s => s.Code));
        var held = await db
            .ChannelLocks.AsNoTracking()
            .Where(l => l.CampaignId == campaign.Id && codes.Contains(l.Channel) && l.Until >= today)
            .FirstOrDefaultAsync(cancellationToken);
        if (held is null)
            return null;
        var name = sides.Find(s => s.Code == held.Channel)!.Name;
        return new($"{name} is locked until {held.Until:yyyy-MM-dd}: {held.Why}", $"{name} 锁定至 {held.Until:yyyy-MM-dd}：{held.Why}");
    }

    /// <summary>What moved, also what this transaction has not saved yet.</summary>
    private async Task<List<Moved>> MovedAsync(Campaign campaign, Movement move, CancellationToken cancellationToken)
    {
        var today = campaign.Today(move.At);
        var saved = await db
            .BudgetShifts.AsNoTracking()
            .Where(s => s.CampaignId == campaign.Id && (s.State == ShiftState.Applied || s.State == ShiftState.RolledBack))
            .ToListAsync(cancellationToken);
        return
        [
            .. db
                .BudgetShifts.Local.Where(s => s.CampaignId == campaign.Id && s.State is ShiftState.Applied or ShiftState.RolledBack)
                .Concat(saved)
                .DistinctBy(s => s.Id)
                .Where(s => s.From != LedgerEntry.Plan && s.To != LedgerEntry.Plan)
                .Select(s => new Moved(s.From, s.To, s.AmountMinor, today.DayNumber - campaign.Today(s.DecidedAt!.Value).DayNumber)),
        ];
    }

    private static Phrase? Changes(GuardSet guard, List<ChannelRails> sides, List<Moved> moved)
    {
        List<Moved> Since(int days, bool perChannel) =>
            moved.FindAll(m => m.DaysAgo < days && (!perChannel || m.Touches(sides.Select(s => s.Code))));
        if (Since(guard.CooldownDays, guard.CooldownPerChannel).Count > 0)
            return guard.CooldownPerChannel
                ? new(
                    $"One of the channels was changed less than {guard.CooldownDays} days ago.",
                    $"其中一个渠道在 {guard.CooldownDays} 天内调整过。"
                )
                : new($"The campaign was changed less than {guard.CooldownDays} days ago.", $"该活动在 {guard.CooldownDays} 天内调整过。");
        var weekly = guard.ChangesPerWeek is { } most ? new ChangeLimit(most, PerChannel: false, 7) : null;
        foreach (var limit in new[] { guard.AtMost, weekly }.OfType<ChangeLimit>())
        {
            var recent = Since(limit.Days, perChannel: false);
            var used = limit.PerChannel ? sides.Max(s => recent.Count(m => m.Touches([s.Code]))) : recent.Count;
            if (used >= limit.Changes)
                return new(
                    $"{limit.Changes} changes of the last {limit.Days} days are used.",
                    $"近 {limit.Days} 天的 {limit.Changes} 次调整已用完。"
                );
        }
        return null;
    }

    private async Task<Phrase?> AmountAsync(
        Campaign campaign,
        GuardSet guard,
        List<ChannelRails> sides,
        Movement move,
        IReadOnlyDictionary<string, long> balances,
        List<Moved> moved,
        CancellationToken cancellationToken
    )
    {
        var step = (long)Math.Floor(guard.ChangeAtMost * sides.Min(s => balances.GetValueOrDefault(s.Code)));
        if (move.AmountMinor > step)
            return new(
                $"One change may move {guard.ChangeAtMost:0.##%} of either side's budget, which is {campaign.Money(step)} now.",
                $"单次调整不超过任一方预算的 {guard.ChangeAtMost:0.##%}，目前为 {campaign.Money(step)}。"
            );
        if (Kept(campaign, guard) is { } kept && sides.Find(s => s.Code == move.From) is { } giver)
            if (balances.GetValueOrDefault(giver.Code) - move.AmountMinor < kept)
                return new(
                    $"The rule keeps at least {campaign.Money(kept)} a day for {giver.Name}.",
                    $"规则要求 {giver.Name} 每日至少保留 {campaign.Money(kept)}。"
                );
        var total = await db
            .Ledger.Where(e => e.CampaignId == campaign.Id && e.Account != LedgerEntry.Plan && e.Account != LedgerEntry.Reserve)
            .SumAsync(e => e.AmountMinor, cancellationToken);
        var used = moved.Where(m => m.DaysAgo == 0).Sum(m => m.AmountMinor);
        return used + move.AmountMinor > (long)Math.Floor(guard.MoveAtMost * total)
            ? new(
                $"All shifts of a day may move {guard.MoveAtMost:0.##%} of the daily total; {campaign.Money(used)} moved today already.",
                $"一天内全部调整不超过日总预算的 {guard.MoveAtMost:0.##%}，今日已调整 {campaign.Money(used)}。"
            )
            : null;
    }

    /// <summary>What a rule keeps as an amount of money; where it depends on numbers, it held when the rule spoke.</summary>
    private static long? Kept(Campaign campaign, GuardSet guard)
    {
        if (
            guard.KeepAtLeast is not { } formula
            || formula.Facts.Any(f => f is not Fact.Amount { Money.Currency: var c } || c != campaign.Currency)
        )
            return null;
        return (long)Math.Ceiling(formula.Evaluate([.. formula.Facts.Cast<Fact.Amount>().Select(a => (double)a.Money.Minor)]));
    }
}
