using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>A rule asked to tell somebody something.</summary>
public sealed record RuleNotified(Guid CampaignId, string Rule, string Whom, Phrase Message, Phrase Why) : IFact;

/// <summary>Does what a fired rule asks for, as far as its mode lets it act alone, and writes down what became of it.</summary>
public sealed class CarryOut(CampaignFlowDb db, ProposeShift propose, OpenApproval approvals, GiveWork work)
{
    /// <summary>The same question is not asked again for this long, answered or not.</summary>
    private const int AskAgainAfterDays = 7;

    public async Task HandleAsync(
        Campaign campaign,
        Verdict verdict,
        Decision decision,
        RuleAction action,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (verdict.Mode is Mode.Observe)
        {
            decision.Outcome = DecisionOutcome.Observed;
            return;
        }
        switch (action)
        {
            case RuleAction.Shift shift:
                await ShiftAsync(campaign, verdict, decision, shift, now, cancellationToken);
                break;
            case RuleAction.Lift lift:
                var more = new RuleAction.Shift(LedgerEntry.Reserve, lift.Channel, lift.AmountMinor);
                await ShiftAsync(campaign, verdict, decision, more, now, cancellationToken);
                break;
            case RuleAction.Cut cut:
                var less = new RuleAction.Shift(cut.Channel, LedgerEntry.Reserve, cut.AmountMinor);
                await ShiftAsync(campaign, verdict, decision, less, now, cancellationToken);
                break;
            case RuleAction.Revert revert:
                // The way back is a shift like any other: the ledger checks it again.
                var back = new RuleAction.Shift(revert.From, revert.To, revert.AmountMinor);
                await ShiftAsync(campaign, verdict, decision, back, now, cancellationToken);
                break;
            case RuleAction.Resume resume:
                var stopped = (await db.ChannelNamesAsync(campaign.Id, cancellationToken)).GetValueOrDefault(
                    resume.Channel,
                    resume.Channel
                );
                var resumeIt = new Phrase($"Resume {stopped}?", $"是否恢复 {stopped}？");
                await AskAsync(campaign, decision, Accounts.Roles.Manager, resumeIt, ProposeShift.AnswerWithin, now, cancellationToken);
                break;
            case RuleAction.Pause pause when verdict.Mode is Mode.Auto:
                await PauseAsync(campaign, verdict, pause.Channel, now, cancellationToken);
                break;
            case RuleAction.Pause pause:
                var name = (await db.ChannelNamesAsync(campaign.Id, cancellationToken)).GetValueOrDefault(pause.Channel, pause.Channel);
                var pauseIt = new Phrase($"Pause {name}?", $"是否暂停 {name}？");
                await AskAsync(campaign, decision, Accounts.Roles.Manager, pauseIt, ProposeShift.AnswerWithin, now, cancellationToken);
                break;
            case RuleAction.Ask ask:
                decision.Otherwise = ask.Otherwise;
                // A pause that is already in force must never go without its question.
                var paused = verdict.Actions.Any(a => a is RuleAction.Pause) && verdict.Mode is Mode.Auto;
                var role = RuleRoles.Of(ask.Whom) ?? Accounts.Roles.Manager;
                await AskAsync(campaign, decision, role, ask.Question, ask.Within, now, cancellationToken, evenIfAskedBefore: paused);
                break;
            case RuleAction.Advance:
                var end = new Phrase("End the flight now and go on to evaluation?", "是否现在结束投放并进入评估？");
                await AskAsync(campaign, decision, Accounts.Roles.Manager, end, ProposeShift.AnswerWithin, now, cancellationToken);
                break;
            case RuleAction.Hold { Channel: not null }:
                break; // it held while the rules spoke, and is looked at again the next time
            case RuleAction.Hold:
                campaign.HeldBy ??= EvaluateCampaign.HeldByRule + verdict.Rule;
                db.Note(
                    campaign.Id,
                    now,
                    verdict.Rule,
                    new($"Budget changes on hold: {verdict.Why.En}", $"预算调整已暂停：{verdict.Why.Zh}")
                );
                break;
            case RuleAction.Notify notify:
                db.Publish(
                    $"rule-notified:{decision.Key}",
                    new RuleNotified(campaign.Id, decision.Rule, notify.Whom, notify.Message, verdict.Why),
                    now
                );
                break;
            default:
                await work.HandleAsync(campaign, decision, action, now, cancellationToken);
                break;
        }
    }

    private async Task ShiftAsync(
        Campaign campaign,
        Verdict verdict,
        Decision decision,
        RuleAction.Shift shift,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var alone = verdict.Mode is Mode.Auto || (verdict.Mode is Mode.AskAbove limit && shift.AmountMinor <= limit.Minor);
        var proposal = new ShiftProposal(
            $"decision:{decision.Key}",
            shift.From,
            shift.To,
            shift.AmountMinor,
            alone,
            verdict.Rule,
            verdict.Why,
            decision.Id
        );
        var (made, refusal) = await propose.HandleAsync(campaign, proposal, now, cancellationToken);
        decision.Outcome = EvaluateCampaign.OutcomeOf(made.State);
        if (refusal is { } no)
        {
            decision.WhyEn += " " + no.En;
            decision.WhyZh += no.Zh;
        }
    }

    private async Task PauseAsync(Campaign campaign, Verdict verdict, string code, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var channel = await db.CampaignChannels.SingleAsync(c => c.CampaignId == campaign.Id && c.Code == code, cancellationToken);
        channel.Active = false;
        db.Note(
            campaign.Id,
            now,
            verdict.Rule,
            new($"{channel.Name} paused: {verdict.Why.En}", $"{channel.Name} 已暂停：{verdict.Why.Zh}")
        );
    }

    private async Task AskAsync(
        Campaign campaign,
        Decision decision,
        string role,
        Phrase question,
        TimeSpan within,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        bool evenIfAskedBefore = false
    )
    {
        var since = decision.Day.AddDays(-AskAgainAfterDays);
        var before = await db
            .Decisions.Where(d =>
                d.CampaignId == campaign.Id
                && d.Rule == decision.Rule
                && d.Action == decision.Action
                && d.From == decision.From
                && d.Day > since
                && d.Evaluation != decision.Evaluation
                && (
                    d.Outcome == DecisionOutcome.Waiting
                    || d.Outcome == DecisionOutcome.Applied
                    || d.Outcome == DecisionOutcome.Rejected
                    || d.Outcome == DecisionOutcome.Expired
                )
            )
            .OrderByDescending(d => d.At)
            .FirstOrDefaultAsync(cancellationToken);
        if (before is not null && !evenIfAskedBefore)
        {
            decision.Outcome = DecisionOutcome.Refused;
            decision.BlockedBy = "asked before";
            decision.WhyEn += $" Already asked on {before.Day:yyyy-MM-dd}.";
            decision.WhyZh += $" 已于 {before.Day:yyyy-MM-dd} 询问过。";
            return;
        }
        decision.Outcome = DecisionOutcome.Waiting;
        await approvals.HandleAsync(
            new(campaign, $"{SettleDecision.ApprovalKey}{decision.Key}", decision.Action, question, decision.Why)
            {
                Roles = [role],
                DueAt = now + within,
            },
            now,
            cancellationToken
        );
    }
}
