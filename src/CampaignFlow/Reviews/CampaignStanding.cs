using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Metrics;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Reviews;

/// <summary>How a campaign stands at one instant, in the words and numbers that mails, reports and pages share.</summary>
public sealed class CampaignStanding(CampaignFlowDb db, MetricQueries metrics, BudgetLedger ledger)
{
    private static readonly IReadOnlyDictionary<string, (Phrase Name, Phrase Formula)> MetricNames = new Dictionary<
        string,
        (Phrase, Phrase)
    >(StringComparer.Ordinal)
    {
        ["roas"] = (new("ROAS", "ROAS"), new("ROAS = revenue ÷ spend", "ROAS = 成交额 ÷ 花费")),
        ["cpa"] = (new("CPA", "CPA"), new("CPA = spend ÷ conversions", "CPA = 花费 ÷ 转化数")),
        ["cvr"] = (new("CVR", "转化率"), new("CVR = conversions ÷ clicks", "转化率 = 转化数 ÷ 点击")),
        ["ctr"] = (new("CTR", "点击率"), new("CTR = clicks ÷ impressions", "点击率 = 点击 ÷ 展现")),
        ["revenue"] = (new("Revenue", "成交额"), new("Revenue = Σ revenue of all channels", "成交额 = 各渠道之和")),
        ["conversions"] = (new("Conversions", "转化数"), new("Conversions = Σ of all channels", "转化数 = 各渠道之和")),
    };

    public static Phrase NameOf(string metric) =>
        MetricNames.TryGetValue(metric, out var known) ? known.Name : Phrase.Same(metric.ToUpperInvariant());

