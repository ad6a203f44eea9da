using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Effects;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Effects;

/// <summary>
/// Looks at each applied shift once its days after are mature, stores what followed, and proposes the way back when it was clearly
/// worse. One proposal a shift, and people decide on it.
/// </summary>
public sealed class MeasureEffects(CampaignFlowDb db, MetricQueries metrics, BudgetLedger ledger, ProposeShift propose, TimeProvider clock)
    : IFactHandler<MetricsArrived>
{
    private const int PatienceDays = 14;

    /// <summary>Who proposes the way back, in the books and the audit.</summary>
    public const string Proposer = "shift-effect";

    public async Task Handle(MetricsArrived fact, CancellationToken cancellationToken)
    {
        var campaign = await db.Campaigns.SingleAsync(c => c.Id == fact.CampaignId, cancellationToken);
        await LookAsync(campaign, cancellationToken);
    }

    /// <summary>The caller commits.</summary>
    public async Task LookAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = campaign.Today(now);
        var moved = await db
            .BudgetShifts.AsNoTracking()
            .Where(s => s.CampaignId == campaign.Id && (s.State == ShiftState.Applied || s.State == ShiftState.RolledBack))
            .OrderBy(s => s.DecidedAt)
            .ToListAsync(cancellationToken);
        var measured = await db.ShiftEffects.Where(e => e.CampaignId == campaign.Id).Select(e => e.ShiftId).ToListAsync(cancellationToken);
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .ToDictionaryAsync(c => c.Code, cancellationToken);
        var due = moved
            .Where(s =>
                s.State == ShiftState.Applied && !measured.Contains(s.Id) && channels.ContainsKey(s.From) && channels.ContainsKey(s.To)
            )
            .Select(s => (Shift: s, Day: campaign.Today(s.DecidedAt!.Value)))
            .Where(s => s.Day.AddDays(ShiftImpact.DaysAfter) <= MatureUntil(today, channels, s.Shift))
            .ToList();
        if (due.Count == 0)
            return;
        var known = await metrics.DaysAsync(
            campaign.Id,
            now,
            due.Min(d => d.Day).AddDays(-ShiftImpact.DaysBefore),
            today,
            cancellationToken
        );
        foreach (var (shift, day) in due.Where(d => HasCome(known, d.Shift, d.Day, today)))
        {
            var next = NextChange(campaign, moved, shift, day);
            var effect = Effect(campaign, shift, day, next, known, channels, now);
            db.ShiftEffects.Add(effect);
            db.Note(campaign.Id, now, Proposer, new($"{shift.Title}: {effect.WhyEn}", $"{shift.Title}：{effect.WhyZh}"));
            if (effect.Verdict == EffectVerdict.Worse)
                await ProposeBackAsync(campaign, shift, effect, now, cancellationToken);
        }
    }

    /// <summary>One channel's file may come before the other's; after two weeks nothing more is waited for.</summary>
    private static bool HasCome(KnownDays known, BudgetShift shift, DateOnly day, DateOnly today) =>
        today > day.AddDays(ShiftImpact.DaysAfter + PatienceDays)
        || new[] { shift.From, shift.To }.All(c => known.Find(c) is { } days && days.LatestDay >= day.AddDays(ShiftImpact.DaysAfter));

    /// <summary>Yesterday is the newest whole day; late conversions of the slower channel are still coming for its lag.</summary>
    private static DateOnly MatureUntil(DateOnly today, IReadOnlyDictionary<string, CampaignChannel> channels, BudgetShift shift) =>
        today.AddDays(-1 - Math.Max(channels[shift.From].LagDays, channels[shift.To].LagDays));

    /// <summary>The first later change of either channel: from then on the days are not this shift's any more.</summary>
    private static DateOnly? NextChange(Campaign campaign, IEnumerable<BudgetShift> moved, BudgetShift shift, DateOnly day) =>
        moved
            .Where(o => o.Id != shift.Id && new[] { o.From, o.To }.Intersect([shift.From, shift.To]).Any())
            .SelectMany(o => new[] { o.DecidedAt, o.RolledBackAt })
            .OfType<DateTimeOffset>()
            .Select(at => (DateOnly?)campaign.Today(at))
            .Where(d => d > day)
            .Min();

    private static ShiftEffect Effect(
        Campaign campaign,
        BudgetShift shift,
        DateOnly day,
        DateOnly? next,
        KnownDays known,
        IReadOnlyDictionary<string, CampaignChannel> channels,
        DateTimeOffset now
    )
    {
        var last = day.AddDays(ShiftImpact.DaysAfter);
        if (next is { } other && other.AddDays(-1) < last)
            last = other.AddDays(-1);
        var (loser, noLoser) = ShiftImpact.Of(channels[shift.From].Name, known.Of(shift.From), day, last);
        var (winner, noWinner) = ShiftImpact.Of(channels[shift.To].Name, known.Of(shift.To), day, last);
        ShiftEffect Say(EffectVerdict verdict, double? gain, double? error, Phrase why) =>
            new()
            {
                ShiftId = shift.Id,
                CampaignId = campaign.Id,
                MeasuredAt = now,
                First = day.AddDays(1),
                Last = last,
                GainMinor = gain,
                ErrorMinor = error,
                Verdict = verdict,
                WhyEn = why.En,
                WhyZh = why.Zh,
            };
        if (loser is null || winner is null)
        {
            var missing = (noLoser ?? noWinner)!.Value;
            return Say(EffectVerdict.NotMeasurable, null, null, new($"not measurable: {missing.En}.", $"无法衡量：{missing.Zh}。"));
        }
        var (together, chance) = ShiftImpact.Together(loser, winner);
        var verdict =
            Math.Abs(together) <= ShiftImpact.Sure * chance ? EffectVerdict.Unclear
            : together > 0 ? EffectVerdict.Better
            : EffectVerdict.Worse;
        string Money(double minor) => campaign.Money((long)Math.Round(minor)).ToString();
        string Side(CampaignChannel c, ChannelImpact i) => $"{c.Name} {Money(i.Expected)} → {Money(i.Actual)}";
        var sides = $"{Side(channels[shift.From], loser)}, {Side(channels[shift.To], winner)}";
        return Say(
            verdict,
            together,
            chance,
            new(
                $"revenue a day {Money(together)} ± {Money(chance)} against both channels' own trends ({sides}; {loser.After} days after, {loser.Before} before); observational, not proof of cause.",
                $"两渠道日收入较各自趋势 {Money(together)} ± {Money(chance)}（{sides}；后 {loser.After} 天，前 {loser.Before} 天）；仅为观察结果，不代表因果。"
            )
        );
    }

    private async Task ProposeBackAsync(
        Campaign campaign,
        BudgetShift shift,
        ShiftEffect effect,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var back = new Movement(shift.To, shift.From, shift.AmountMinor, null, now);
        if (await ledger.ObjectionAsync(campaign, back, cancellationToken) is { } no)
        {
            db.Note(campaign.Id, now, Proposer, new($"{shift.Title} is not proposed back: {no.En}", $"{shift.Title} 未提议撤回：{no.Zh}"));
            return;
        }
        await propose.HandleAsync(
            campaign,
            new(
                $"effect:{shift.Id}",
                back.From,
                back.To,
                back.AmountMinor,
                MayActAlone: false,
                Proposer,
                new($"{shift.Title} turned out worse: {effect.WhyEn}", $"{shift.Title} 效果变差：{effect.WhyZh}")
            ),
            now,
            cancellationToken
        );
    }
}
