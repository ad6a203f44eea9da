using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>The only writer of money: balanced transfers over the daily budgets of one campaign.</summary>
public sealed class BudgetLedger(CampaignFlowDb db)
{
    /// <summary>Transfers that reverse an earlier one are named so.</summary>
    internal const string Undo = "rollback:";

    /// <summary>Daily budget now, by channel code, in minor units.</summary>
    public async Task<IReadOnlyDictionary<string, long>> BalancesAsync(Guid campaign, CancellationToken cancellationToken) =>
        await db
            .Ledger.Where(e => e.CampaignId == campaign && e.Account != LedgerEntry.Plan)
            .GroupBy(e => e.Account)
            .Select(g => new { g.Key, Sum = g.Sum(e => e.AmountMinor) })
            .ToDictionaryAsync(g => g.Key, g => g.Sum, cancellationToken);

    /// <summary>Daily budget by day and channel: what counted on each day from the plan's first day to <paramref name="to"/>.</summary>
    public async Task<IReadOnlyList<(DateOnly Day, string Channel, long BudgetMinor)>> HistoryAsync(
        Guid campaign,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken
    )
    {
        var entries = await db
            .Ledger.Where(e => e.CampaignId == campaign && e.Account != LedgerEntry.Plan)
            .OrderBy(e => e.Day)
            .Select(e => new
            {
                e.Account,
                e.Day,
                e.AmountMinor,
            })
            .ToListAsync(cancellationToken);
        var history = new List<(DateOnly, string, long)>();
        var balance = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var next = 0;
        for (var day = from; day <= to; day = day.AddDays(1))
        {
            for (; next < entries.Count && entries[next].Day <= day; next++)
                balance[entries[next].Account] = balance.GetValueOrDefault(entries[next].Account) + entries[next].AmountMinor;
            history.AddRange(balance.Select(b => (day, b.Key, b.Value)));
        }
        return history;
    }

    /// <summary>Opens the books with the approved plan: every channel is credited, the plan account carries the total.</summary>
    public async Task OpenAsync(
        Campaign campaign,
        IReadOnlyDictionary<string, long> daily,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (await db.Ledger.AnyAsync(e => e.CampaignId == campaign.Id, cancellationToken))
            return;
        var legs = daily.Append(new(LedgerEntry.Plan, -daily.Values.Sum())).ToDictionary();
        Post(campaign.Id, "plan:1", legs, at, campaign.StartsOn);
    }

    /// <summary>
    /// Moves daily budget between two channels. Checks, inside the caller's transaction, that both stay within floor and ceiling.
    /// </summary>
    /// <returns>Null when done; otherwise the reason why nothing was moved.</returns>
    public async Task<Engine.Phrase?> MoveAsync(
        Campaign campaign,
        string transfer,
        string from,
        string to,
        long amountMinor,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        await LockAsync(campaign.Id, cancellationToken);
        var unsaved = Unsaved(campaign.Id);
        if (
            unsaved.Any(e => e.Transfer == transfer)
            || await db.Ledger.AnyAsync(e => e.CampaignId == campaign.Id && e.Transfer == transfer, cancellationToken)
        )
            return null;
        var balances = (await BalancesAsync(campaign.Id, cancellationToken)).ToDictionary();
        foreach (var leg in unsaved)
            balances[leg.Account] = balances.GetValueOrDefault(leg.Account) + leg.AmountMinor;
        var channels = await db.CampaignChannels.AsNoTracking().Where(c => c.CampaignId == campaign.Id).ToListAsync(cancellationToken);
        // An undo only returns what was taken; everything else asks first whether money may move at all.
        var isUndo = transfer.StartsWith(Undo, StringComparison.Ordinal);
        if (!isUndo && await MayNotMoveAsync(campaign, channels, from, to, cancellationToken) is { } stop)
            return stop;
        if (Objection(campaign, channels, balances, from, to, amountMinor) is { } no)
            return no;
        Post(campaign.Id, transfer, new Dictionary<string, long> { [from] = -amountMinor, [to] = amountMinor }, at, campaign.Today(at));
        return null;
    }

