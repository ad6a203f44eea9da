using System.Globalization;
using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Rules.Worlds;

/// <summary>What the database has to say at every instant of a <see cref="MoneyWorld"/>, read from the whole history of its books.</summary>
internal sealed class MoneyBooks(MoneyWorld world)
{
    /// <summary>How often each thing was seen at the last look; a property that saw nothing proves nothing.</summary>
    public SortedDictionary<string, int> Seen { get; private set; } = [];

    private sealed record Pages(
        List<Campaign> Campaigns,
        ILookup<Guid, LedgerEntry> Entries,
        ILookup<Guid, CampaignChannel> Channels,
        ILookup<Guid, ChannelLock> Locks,
        List<BudgetShift> Shifts,
        List<Decision> Decisions,
        Dictionary<Guid, Approval> Approvals
    );

    public async Task LookAsync()
    {
        Seen = [];
        var pages = await world.Store.InScopeAsync(
            async (db, _) =>
            {
                Assert.Empty(await db.Outbox.Where(m => m.DeadAt != null).Select(m => m.Error).ToListAsync());
                return new Pages(
                    await db.Campaigns.AsNoTracking().ToListAsync(),
                    (await db.Ledger.AsNoTracking().OrderBy(e => e.Id).ToListAsync()).ToLookup(e => e.CampaignId),
                    (await db.CampaignChannels.AsNoTracking().ToListAsync()).ToLookup(c => c.CampaignId),
                    (await db.ChannelLocks.AsNoTracking().ToListAsync()).ToLookup(l => l.CampaignId),
                    await db.BudgetShifts.AsNoTracking().ToListAsync(),
                    await db.Decisions.AsNoTracking().Where(d => d.Action != "").ToListAsync(),
                    await db.Approvals.AsNoTracking().Where(a => a.ShiftId != null).ToDictionaryAsync(a => a.ShiftId!.Value)
                );
            }
        );
        Assert.Equal(pages.Shifts.Count, pages.Shifts.Select(s => s.Key).Distinct().Count());
        Assert.Equal(pages.Decisions.Count, pages.Decisions.Select(d => d.Key).Distinct().Count());
        foreach (var decision in pages.Decisions.Where(d => d.Outcome is DecisionOutcome.Applied or DecisionOutcome.Waiting))
            Assert.Single(pages.Shifts, s => s.DecisionId == decision.Id);
        foreach (var campaign in pages.Campaigns)
            Read(campaign, pages);
    }

    private void Read(Campaign campaign, Pages pages)
    {
        var entries = pages.Entries[campaign.Id].ToList();
        var channels = pages.Channels[campaign.Id].ToDictionary(c => c.Code);
        var shifts = pages.Shifts.Where(s => s.CampaignId == campaign.Id).ToDictionary(s => s.Id);
        Assert.Equal(entries.Count, entries.Select(e => (e.Transfer, e.Account)).Distinct().Count());
        Assert.All(entries, e => Assert.Equal(campaign.Currency, e.Currency));
        var past = new MoneyPast(campaign);
        var plan = world.Opened[campaign.Id];
        foreach (var transfer in entries.GroupBy(e => e.Transfer).OrderBy(t => t.Min(e => e.Id)))
        {
            Assert.Equal(0, transfer.Sum(e => e.AmountMinor));
            // People change the approved total, by a shift or its undoing; nothing else does.
            if (transfer.Key.Split(':') is [var kind, var id] && Guid.TryParse(id, out var number) && shifts[number] is var shift)
            {
                if (shift.From == LedgerEntry.Plan || shift.To == LedgerEntry.Plan)
                    plan += (shift.From == LedgerEntry.Plan) == (kind == "shift") ? shift.AmountMinor : -shift.AmountMinor;
                if (kind == "shift" && shift.DecisionId is not null)
                    AssertAllowed(shift, past, channels, pages);
                if (kind == "shift")
                    past.Add(shift);
            }
            past.Add(transfer);
            Assert.Equal(plan, past.Balances.Where(b => b.Key != LedgerEntry.Plan).Sum(b => b.Value));
            Assert.Equal(-plan, past.Of(LedgerEntry.Plan));
            Assert.True(past.Of(LedgerEntry.Reserve) >= 0, "reserve");
            foreach (var channel in channels.Values)
                Assert.InRange(past.Of(channel.Code), channel.FloorMinor, channel.CeilingMinor);
        }
        foreach (var shift in shifts.Values)
        {
            Assert.Equal(
                shift.State is ShiftState.Applied or ShiftState.RolledBack ? 2 : 0,
                entries.Count(e => e.Transfer == $"shift:{shift.Id}")
            );
            Assert.Equal(shift.State == ShiftState.RolledBack ? 2 : 0, entries.Count(e => e.Transfer == $"rollback:{shift.Id}"));
            Count($"{(shift.DecisionId is null ? "person" : "rule")} {shift.State}");
        }
    }

