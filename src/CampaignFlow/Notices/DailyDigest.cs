using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Reviews;
using CampaignFlow.Rules;
using CampaignFlow.Scheduling;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Notices;

/// <summary>
/// The daily check: did every channel's numbers of yesterday arrive, what waits for people, what did rules decide. Mailed once a day
/// to the operator, and only when there is something to do or something happened.
/// </summary>
public sealed class DailyDigest(CampaignFlowDb db, MetricQueries metrics, CampaignStanding standing, PostMail post, TimeProvider clock)
    : IFactHandler<CheckDue>
{
    public async Task Handle(CheckDue fact, CancellationToken cancellationToken)
    {
        if (fact.Check != "daily-check")
            return;
        var now = clock.GetUtcNow();
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == fact.CampaignId, cancellationToken);
        var sources = await SourcesAsync(campaign, now, cancellationToken);
        var work = await WorkAsync(campaign, cancellationToken);
        var decisions = await DecisionsAsync(campaign, now, cancellationToken);
        if (sources.All(s => s.Good) && work.Count == 0 && decisions.Count == 0)
            return;
        var mail = new DailyDigestMail
        {
            Campaign = new(campaign.Code, campaign.Name),
            Path = $"/campaigns/{campaign.Code}",
            Day = campaign.Today(now),
            Stage = Stage.Of(Stage.Execution).Name,
            FlightDay = campaign.Today(now).DayNumber - campaign.StartsOn.DayNumber + 1,
            Sources = sources,
            Goals = await standing.GoalsAsync(campaign, now, cancellationToken),
            ToDo = work,
            Decisions = decisions,
        };
        foreach (var reader in await Recipients.OfRoleAsync(db, Roles.Operator, cancellationToken))
            await post.PostAsync(db, mail, reader, $"{campaign.Code}:{mail.Day:yyyy-MM-dd}", campaign.Id, now, cancellationToken);
    }

    private async Task<IReadOnlyList<SourceLine>> SourcesAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var today = campaign.Today(now);
        var due = Earlier(today.AddDays(-1), campaign.EndsOn);
        if (due < campaign.StartsOn)
            return [];
        var known = await metrics.DaysAsync(campaign.Id, now, campaign.StartsOn, today, cancellationToken);
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        return
        [
            .. channels.Select(c =>
                known.Of(c.Code).Any(d => d.Date == due)
                    ? new SourceLine(c.Name, true, new($"numbers of {due:MM-dd} are in", $"{due:MM-dd} 数据已到"))
                    : new SourceLine(c.Name, false, new($"numbers of {due:MM-dd} are missing", $"缺 {due:MM-dd} 的数据"))
            ),
        ];
    }

    private async Task<IReadOnlyList<WorkLine>> WorkAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        var tasks = await db
            .WorkTasks.AsNoTracking()
            .Where(t => t.CampaignId == campaign.Id && t.DoneAt == null && t.WithdrawnAt == null)
            .OrderBy(t => t.DueAt)
            .ToListAsync(cancellationToken);
        var approvals = await standing.OpenApprovalsAsync(campaign, cancellationToken);
        return
        [
            .. tasks.Select(t => new WorkLine(t.Title, Roles.Names[t.Role], campaign.Today(t.DueAt)) { Path = $"/tasks/{t.Id}" }),
            .. approvals.Select(a => new WorkLine(a.Title, Roles.Names[a.Roles[0]], campaign.Today(a.DueAt))
            {
                Path = $"/approvals/{a.Id}",
            }),
        ];
    }

    private async Task<IReadOnlyList<Phrase>> DecisionsAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now.AddDays(-1);
        var decisions = await db
            .Decisions.AsNoTracking()
            .Where(d => d.CampaignId == campaign.Id && d.At > since && d.Action != "" && d.Outcome != DecisionOutcome.Refused)
            .OrderBy(d => d.At)
            .ThenBy(d => d.Key)
            .ToListAsync(cancellationToken);
        return [.. decisions.Select(d => new Phrase($"{d.Rule}: {d.WhyEn}", $"{d.Rule}：{d.WhyZh}")).Distinct()];
    }

    private static DateOnly Earlier(DateOnly a, DateOnly b) => a < b ? a : b;
}