    /// <summary>What a move would run into as the books stand now; nothing is changed and nothing is promised for later.</summary>
    public async Task<Engine.Phrase?> ObjectionAsync(
        Campaign campaign,
        string from,
        string to,
        long amountMinor,
        CancellationToken cancellationToken
    )
    {
        var channels = await db.CampaignChannels.AsNoTracking().Where(c => c.CampaignId == campaign.Id).ToListAsync(cancellationToken);
        return await MayNotMoveAsync(campaign, channels, from, to, cancellationToken)
            ?? Objection(campaign, channels, await BalancesAsync(campaign.Id, cancellationToken), from, to, amountMinor);
    }

    /// <summary>Holds, contract money and paused channels, as the database has them now.</summary>
    private async Task<Engine.Phrase?> MayNotMoveAsync(
        Campaign campaign,
        IReadOnlyList<CampaignChannel> channels,
        string from,
        string to,
        CancellationToken cancellationToken
    )
    {
        // What this transaction is about to change counts; otherwise a hold that somebody else has just set does.
        var heldBy = db.Entry(campaign).Property(c => c.HeldBy).IsModified
            ? campaign.HeldBy
            : await db.Campaigns.Where(c => c.Id == campaign.Id).Select(c => c.HeldBy).SingleAsync(cancellationToken);
        if (heldBy is not null)
            return new("All budget changes of this campaign are on hold.", "该活动的预算调整已全部暂停。");
        if (channels.FirstOrDefault(c => c.Code == from) is { Shiftable: false } bound)
            return new($"{bound.Name} is contract money and cannot be taken back.", $"{bound.Name} 为合同投放，预算不可收回。");
        return channels.FirstOrDefault(c => c.Code == to) is { Active: false } paused
            ? new($"{paused.Name} is paused and would not spend the money.", $"{paused.Name} 已暂停，无法使用这笔预算。")
            : null;
    }

    /// <summary>Takes the write lock of this campaign's books; needs an open transaction to mean anything.</summary>
    internal Task LockAsync(Guid campaign, CancellationToken cancellationToken) =>
        db
            .Campaigns.Where(c => c.Id == campaign)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.LedgerVersion, c => c.LedgerVersion + 1), cancellationToken);

    /// <summary>Legs that the caller's next save will write: a second move in one transaction must count them.</summary>
    private List<LedgerEntry> Unsaved(Guid campaign) =>
        [
            .. db
                .ChangeTracker.Entries<LedgerEntry>()
                .Where(e => e.State == EntityState.Added && e.Entity.CampaignId == campaign)
                .Select(e => e.Entity),
        ];

    private static Engine.Phrase? Objection(
        Campaign campaign,
        IReadOnlyList<CampaignChannel> channels,
        IReadOnlyDictionary<string, long> balances,
        string from,
        string to,
        long amountMinor
    )
    {
        if (amountMinor <= 0 || from == to)
            return new("A shift must move money between two channels.", "调整必须在两个渠道之间移动金额。");
        foreach (var code in new[] { from, to })
        {
            if (channels.All(c => c.Code != code))
                return new($"There is no channel {code} in this campaign.", $"该活动没有渠道 {code}。");
        }
        var giver = channels.Single(c => c.Code == from);
        var taker = channels.Single(c => c.Code == to);
        var left = balances.GetValueOrDefault(from) - amountMinor;
        var reached = balances.GetValueOrDefault(to) + amountMinor;
        if (left < giver.FloorMinor)
            return new(
                $"{giver.Name} would fall to {campaign.Money(left)}, below its floor of {campaign.Money(giver.FloorMinor)}.",
                $"{giver.Name} 将降至 {campaign.Money(left)}，低于下限 {campaign.Money(giver.FloorMinor)}。"
            );
        if (reached > taker.CeilingMinor)
            return new(
                $"{taker.Name} would rise to {campaign.Money(reached)}, above its ceiling of {campaign.Money(taker.CeilingMinor)}.",
                $"{taker.Name} 将升至 {campaign.Money(reached)}，高于上限 {campaign.Money(taker.CeilingMinor)}。"
            );
        return null;
    }

    private void Post(Guid campaign, string transfer, IReadOnlyDictionary<string, long> legs, DateTimeOffset at, DateOnly day)
    {
        if (legs.Values.Sum() != 0)
            throw new InvalidOperationException($"Transfer {transfer} does not balance.");
        db.Ledger.AddRange(
            legs.Select(leg => new LedgerEntry
            {
                CampaignId = campaign,
                Account = leg.Key,
                AmountMinor = leg.Value,
                Transfer = transfer,
                At = at,
                Day = day,
            })
        );
    }
}
