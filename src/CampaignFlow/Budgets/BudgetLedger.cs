using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>Daily budget that is to go from one account to another.</summary>
/// <param name="Rule">The rule that asked for it; null: a person did.</param>
public sealed record Movement(string From, string To, long AmountMinor, string? Rule, DateTimeOffset At);

/// <summary>The only writer of money: balanced transfers over the daily budgets of one campaign.</summary>
public sealed class BudgetLedger(CampaignFlowDb db, MoneyRails rails)
{
    /// <summary>Transfers that reverse an earlier one are named so.</summary>
    internal const string Undo = "rollback:";

    /// <summary>Daily budget now, by channel code, in minor units.</summary>
    public async Task<IReadOnlyDictionary<string, long>> BalancesAsync(Guid campaign, CancellationToken cancellationToken) =>
        (await AccountsAsync(campaign, cancellationToken))
            .Where(a => !IsBookkeeping(a.Key))
            .ToDictionary(a => a.Key, a => a.Value, StringComparer.Ordinal);

    /// <summary>Every account with its balance: the channels, the reserve when it was ever used, and the plan with its sign.</summary>
    public async Task<IReadOnlyDictionary<string, long>> AccountsAsync(Guid campaign, CancellationToken cancellationToken) =>
        await db
            .Ledger.Where(e => e.CampaignId == campaign)
            .GroupBy(e => e.Account)
            .Select(g => new { g.Key, Sum = g.Sum(e => e.AmountMinor) })
            .ToDictionaryAsync(g => g.Key, g => g.Sum, cancellationToken);

    /// <summary>The same of many campaigns at once.</summary>
    public async Task<ILookup<Guid, (string Account, long Minor)>> AccountsOfAsync(
        IReadOnlyList<Guid> campaigns,
        CancellationToken cancellationToken
    ) =>
        (
            await db
                .Ledger.Where(e => campaigns.Contains(e.CampaignId))
                .GroupBy(e => new { e.CampaignId, e.Account })
                .Select(g => new
                {
                    g.Key.CampaignId,
                    g.Key.Account,
                    Sum = g.Sum(e => e.AmountMinor),
                })
                .ToListAsync(cancellationToken)
        ).ToLookup(a => a.CampaignId, a => (a.Account, a.Sum));

    /// <summary>True for what stands in the books beside the channels.</summary>
    public static bool IsBookkeeping(string account) => account is LedgerEntry.Plan or LedgerEntry.Reserve;

    /// <summary>Daily budget by day and channel: what counted on each day from the plan's first day to <paramref name="to"/>.</summary>
    public async Task<IReadOnlyList<(DateOnly Day, string Channel, long BudgetMinor)>> HistoryAsync(
        Guid campaign,
        DateOnly from,
        DateOnly to,
        CancellationToken cancellationToken
    )
    {
        var entries = await db
            .Ledger.Where(e => e.CampaignId == campaign && e.Account != LedgerEntry.Plan && e.Account != LedgerEntry.Reserve)
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
        Post(campaign, "plan:1", legs, at, campaign.StartsOn);
    }

    /// <summary>
    /// Moves daily budget between two accounts. Checks, inside the caller's transaction, that money may move now and that both stay
    /// within their bounds.
    /// </summary>
    /// <param name="rule">The rule that asked for it; null: a person did.</param>
    /// <returns>Null when done; otherwise the reason why nothing was moved.</returns>
    public async Task<Phrase?> MoveAsync(
        Campaign campaign,
        string transfer,
        string from,
        string to,
        long amountMinor,
        DateTimeOffset at,
        CancellationToken cancellationToken,
        string? rule = null
    )
    {
        await LockAsync(campaign.Id, cancellationToken);
        var unsaved = Unsaved(campaign.Id);
        if (
            unsaved.Any(e => e.Transfer == transfer)
            || await db.Ledger.AnyAsync(e => e.CampaignId == campaign.Id && e.Transfer == transfer, cancellationToken)
        )
            return null;
        var balances = (await AccountsAsync(campaign.Id, cancellationToken)).ToDictionary();
        foreach (var leg in unsaved)
            balances[leg.Account] = balances.GetValueOrDefault(leg.Account) + leg.AmountMinor;
        // An undo only returns what was taken; everything else asks first whether money may move at all.
        var isUndo = transfer.StartsWith(Undo, StringComparison.Ordinal);
        var move = new Movement(from, to, amountMinor, rule, at);
        var channels = await rails.ChannelsAsync(campaign, isUndo, cancellationToken);
        if (!isUndo && await rails.MayNotMoveAsync(campaign, channels, move, balances, cancellationToken) is { } stop)
            return stop;
        if (Objection(campaign, channels, balances, move) is { } no)
            return no;
        Post(campaign, transfer, new Dictionary<string, long> { [from] = -amountMinor, [to] = amountMinor }, at, campaign.Today(at));
        return null;
    }

