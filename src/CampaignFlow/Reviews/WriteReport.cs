using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Metrics;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Reviews;

/// <summary><c>CampaignFlow.Report</c>: writes down how the campaign did, goal by goal and channel by channel, and mails it.</summary>
public sealed class WriteReport(CampaignFlowDb db, MetricQueries metrics, BudgetLedger ledger, PostMail post) : IActivity
{
    public ActivityType Type { get; } =
        new(
            "CampaignFlow.Report",
            "Campaign",
            new("Report", "报告"),
            new("Writes a report from the numbers known now and tells the team.", "按当前已知数据生成报告并通知团队。"),
            [
                new(
                    "Kind",
                    "String",
                    new("Kind", "类型"),
                    new("Which report: on the whole campaign, or on the week.", "哪种报告：整个活动的评估，或当周的周报。")
                )
                {
                    Default = "evaluation",
                    Options = ["evaluation", "weekly"],
                },
            ],
            [
                new(
                    "ReportId",
                    "String",
                    new("Report", "报告编号"),
                    new("Stands at the end of the report's address.", "位于报告地址的末尾。")
                ),
            ],
            ["Done"]
        )
        {
            Rehearse = _ => new() { Mails = [MailKinds.Rehearsed("report-ready", Readers)] },
        };

    private static readonly string[] Readers = [Roles.Manager, Roles.Analyst, Roles.Executive];

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var campaign = await db.CampaignOfAsync(call.Correlation, cancellationToken);
        var content = await GatherAsync(campaign, call.Now, cancellationToken);
        var report = new Report
        {
            CampaignId = campaign.Id,
            Kind = call.Text("Kind") ?? "evaluation",
            Key = call.Key,
            At = call.Now,
            Content = JsonSerializer.Serialize(content, RunJson.Options),
        };
        db.Reports.Add(report);
        foreach (var reader in await Team.OfAsync(db, cancellationToken, Readers))
            await post.PostAsync(
                db,
                MailOf(campaign, report, content, call.Now),
                reader,
                $"{campaign.Code}:{report.Kind}:{campaign.Today(call.Now):yyyy-MM-dd}",
                campaign.Id,
                call.Now,
                cancellationToken
            );
        return new ActivityResult.Done { Outputs = new Dictionary<string, JsonNode?> { ["ReportId"] = report.Id.ToString() } };
    }

    private async Task<ReportContent> GatherAsync(Campaign campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var totals = await metrics.TotalsAsync(campaign.Id, now, campaign.StartsOn, campaign.EndsOn, cancellationToken);
        var balances = await ledger.BalancesAsync(campaign.Id, cancellationToken);
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        var goals = await db
            .Goals.AsNoTracking()
            .Where(g => g.CampaignId == campaign.Id)
            .OrderBy(g => g.Metric)
            .ToListAsync(cancellationToken);
        var refused = await db.Decisions.CountAsync(
            d => d.CampaignId == campaign.Id && d.Action == "shift" && d.Outcome == DecisionOutcome.Refused,
            cancellationToken
        );
        return new(
            campaign.StartsOn,
            campaign.EndsOn,
            [
                .. goals.Select(g =>
                    totals.All.Value(g.Metric) is { } actual
                        ? new ReportGoal(g.Metric, g.Target, actual, Goal.IsMet(g.Metric, actual, g.Target))
                        : new ReportGoal(g.Metric, g.Target, null, null)
                ),
            ],
            [
                .. channels.Select(c =>
                {
                    var sums = totals.Channels.FirstOrDefault(t => string.Equals(t.Channel, c.Code, StringComparison.OrdinalIgnoreCase));
                    return new ReportChannel(
                        c.Code,
                        c.PlannedMinor,
                        balances.GetValueOrDefault(c.Code),
                        sums?.SpendMinor,
                        sums?.RevenueMinor,
                        sums?.Roas
                    );
                }),
            ],
            await db.BudgetShifts.CountAsync(s => s.CampaignId == campaign.Id && s.State == ShiftState.Applied, cancellationToken),
            refused
        );
    }

    private static ReportReadyMail MailOf(Campaign campaign, Report report, ReportContent content, DateTimeOffset now)
    {
        var best = content.Channels.Where(c => c.Roas is not null).MaxBy(c => c.Roas);
        var worst = content.Channels.Where(c => c.Roas is not null).MinBy(c => c.Roas);
        return new()
        {
            Campaign = new(campaign.Code, campaign.Name),
            Path = $"/campaigns/{campaign.Code}/reports/{report.Id}",
            Report = report.Kind == "weekly" ? new("Weekly report", "周报") : new("Evaluation report", "评估报告"),
            AsOf = campaign.Today(now).AddDays(-1),
            Attainment =
            [
                .. content.Attainment.Select(g => new AttainmentLine(
                    CampaignStanding.NameOf(g.Metric),
                    CampaignStanding.FigureOf(campaign, g.Metric, g.Target),
                    CampaignStanding.FigureOf(campaign, g.Metric, g.Actual),
                    g.Target == 0 ? null : g.Actual / g.Target
                )),
            ],
            Findings =
            [
                new(
                    $"{content.ShiftsApplied} budget shifts were applied, {content.ShiftsRefused} refused.",
                    $"共执行 {content.ShiftsApplied} 笔预算调整，拒绝 {content.ShiftsRefused} 笔。"
                ),
                .. best is null || worst is null
                    ? Array.Empty<Phrase>()
                    :
                    [
                        new(
                            FormattableString.Invariant(
                                $"Best ROAS: {best.Channel} at {best.Roas:0.00}; lowest: {worst.Channel} at {worst.Roas:0.00}."
                            ),
                            FormattableString.Invariant(
                                $"ROAS 最高：{best.Channel} {best.Roas:0.00}；最低：{worst.Channel} {worst.Roas:0.00}。"
                            )
                        ),
                    ],
            ],
        };
    }
}
