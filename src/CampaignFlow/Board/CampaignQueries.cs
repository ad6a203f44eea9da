using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Reviews;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Board;

/// <summary>The campaign page in one statement a table: every number is then counted from what was read.</summary>
public sealed class CampaignQueries(
    CampaignFlowDb db,
    MetricQueries metrics,
    BudgetLedger ledger,
    DecisionLines decisions,
    RunQueries runs,
    TimeProvider clock
)
{
    private const int ShownDecisions = 12;
    private const int ShownHistory = 20;
    private const int ShownRuns = 5;

    /// <returns>Null when there is no such campaign.</returns>
    public async Task<CampaignView?> LoadAsync(string code, DecisionsShown shown, CancellationToken cancellationToken)
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, cancellationToken) is not { } campaign)
            return null;
        var now = clock.GetUtcNow();
        var read = await ReadAsync(campaign, now, cancellationToken);
        var totals = read.Days.Totals();
        var lag = read.Channels.Select(c => c.LagDays).DefaultIfEmpty().Max();
        DateOnly? last = read.Days.LatestDay;
        var goals = read
            .Goals.OrderBy(g => g.Guardrail)
            .ThenBy(g => g.Metric, StringComparer.Ordinal)
            .Select(g => CampaignStanding.LineOf(campaign, g, totals, last, lag))
            .ToList();
        var open = read.Visits.Where(v => v.LeftAt == null).ToList();
        var (lines, more) = await decisions.LoadAsync(campaign, shown, now, ShownDecisions, cancellationToken);
        return new(campaign, now)
        {
            Owner = read.Owner,
            Health = Health.Of(
                Health.Behind(goals),
                read.Tasks.Count(t => t.DueAt < now),
                [.. open.Where(v => v.DueAt < now).Select(v => Stage.Of(v.Stage)).Distinct()],
                campaign.HeldBy is not null,
                BoardQueries.DaysBehind(campaign, open, last, campaign.Today(now))
            ),
            Stages = [.. Stage.All.Select(s => StepOf(s, read.Visits))],
            Gates = GatesOf(campaign, read),
            Goals = goals,
            Channels = ChannelLines.Of(campaign, read.Channels, read.History, read.Days, campaign.Today(now)),
            Curves = ChannelLines.Curves(campaign, read.Channels, read.History, read.Days, read.Goals, campaign.Today(now)),
            Promotions = await db.PromotionsOfAsync(campaign.Id, cancellationToken),
            Decisions = lines,
            MoreDecisions = more,
            Actions = [.. ActionsOf(read)],
            History = read.Audit,
            Reports = read.Reports,
            Runs = await runs.OfAsync(campaign.Id, ShownRuns, cancellationToken),
        };
    }

    private async Task<Reading> ReadAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = campaign.Id;
        return new(
            await db.CampaignChannels.AsNoTracking().Where(c => c.CampaignId == id).OrderBy(c => c.Code).ToListAsync(cancellationToken),
            await db.Goals.AsNoTracking().Where(g => g.CampaignId == id).ToListAsync(cancellationToken),
            await db.StageVisits.AsNoTracking().Where(v => v.CampaignId == id).ToListAsync(cancellationToken),
            await db.GateChecks.AsNoTracking().Where(g => g.CampaignId == id && g.PassedAt == null).ToListAsync(cancellationToken),
            await db
                .WorkTasks.AsNoTracking()
                .Where(t => t.CampaignId == id && t.DoneAt == null && t.WithdrawnAt == null)
                .OrderBy(t => t.DueAt)
                .ToListAsync(cancellationToken),
            await db
                .Approvals.AsNoTracking()
                .Where(a => a.CampaignId == id && a.State == ApprovalState.Open)
                .OrderBy(a => a.DueAt)
                .ToListAsync(cancellationToken),
            await ledger.HistoryAsync(id, campaign.StartsOn, campaign.EndsOn, cancellationToken),
            await metrics.DaysAsync(id, now, campaign.StartsOn, campaign.EndsOn, cancellationToken),
            await db
                .Audit.AsNoTracking()
                .Where(a => a.CampaignId == id)
                .OrderByDescending(a => a.At)
                .ThenByDescending(a => a.Id)
                .Take(ShownHistory)
                .ToListAsync(cancellationToken),
            await db.Reports.CountAsync(r => r.CampaignId == id, cancellationToken),
            campaign.OwnerId is { } owner
                ? await db.People.Where(p => p.Id == owner).Select(p => p.DisplayName).SingleOrDefaultAsync(cancellationToken)
                : null
        );
    }

    /// <summary>A stage that was entered again shows its last stay.</summary>
    private static StageStep StepOf(Stage stage, IReadOnlyList<StageVisit> visits)
    {
        var visit = visits.Where(v => v.Stage == stage.Code).MaxBy(v => v.EnteredAt);
        return new(stage, visit?.EnteredAt, visit?.DueAt, visit?.LeftAt);
    }

    private static IReadOnlyList<OpenGate> GatesOf(Campaign campaign, Reading read) =>
        [
            .. read
                .Gates.GroupBy(g => g.Stage)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => g.MaxBy(x => x.OpenedAt)!)
                .Select(g => new OpenGate(
                    Stage.Of(g.Stage),
                    g.CheckedAt,
                    read.Visits.Where(v => v.Stage == g.Stage && v.LeftAt == null).MaxBy(v => v.EnteredAt)?.DueAt,
                    GateCondition.Read(g, campaign.Code, read.Tasks, read.Approvals)
                )),
        ];

    private static IEnumerable<NextAction> ActionsOf(Reading read) =>
        read
            .Tasks.Select(t => new NextAction($"/tasks/{t.Id}", t.Title, t.Why, [t.Role], t.DueAt, Decides: false))
            .Concat(read.Approvals.Select(a => new NextAction($"/approvals/{a.Id}", a.Title, a.Why, a.Roles, a.DueAt, Decides: true)))
            .OrderBy(a => a.Due);

    private sealed record Reading(
        IReadOnlyList<CampaignChannel> Channels,
        IReadOnlyList<Goal> Goals,
        IReadOnlyList<StageVisit> Visits,
        IReadOnlyList<GateCheck> Gates,
        IReadOnlyList<WorkTask> Tasks,
        IReadOnlyList<Approval> Approvals,
        IReadOnlyList<(DateOnly Day, string Channel, long BudgetMinor)> History,
        KnownDays Days,
        IReadOnlyList<AuditEvent> Audit,
        int Reports,
        string? Owner
    );
}
