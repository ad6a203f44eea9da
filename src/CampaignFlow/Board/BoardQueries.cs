using System.Text.Json;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Reviews;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Board;

/// <summary>Which campaigns the board shows.</summary>
public enum BoardShows
{
    Open,
    Finished,
    All,
}

/// <summary>One campaign on the board.</summary>
/// <param name="Open">Stages it stands in, furthest last; empty when it has not begun or is finished.</param>
/// <param name="WaitsFor">Roles whose turn it is.</param>
/// <param name="Spent">Null while no spend is known.</param>
/// <param name="Planned">Of the whole flight.</param>
/// <param name="Elapsed">Share of the flight that has passed, for the mark on the meter.</param>
public sealed record BoardCard(
    Campaign Campaign,
    IReadOnlyList<Stage> Open,
    Health Health,
    IReadOnlyList<GateState> Gates,
    NextDate? Next,
    Money? Spent,
    Money Planned,
    double Elapsed,
    IReadOnlyList<string> WaitsFor,
    int Waiting
)
{
    public Stage? At => Open.Count == 0 ? null : Open[^1];
    public bool Finished => Campaign.State is CampaignState.Completed or CampaignState.Archived or CampaignState.Cancelled;
}

public sealed record BoardView(IReadOnlyList<BoardCard> Cards, int Finished, int Total, DateTimeOffset Now);

/// <summary>All campaigns at a glance, in a handful of statements however many there are.</summary>
public sealed class BoardQueries(CampaignFlowDb db, TimeProvider clock)
{
    private static readonly CampaignState[] Ended = [CampaignState.Completed, CampaignState.Archived, CampaignState.Cancelled];

    public async Task<BoardView> LoadAsync(BoardShows shows, string? search, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var all = await db.Campaigns.AsNoTracking().OrderBy(c => c.StartsOn).ThenBy(c => c.Code).ToListAsync(cancellationToken);
        var shown = all.Where(c =>
                (shows == BoardShows.All || Ended.Contains(c.State) == (shows == BoardShows.Finished)) && Matches(c, search)
            )
            .ToList();
        var ids = shown.ConvertAll(c => c.Id);
        var gathered = await GatherAsync(ids, now, cancellationToken);
        return new([.. shown.Select(c => CardOf(c, gathered, now))], all.Count(c => Ended.Contains(c.State)), all.Count, now);
    }

    private static bool Matches(Campaign campaign, string? search) =>
        string.IsNullOrWhiteSpace(search)
        || new[] { campaign.Name, campaign.Brand, campaign.Product, campaign.Code, campaign.Intent }.Any(t =>
            t.Contains(search.Trim(), StringComparison.OrdinalIgnoreCase)
        );

    private async Task<Gathered> GatherAsync(List<Guid> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var visits = await db
            .StageVisits.AsNoTracking()
            .Where(v => ids.Contains(v.CampaignId) && v.LeftAt == null)
            .ToListAsync(cancellationToken);
        var gates = await db
            .GateChecks.AsNoTracking()
            .Where(g => ids.Contains(g.CampaignId) && g.PassedAt == null)
            .ToListAsync(cancellationToken);
        var tasks = await db
            .WorkTasks.AsNoTracking()
            .Where(t => ids.Contains(t.CampaignId) && t.DoneAt == null && t.WithdrawnAt == null)
            .Select(t => new Waiting(t.CampaignId, t.Role, t.DueAt))
            .ToListAsync(cancellationToken);
        var approvals = await db
            .Approvals.AsNoTracking()
            .Where(a => ids.Contains(a.CampaignId) && a.State == ApprovalState.Open)
            .ToListAsync(cancellationToken);
        var asked = approvals.ConvertAll(a => a.Id);
        var votes = await db.ApprovalVotes.AsNoTracking().Where(v => asked.Contains(v.ApprovalId)).ToListAsync(cancellationToken);
        var daily = await db
            .Ledger.Where(e => ids.Contains(e.CampaignId) && e.Account != LedgerEntry.Plan && e.Account != LedgerEntry.Reserve)
            .GroupBy(e => e.CampaignId)
            .Select(g => new { g.Key, Sum = g.Sum(e => e.AmountMinor) })
            .ToDictionaryAsync(g => g.Key, g => g.Sum, cancellationToken);
        return new(
            visits.ToLookup(v => v.CampaignId),
            gates.ToLookup(g => g.CampaignId),
            tasks.ToLookup(t => t.CampaignId),
            approvals
                .SelectMany(a =>
                    a.Roles.Where(r => !votes.Exists(v => v.ApprovalId == a.Id && v.Role == r))
                        .Select(r => new Waiting(a.CampaignId, r, a.DueAt))
                )
                .ToLookup(w => w.CampaignId),
            daily,
            (await db.CampaignChannels.AsNoTracking().Where(c => ids.Contains(c.CampaignId)).ToListAsync(cancellationToken)).ToLookup(c =>
                c.CampaignId
            ),
            (await db.Goals.AsNoTracking().Where(g => ids.Contains(g.CampaignId)).ToListAsync(cancellationToken)).ToLookup(g =>
                g.CampaignId
            ),
            await SumsAsync(ids, now, cancellationToken)
        );
    }