    /// <summary>What a move would run into as the books stand now; nothing is changed and nothing is promised for later.</summary>
    public async Task<Phrase?> ObjectionAsync(Campaign campaign, Movement move, CancellationToken cancellationToken)
    {
        var channels = await rails.ChannelsAsync(campaign, isUndo: false, cancellationToken);
        var balances = await AccountsAsync(campaign.Id, cancellationToken);
        return await rails.MayNotMoveAsync(campaign, channels, move, balances, cancellationToken)
            ?? Objection(campaign, channels, balances, move);
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

    internal static Phrase? Objection(
        Campaign campaign,
        IReadOnlyList<ChannelRails> channels,
        IReadOnlyDictionary<string, long> balances,
        Movement move
    )
    {
        if (move.AmountMinor <= 0 || move.From == move.To)
            return new("A shift must move money between two channels.", "调整必须在两个渠道之间移动金额。");
        foreach (var (code, change) in new[] { (move.From, -move.AmountMinor), (move.To, move.AmountMinor) })
        {
            var reached = balances.GetValueOrDefault(code) + change;
            if (code == LedgerEntry.Plan)
                continue; // the counter-account of the approved total has no bounds of its own
            if (code == LedgerEntry.Reserve)
            {
                if (reached < 0)
                    return new(
                        $"The reserve holds only {campaign.Money(reached - change)} a day.",
                        $"预备金仅有每日 {campaign.Money(reached - change)}。"
                    );
                continue;
            }
            if (channels.FirstOrDefault(c => c.Code == code) is not { } channel)
                return new($"There is no channel {code} in this campaign.", $"该活动没有渠道 {code}。");
            if (change < 0 && reached < channel.FloorMinor)
                return new(
                    $"{channel.Name} would fall to {campaign.Money(reached)}, below its floor of {campaign.Money(channel.FloorMinor)}{channel.FloorFrom.En}.",
                    $"{channel.Name} 将降至 {campaign.Money(reached)}，低于下限 {campaign.Money(channel.FloorMinor)}{channel.FloorFrom.Zh}。"
                );
            if (change > 0 && reached > channel.CeilingMinor)
                return new(
                    $"{channel.Name} would rise to {campaign.Money(reached)}, above its ceiling of {campaign.Money(channel.CeilingMinor)}{channel.CeilingFrom.En}.",
                    $"{channel.Name} 将升至 {campaign.Money(reached)}，高于上限 {campaign.Money(channel.CeilingMinor)}{channel.CeilingFrom.Zh}。"
                );
        }
        return null;
    }

    private void Post(Campaign campaign, string transfer, IReadOnlyDictionary<string, long> legs, DateTimeOffset at, DateOnly day)
    {
        if (legs.Values.Sum() != 0)
            throw new InvalidOperationException($"Transfer {transfer} does not balance.");
        db.Ledger.AddRange(
            legs.Select(leg => new LedgerEntry
            {
                CampaignId = campaign.Id,
                Account = leg.Key,
                Currency = campaign.Currency,
                AmountMinor = leg.Value,
                Transfer = transfer,
                At = at,
                Day = day,
            })
        );
    }
}