    /// <summary>A rule moved money: everything that its file, people and the policy say is kept on the day on which it moved.</summary>
    private void AssertAllowed(BudgetShift shift, MoneyPast past, Dictionary<string, CampaignChannel> channels, Pages pages)
    {
        var rule = world.Limits.Tighten(world.Rules.Single(r => r.Id == shift.ProposedBy));
        var guard = rule.Guard;
        var day = past.Campaign.Today(shift.DecidedAt!.Value);
        var sides = new[] { shift.From, shift.To }.Where(channels.ContainsKey).ToList();
        void Must(bool kept, string what) =>
            Assert.True(
                kept,
                $"{what}: {rule.Id} moved {shift.AmountMinor} from {shift.From} to {shift.To} on {day:yyyy-MM-dd} ({shift.Title})\n{rule.Text}"
            );

        Must(rule.Mode is not AskedMode.Observe, "only watches");
        Must(shift.From == LedgerEntry.Reserve || channels[shift.From].Shiftable, "contract");
        Must(shift.To == LedgerEntry.Reserve || channels[shift.To].Active, "paused");
        Must(!pages.Locks[past.Campaign.Id].Any(l => sides.Contains(l.Channel) && l.Until >= day), "locked");
        Must(shift.AmountMinor <= Math.Floor(guard.ChangeAtMost * sides.Min(past.Of)), "step");
        if (guard.KeepAtLeast is { } keep && channels.ContainsKey(shift.From))
            Must(
                past.Of(shift.From) - shift.AmountMinor >= double.Parse(keep.Text.Split(' ')[0], CultureInfo.InvariantCulture) * 100,
                "keep at least"
            );
        Must(past.MovedOn(day) + shift.AmountMinor <= Math.Floor(guard.MoveAtMost * past.TotalAt(shift.DecidedAt.Value)), "daily total");
        Must(past.Since(day, guard.CooldownDays, guard.CooldownPerChannel ? sides : null) == 0, "cooldown");
        if (guard.AtMost is { } most)
            Must(
                most.PerChannel
                    ? sides.TrueForAll(s => past.Since(day, most.Days, [s]) < most.Changes)
                    : past.Since(day, most.Days, null) < most.Changes,
                "at most"
            );
        if (guard.ChangesPerWeek is { } weekly)
            Must(past.Since(day, 7, null) < weekly, "weekly");
        var asks = rule.Mode is AskedMode.Ask || shift.From == LedgerEntry.Reserve;
        var asked = pages.Approvals.GetValueOrDefault(shift.Id);
        Must(asked is null ? !asks : asked.State == ApprovalState.Approved, "asked");
        Count(asked is null ? "moved alone" : "moved after a yes");
    }

    private void Count(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;
}

/// <summary>The books of one campaign up to a transfer.</summary>
internal sealed class MoneyPast(Campaign campaign)
{
    private readonly List<(BudgetShift Shift, DateOnly Day)> moved = [];
    private (DateTimeOffset At, long Total) instant;

    public Campaign Campaign => campaign;
    public Dictionary<string, long> Balances { get; } = [];

    public long Of(string account) => Balances.GetValueOrDefault(account);

    public long MovedOn(DateOnly day) => moved.Where(m => m.Day == day).Sum(m => m.Shift.AmountMinor);

    /// <summary>The daily total that an evaluation of this instant saw: what it cuts and lifts itself changes nothing for its others.</summary>
    public long TotalAt(DateTimeOffset at) => instant.At == at ? Math.Max(instant.Total, Total) : Total;

    /// <param name="channels">Null: a change anywhere counts.</param>
    public int Since(DateOnly day, int days, IReadOnlyList<string>? channels) =>
        moved.Count(m =>
            day.DayNumber - m.Day.DayNumber < days && (channels is null || channels.Any(c => c == m.Shift.From || c == m.Shift.To))
        );

    public void Add(BudgetShift shift)
    {
        if (shift.From != LedgerEntry.Plan && shift.To != LedgerEntry.Plan)
            moved.Add((shift, campaign.Today(shift.DecidedAt!.Value)));
    }

    public void Add(IEnumerable<LedgerEntry> legs)
    {
        var at = legs.First().At;
        if (instant.At != at)
            instant = (at, Total);
        foreach (var leg in legs)
            Balances[leg.Account] = Of(leg.Account) + leg.AmountMinor;
        instant.Total = Math.Max(instant.Total, Total);
    }

    private long Total => Balances.Where(b => !BudgetLedger.IsBookkeeping(b.Key)).Sum(b => b.Value);
}