    /// <summary>Sums over the flights of the newest version of every channel's day.</summary>
    private async Task<Dictionary<Guid, PeriodTotals>> SumsAsync(List<Guid> ids, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var facts = db.MetricFacts.AsNoTracking();
        var latest = await facts
            .Where(f => ids.Contains(f.CampaignId) && f.KnownAt <= now)
            .Where(f =>
                !facts.Any(l =>
                    l.CampaignId == f.CampaignId && l.Channel == f.Channel && l.Day == f.Day && l.KnownAt > f.KnownAt && l.KnownAt <= now
                )
            )
            .Join(
                db.Campaigns,
                f => f.CampaignId,
                c => c.Id,
                (f, c) =>
                    new
                    {
                        Fact = f,
                        c.StartsOn,
                        c.EndsOn,
                    }
            )
            .Where(x => x.Fact.Day >= x.StartsOn && x.Fact.Day <= x.EndsOn)
            .Select(x => x.Fact)
            .ToListAsync(cancellationToken);
        return latest
            .GroupBy(f => f.CampaignId)
            .ToDictionary(
                g => g.Key,
                g => new PeriodTotals(
                    [],
                    [.. g.GroupBy(f => f.Day).OrderBy(d => d.Key).Select(d => DayTotals.Of(d.Key, d.Select(f => f.AsDay())))],
                    MetricTotals.Of(g.Select(f => f.AsDay()))
                )
            );
    }

    private static BoardCard CardOf(Campaign campaign, Gathered all, DateTimeOffset now)
    {
        var visits = all.Visits[campaign.Id].OrderBy(v => v.Stage, StringComparer.Ordinal).ToList();
        var gates = GatesOf(all.Gates[campaign.Id]);
        var totals = all.Sums.GetValueOrDefault(campaign.Id) ?? new PeriodTotals([], [], new());
        var channels = all.Channels[campaign.Id].ToList();
        DateOnly? last = totals.Days.Count == 0 ? null : totals.Days[^1].Day;
        var lag = channels.Select(c => c.LagDays).DefaultIfEmpty().Max();
        var goals = all.Goals[campaign.Id].Select(g => CampaignStanding.LineOf(campaign, g, totals, last, lag)).ToList();
        var (today, flight) = (campaign.Today(now), campaign.EndsOn.DayNumber - campaign.StartsOn.DayNumber + 1);
        var daily = all.Daily.TryGetValue(campaign.Id, out var booked) ? booked : channels.Sum(c => c.PlannedMinor);
        var waiting = all.Approvals[campaign.Id].Concat(all.Tasks[campaign.Id]).OrderBy(w => w.DueAt).ToList();
        return new(
            campaign,
            [.. visits.Select(v => Stage.Of(v.Stage)).Distinct()],
            Health.Of(
                Health.Behind(goals),
                all.Tasks[campaign.Id].Count(t => t.DueAt < now),
                [.. visits.Where(v => v.DueAt < now).Select(v => Stage.Of(v.Stage)).Distinct()],
                campaign.HeldBy is not null,
                DaysBehind(campaign, visits, last, today)
            ),
            gates,
            NextOf(campaign, visits, now),
            totals.All.SpendMinor is { } spent ? campaign.Money(spent) : null,
            campaign.Money(daily * flight),
            Math.Clamp((double)(today.DayNumber - campaign.StartsOn.DayNumber) / flight, 0, 1),
            [.. waiting.Select(w => w.Role).Distinct()],
            waiting.Count
        );
    }

    internal static int DaysBehind(Campaign campaign, IEnumerable<StageVisit> open, DateOnly? last, DateOnly today)
    {
        if (!open.Any(v => v.Stage == Stage.Execution))
            return 0;
        var due = today.AddDays(-1) < campaign.EndsOn ? today.AddDays(-1) : campaign.EndsOn;
        return Math.Max(0, due.DayNumber - (last ?? campaign.StartsOn.AddDays(-1)).DayNumber);
    }

    /// <summary>Conditions are counted in the gate's last look; a stage may have been entered twice, the later gate counts.</summary>
    internal static IReadOnlyList<GateState> GatesOf(IEnumerable<GateCheck> gates) =>
        [
            .. gates
                .GroupBy(g => g.Stage)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g =>
                {
                    var clauses = JsonSerializer.Deserialize<List<Clause>>(g.MaxBy(x => x.OpenedAt)!.Clauses, RunJson.Options) ?? [];
                    return new GateState(Stage.Of(g.Key), clauses.Count(c => c.Holds == true), clauses.Count);
                }),
        ];

    internal static NextDate? NextOf(Campaign campaign, IReadOnlyList<StageVisit> open, DateTimeOffset now)
    {
        var today = campaign.Today(now);
        var dates = open.Select(v => new NextDate(
                campaign.Today(v.DueAt),
                new($"{Stage.Of(v.Stage).Short} due", $"{Stage.Of(v.Stage).Short} 截止"),
                v.DueAt < now
            ))
            .ToList();
        if (campaign.StartsOn > today)
            dates.Add(new(campaign.StartsOn, new("flight starts", "投放开始"), Late: false));
        else if (campaign.EndsOn >= today)
            dates.Add(new(campaign.EndsOn, new("flight ends", "投放结束"), Late: false));
        return dates.OrderByDescending(d => d.Late).ThenBy(d => d.Day).FirstOrDefault();
    }

    private sealed record Waiting(Guid CampaignId, string Role, DateTimeOffset DueAt);

    private sealed record Gathered(
        ILookup<Guid, StageVisit> Visits,
        ILookup<Guid, GateCheck> Gates,
        ILookup<Guid, Waiting> Tasks,
        ILookup<Guid, Waiting> Approvals,
        Dictionary<Guid, long> Daily,
        ILookup<Guid, CampaignChannel> Channels,
        ILookup<Guid, Goal> Goals,
        Dictionary<Guid, PeriodTotals> Sums
    );
}
