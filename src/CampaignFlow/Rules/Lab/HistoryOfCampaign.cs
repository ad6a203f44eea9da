using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules.Lab;

/// <summary>A campaign's own numbers with their knowledge times, and its budgets as they stood on its first day.</summary>
public sealed class HistoryOfCampaign(CampaignFlowDb db, BudgetLedger ledger, GuardQueries guards, PaceCurves curves, TimeProvider clock)
{
    private const int MostDays = 180;
    private static readonly TimeOnly ReportsAt = new(6, 0);
    private static readonly TimeOnly RulesAt = new(9, 0);

    /// <param name="nextMorning">Takes the first version of a day as known the next morning plus the channel's lag, for numbers that were
    /// imported in one go long after; restatements keep their times.</param>
    /// <returns>The history, or why there is none.</returns>
    public async Task<(History? History, Phrase? Refusal)> OfAsync(string code, bool nextMorning, CancellationToken cancellationToken)
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, cancellationToken) is not { } campaign)
            return (null, new($"There is no campaign '{code}'.", $"没有编号为“{code}”的活动。"));
        var now = clock.GetUtcNow();
        var today = campaign.Today(now);
        var last = today < campaign.EndsOn ? today : campaign.EndsOn;
        var first = last.AddDays(-MostDays) > campaign.StartsOn ? last.AddDays(-MostDays) : campaign.StartsOn;
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        var facts = await db
            .MetricFacts.AsNoTracking()
            .Where(f => f.CampaignId == campaign.Id && f.Day >= first && f.Day <= last)
            .ToListAsync(cancellationToken);
        if (facts.Count == 0)
            return (null, new($"{campaign.Name} has no numbers yet: import some first.", $"{campaign.Name} 还没有数据，请先导入。"));
        var start = (await ledger.HistoryAsync(campaign.Id, first, first, cancellationToken)).ToDictionary(
            h => h.Channel,
            h => h.BudgetMinor,
            StringComparer.Ordinal
        );
        long Budget(CampaignChannel channel) => start.Count == 0 ? channel.PlannedMinor : start.GetValueOrDefault(channel.Code);
        long? reserve =
            start.Count == 0
                ? null
                : await db
                    .Ledger.Where(e => e.CampaignId == campaign.Id && e.Account == LedgerEntry.Reserve && e.Day <= first)
                    .SumAsync(e => e.AmountMinor, cancellationToken);
        var inForce = await guards.InForceAsync(campaign.Id, null, cancellationToken);
        var limits = await guards.LimitsAsync(campaign, cancellationToken);
        var promotions = await db.PromotionsOfAsync(campaign.Id, cancellationToken);
        return (
            new()
            {
                Campaign = campaign.Code,
                Currency = campaign.Currency,
                FlightStart = campaign.StartsOn,
                FlightEnd = campaign.EndsOn,
                FlightBudgetMinor = (channels.Sum(Budget) + (reserve ?? 0)) * campaign.FlightDays,
                ReserveMinor = reserve,
                // What would have been done counts here, not whether it may be done just now.
                Limits = limits.ToDictionary(l => l.Key, l => l.Value with { Stopped = null, Mode = null }, StringComparer.Ordinal),
                Goals = await db
                    .Goals.Where(g => g.CampaignId == campaign.Id)
                    .ToDictionaryAsync(g => g.Metric, g => g.Target, cancellationToken),
                Promotions = [.. promotions.Select(w => new Promotion(w.Name, w.First, w.Last))],
                Curve = (await curves.OfAsync([campaign], now, cancellationToken)).GetValueOrDefault(campaign.Id),
                Channels =
                [
                    .. channels
                        .Select(c => (Channel: c, Rails: MoneyRails.Railed(c, inForce)))
                        .Select(r => new HistoryChannel(
                            r.Channel.Code,
                            r.Channel.Name,
                            Budget(r.Channel),
                            r.Rails.FloorMinor,
                            r.Rails.CeilingMinor
                        )
                        {
                            Shiftable = r.Channel.Shiftable,
                            LagDays = r.Channel.LagDays,
                            ObservedLagDays = ObservedLag.Of(Of(campaign, r.Channel, facts, nextMorning: false), campaign.Today, today),
                        }),
                ],
                Facts = [.. channels.SelectMany(c => Of(campaign, c, facts, nextMorning))],
                Mornings =
                [
                    .. Enumerable
                        .Range(1, Math.Max(0, last.DayNumber - first.DayNumber))
                        .Select(first.AddDays)
                        .Select(d => new Morning(d, campaign.At(d, RulesAt)))
                        .Where(m => m.Now <= now),
                ],
            },
            null
        );
    }

    private static IEnumerable<HistoryFact> Of(Campaign campaign, CampaignChannel channel, List<MetricFact> facts, bool nextMorning)
    {
        foreach (
            var day in facts.Where(f => string.Equals(f.Channel, channel.Code, StringComparison.OrdinalIgnoreCase)).GroupBy(f => f.Day)
        )
        foreach (var (fact, version) in day.OrderBy(f => f.KnownAt).Select((f, i) => (f, i)))
        {
            var usual = campaign.At(day.Key.AddDays(1), ReportsAt);
            yield return new(channel.Code, nextMorning && version == 0 && usual < fact.KnownAt ? usual : fact.KnownAt, fact.AsDay());
        }
    }
}
