using System.Text.Json;
using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>
/// Runs the rules over one campaign, stores every verdict as a decision with its numbers, and carries out what fired. Runs inside
/// the caller's transaction; the same evaluation key decides once.
/// </summary>
public sealed class EvaluateCampaign(CampaignFlowDb db, RuleFiles files, CampaignSnapshot snapshots, CarryOut carryOut, WatchData watch)
{
    internal const string HeldByRule = "rule:";

    /// <returns>The decisions of this evaluation, fired ones first.</returns>
    public async Task<IReadOnlyList<Decision>> HandleAsync(
        Campaign campaign,
        string evaluation,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (await db.Decisions.AnyAsync(d => d.Evaluation == evaluation, cancellationToken))
            return [];
        using var work = Instruments.Begin("rules").Tag("campaign.id", campaign.Id).Tag("evaluation", evaluation);
        var rules = files.Current().Select(f => f.Rule).OfType<Rule>().ToList();
        await RememberVersionsAsync(rules, now, cancellationToken);
        await watch.LookAsync(campaign, now, cancellationToken);
        var snapshot = await snapshots.TakeAsync(campaign, now, cancellationToken);
        var decisions = new List<Decision>();
        Lift(campaign, now);
        foreach (var verdict in RuleEngine.Evaluate(rules, snapshot).OrderBy(v => v.Kind))
        {
            var subject = string.Join(">", verdict.Subject.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value));
            var seen = new Seen(verdict, snapshot, evaluation, $"{campaign.Code}:{verdict.Rule}:{subject}:{evaluation}");
            decisions.AddRange(await DecideAsync(campaign, seen, now, cancellationToken));
        }
        return decisions;
    }

    /// <summary>What a rule held, it holds again below if its reason still stands.</summary>
    private void Lift(Campaign campaign, DateTimeOffset now)
    {
        if (campaign.HeldBy?.StartsWith(HeldByRule, StringComparison.Ordinal) != true)
            return;
        db.Note(campaign.Id, now, campaign.HeldBy[HeldByRule.Length..], new("Hold looked at again.", "重新检查暂停原因。"));
        campaign.HeldBy = null;
    }

    private async Task<IReadOnlyList<Decision>> DecideAsync(
        Campaign campaign,
        Seen seen,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var verdict = seen.Verdict;
        if (verdict.Kind != VerdictKind.Fired)
        {
            // What was refused is told once, by its main action.
            var silent = Draft(campaign, seen, seen.Key, verdict.Actions is [var main, ..] ? main : null, now);
            db.Decisions.Add(silent);
            return [silent];
        }
        var decisions = new List<Decision>();
        foreach (var action in verdict.Actions)
        {
            var decision = Draft(campaign, seen, $"{seen.Key}:{decisions.Count}", action, now);
            db.Decisions.Add(decision);
            await carryOut.HandleAsync(campaign, verdict, decision, action, now, cancellationToken);
            decisions.Add(decision);
        }
        return decisions;
    }

    private static Decision Draft(Campaign campaign, Seen seen, string key, RuleAction? action, DateTimeOffset now)
    {
        var verdict = seen.Verdict;
        return new()
        {
            CampaignId = campaign.Id,
            Key = key,
            Evaluation = seen.Evaluation,
            Day = seen.Snapshot.Today,
            At = now,
            FactsAsOf = seen.Snapshot.Now,
            Rule = verdict.Rule,
            RuleHash = verdict.RuleHash,
            Action = action is null ? "" : NameOf(action),
            From = action switch
            {
                RuleAction.Shift s => s.From,
                RuleAction.Pause p => p.Channel,
                RuleAction.Resume r => r.Channel,
                RuleAction.Revert r => r.From,
                _ => verdict.Subject.GetValueOrDefault("loser") ?? verdict.Subject.GetValueOrDefault("channel"),
            },
            To = action switch
            {
                RuleAction.Shift s => s.To,
                RuleAction.Revert r => r.To,
                RuleAction.Lift l => l.Channel,
                _ => verdict.Subject.GetValueOrDefault("winner"),
            },
            AmountMinor = action switch
            {
                RuleAction.Shift s => s.AmountMinor,
                RuleAction.Revert r => r.AmountMinor,
                RuleAction.Lift l => l.AmountMinor,
                RuleAction.Cut c => c.AmountMinor,
                _ => null,
            },
            Outcome = verdict.Kind switch
            {
                VerdictKind.Fired => DecisionOutcome.Applied,
                VerdictKind.Blocked or VerdictKind.Lost => DecisionOutcome.Refused,
                VerdictKind.Unknown => DecisionOutcome.Unknown,
                _ => DecisionOutcome.NotFired,
            },
            BlockedBy = verdict.BlockedBy,
            WhyEn = verdict.Why.En,
            WhyZh = verdict.Why.Zh,
            Clauses = JsonSerializer.Serialize(verdict.Clauses, RunJson.Options),
        };
    }

    /// <summary>A verdict with what it was given on.</summary>
    private sealed record Seen(Verdict Verdict, Snapshot Snapshot, string Evaluation, string Key);

    internal static DecisionOutcome OutcomeOf(ShiftState state) =>
        state switch
        {
            ShiftState.Applied => DecisionOutcome.Applied,
            ShiftState.Rejected => DecisionOutcome.Rejected,
            ShiftState.Expired => DecisionOutcome.Expired,
            ShiftState.Refused => DecisionOutcome.Refused,
            ShiftState.RolledBack => DecisionOutcome.RolledBack,
            _ => DecisionOutcome.Waiting,
        };

    private static string NameOf(RuleAction action) => action.GetType().Name.ToLowerInvariant();

    private async Task RememberVersionsAsync(List<Rule> rules, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hashes = rules.ConvertAll(r => r.Hash);
        var known = await db.RuleVersions.Where(v => hashes.Contains(v.Hash)).Select(v => v.Hash).ToListAsync(cancellationToken);
        foreach (var rule in rules.Where(r => !known.Contains(r.Hash)))
            db.RuleVersions.Add(
                new()
                {
                    Hash = rule.Hash,
                    Rule = rule.Id,
                    Text = rule.Text,
                    FirstSeenAt = now,
                }
            );
    }
}
