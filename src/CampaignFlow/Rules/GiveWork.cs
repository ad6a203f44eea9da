using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>What a rule asks of people and processes rather than of money: tasks, issues, experiments, workflows, events.</summary>
public sealed class GiveWork(CampaignFlowDb db, WorkflowRuns runs)
{
    /// <summary>The same work is not given again for this long, done or not.</summary>
    private const int GiveAgainAfterDays = 7;

    private static readonly TimeSpan IssueDue = TimeSpan.FromDays(2);
    private static readonly TimeSpan ExperimentDue = TimeSpan.FromDays(7);

    public async Task HandleAsync(
        Campaign campaign,
        Decision decision,
        RuleAction action,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        switch (action)
        {
            case RuleAction.Task task:
                await GiveAsync(campaign, decision, new(RuleRoles.Of(task.Whom), task.What, task.Within), now, cancellationToken);
                break;
            case RuleAction.Issue issue:
                var told = new Phrase($"Issue: {issue.Title.En}", $"问题：{issue.Title.Zh}");
                await GiveAsync(campaign, decision, new(Accounts.Roles.Manager, told, IssueDue), now, cancellationToken);
                break;
            case RuleAction.Experiment experiment:
                var ask = new Phrase($"Plan an experiment? {experiment.Question.En}", $"是否安排实验？{experiment.Question.Zh}");
                await GiveAsync(campaign, decision, new(Accounts.Roles.Analyst, ask, ExperimentDue), now, cancellationToken);
                break;
            case RuleAction.Start start:
                await StartAsync(campaign, decision, start.Workflow, cancellationToken);
                break;
            case RuleAction.Signal signal:
                var (key, to) = (signal.Event, campaign.Id.ToString());
                await db.SignalAsync(Bookmark.Event, key, to, null, $"rule-signal:{decision.Key}", now, cancellationToken);
                break;
        }
    }

    private sealed record Work(string? Role, Phrase Title, TimeSpan Within);

    private async Task GiveAsync(Campaign campaign, Decision decision, Work work, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var since = now.AddDays(-GiveAgainAfterDays);
        var title = work.Title.En;
        if (
            await db.WorkTasks.AnyAsync(
                t =>
                    t.CampaignId == campaign.Id && t.TitleEn == title && (t.DoneAt == null || t.CreatedAt > since) && t.WithdrawnAt == null,
                cancellationToken
            )
        )
        {
            Refuse(decision, "asked before", new("The same work was given before.", "已派过相同的任务。"));
            return;
        }
        var task = new WorkTask
        {
            CampaignId = campaign.Id,
            Key = $"decision:{decision.Key}",
            TitleEn = title,
            TitleZh = work.Title.Zh,
            WhyEn = decision.WhyEn,
            WhyZh = decision.WhyZh,
            Role = work.Role ?? Accounts.Roles.Manager,
            CreatedAt = now,
            DueAt = now + work.Within,
        };
        db.WorkTasks.Add(task);
        db.Publish($"task-opened:{task.Key}", new TaskOpened(task.Id), now);
    }

    private async Task StartAsync(Campaign campaign, Decision decision, string workflow, CancellationToken cancellationToken)
    {
        try
        {
            // One run of it for a campaign: a rule that keeps holding does not start it every day.
            await runs.StartAsync(
                workflow,
                $"rule:{campaign.Id}:{decision.Rule}:{workflow}",
                campaign.Id.ToString(),
                null,
                cancellationToken
            );
        }
        catch (UnknownWorkflow unknown)
        {
            Refuse(decision, "no such workflow", Phrase.Same(unknown.Message));
        }
    }

    private static void Refuse(Decision decision, string by, Phrase why)
    {
        decision.Outcome = DecisionOutcome.Refused;
        decision.BlockedBy = by;
        decision.WhyEn += " " + why.En;
        decision.WhyZh += why.Zh;
    }
}