    /// <summary>Each goal with its actual number, the pace and, for sums, a straight-line forecast.</summary>
    public async Task<IReadOnlyList<GoalLine>> GoalsAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var goals = await db
            .Goals.AsNoTracking()
            .Where(g => g.CampaignId == campaign.Id)
            .OrderBy(g => g.Guardrail)
            .ThenBy(g => g.Metric)
            .ToListAsync(cancellationToken);
        var totals = await metrics.TotalsAsync(campaign.Id, now, campaign.StartsOn, campaign.EndsOn, cancellationToken);
        var lag = await db.CampaignChannels.Where(c => c.CampaignId == campaign.Id).MaxAsync(c => (int?)c.LagDays, cancellationToken) ?? 0;
        DateOnly? last = totals.Days.Count == 0 ? null : totals.Days.Max(d => d.Day);
        return [.. goals.Select(g => LineOf(campaign, g, totals, last, lag))];
    }

    public async Task<MoneyState> MoneyAsync(
        Campaign campaign,
        DateTimeOffset since,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var totals = await metrics.TotalsAsync(campaign.Id, now, campaign.StartsOn, campaign.EndsOn, cancellationToken);
        var daily = (await ledger.BalancesAsync(campaign.Id, cancellationToken)).Values.Sum();
        var days = campaign.EndsOn.DayNumber - campaign.StartsOn.DayNumber + 1;
        var shifts = await db
            .BudgetShifts.AsNoTracking()
            .Where(s => s.CampaignId == campaign.Id && s.State == ShiftState.Applied && s.DecidedAt >= since)
            .ToListAsync(cancellationToken);
        var spent = totals.All.SpendMinor;
        var elapsed = totals.Days.Count;
        return new(
            campaign.Money(daily * days),
            Changed: false,
            spent is { } s ? campaign.Money(s) : null,
            spent is { } sum && elapsed > 0 ? campaign.Money((long)((decimal)sum / elapsed * days)) : null,
            shifts.Count,
            campaign.Money(shifts.Sum(x => x.AmountMinor))
        )
        {
            Reversible = shifts.Count,
            AsOf = elapsed == 0 ? null : totals.Days.Max(d => d.Day),
        };
    }

    /// <summary>What rules did and what guards kept them from doing since <paramref name="since"/>.</summary>
    public async Task<AutomationState> AutomationAsync(Campaign campaign, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var decisions = await db
            .Decisions.AsNoTracking()
            .Where(d => d.CampaignId == campaign.Id && d.At >= since && d.Action != "" && d.Action != "notify")
            .Select(d => new { d.Outcome, d.BlockedBy })
            .ToListAsync(cancellationToken);
        var blocked = decisions
            .Where(d => d.Outcome == DecisionOutcome.Refused)
            .GroupBy(d => d.BlockedBy ?? "ledger")
            .OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => (GuardWords.Of(g.Key), g.Count()));
        return new(decisions.Count(d => d.Outcome == DecisionOutcome.Applied), [.. blocked], Regrets: null);
    }

    public async Task<IReadOnlyList<WorkLine>> OverdueAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var late = await db
            .WorkTasks.AsNoTracking()
            .Where(t => t.CampaignId == campaign.Id && t.DoneAt == null && t.WithdrawnAt == null && t.DueAt < now)
            .OrderBy(t => t.DueAt)
            .ToListAsync(cancellationToken);
        return
        [
            .. late.Select(t => new WorkLine(t.Title, Accounts.Roles.Names[t.Role], campaign.Today(t.DueAt)) { Path = $"/tasks/{t.Id}" }),
        ];
    }

    public Task<List<Approval>> OpenApprovalsAsync(Campaign campaign, CancellationToken cancellationToken) =>
        db
            .Approvals.AsNoTracking()
            .Where(a => a.CampaignId == campaign.Id && a.State == ApprovalState.Open)
            .OrderBy(a => a.DueAt)
            .ToListAsync(cancellationToken);

    /// <param name="last">Last day with data.</param>
    /// <param name="lag">Days until numbers hardly change any more.</param>
    public static GoalLine LineOf(Campaign campaign, Goal goal, PeriodTotals totals, DateOnly? last, int lag)
    {
        var actual = totals.All.Value(goal.Metric);
        var additive = goal.Metric is "revenue" or "conversions" or "leads" or "clicks";
        var days = campaign.EndsOn.DayNumber - campaign.StartsOn.DayNumber + 1;
        var elapsed = last is { } l ? l.DayNumber - campaign.StartsOn.DayNumber + 1 : 0;
        var expected = additive ? goal.Target * elapsed / days : goal.Target;
        double? gap = actual is { } a && expected > 0 ? a / expected - 1 : null;
        var forecast = additive && actual is { } sum && elapsed > 0 ? sum / elapsed * days : (double?)null;
        return new(
            NameOf(goal.Metric),
            FigureOf(campaign, goal.Metric, actual),
            FigureOf(campaign, goal.Metric, goal.Target),
            PaceOf(goal.Metric, gap),
            last,
            last?.AddDays(-lag)
        )
        {
            Gap = gap,
            ForecastLow = FigureOf(campaign, goal.Metric, forecast),
            ForecastHigh = FigureOf(campaign, goal.Metric, forecast),
            Formula = MetricNames.TryGetValue(goal.Metric, out var known) ? known.Formula : null,
        };
    }

    /// <summary>Within 3 % of where it should be is on track; costs count the other way round.</summary>
    private static Pace PaceOf(string metric, double? gap) =>
        gap is not { } g
            ? Pace.Unknown
            : (Goal.IsLowerBetter(metric) ? -g : g) switch
            {
                >= 0.03 => Pace.Ahead,
                > -0.03 => Pace.OnTrack,
                _ => Pace.Behind,
            };

    public static Figure? FigureOf(Campaign campaign, string metric, double? value) =>
        value is not { } v
            ? null
            : metric switch
            {
                "cpa" or "cpc" or "cpm" => new Figure.Amount(campaign.Money((long)Math.Round(v))),
                "revenue" or "spend" => new Figure.Round(campaign.Money((long)Math.Round(v))),
                "ctr" or "cvr" => new Figure.Share(v),
                "roas" or "roi" => new Figure.Times(v),
                _ => new Figure.Count(v),
            };
}
