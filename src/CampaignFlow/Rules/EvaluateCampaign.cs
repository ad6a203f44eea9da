using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Machine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>A campaign that rules are to look at.</summary>
/// <param name="Key">The same evaluation decides once.</param>
public sealed record Evaluation(Campaign Campaign, string Key);

/// <summary>
/// Runs rules over campaigns, keeps every verdict with its numbers and the record to repeat it from, and carries out what fired. What
/// asked for something, granted or refused, is a decision; the silence of all others stays in the record. Reads for all campaigns
/// together; runs inside the caller's transaction.
/// </summary>
public sealed class EvaluateCampaign(CampaignFlowDb db, RuleFiles files, CampaignSnapshot snapshots, CarryOut carryOut, WatchData watch)
{
    internal const string HeldByRule = "rule:";

    /// <summary>The newest good version of every rule.</summary>
    public IReadOnlyList<Rule> InForce() => [.. files.Current().Select(f => f.Rule).OfType<Rule>()];

    /// <returns>What was decided, fired ones first, refused ones last.</returns>
    public Task<IReadOnlyList<Decision>> HandleAsync(
        Campaign campaign,
        string evaluation,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => HandleAsync([new(campaign, evaluation)], InForce(), now, cancellationToken);

    /// <returns>The decisions of the evaluations that were not decided before, fired ones first.</returns>
    public async Task<IReadOnlyList<Decision>> HandleAsync(
        IReadOnlyList<Evaluation> asked,
        IReadOnlyList<Rule> rules,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var due = await UndecidedAsync(asked, cancellationToken);
        if (due.Count == 0)
            return [];
        using var work = Instruments.Begin("rules").Tag("campaigns", due.Count).Tag("evaluation", due[0].Key);
        await RememberVersionsAsync(rules, now, cancellationToken);
        var campaigns = due.ConvertAll(d => d.Campaign);
        var facts = await snapshots.GatherAsync(campaigns, now, cancellationToken);
        await watch.LookAsync(campaigns.ConvertAll(facts.Watched), now, cancellationToken);
        var network = RuleNetwork.OfCampaigns(rules);
        // Rules are functions of what was read: campaigns may think side by side, and only then act one after the other.
        var spoken = due.ConvertAll(d => (Evaluation: d, Snapshot: facts.Of(d.Campaign)))
            .AsParallel()
            .AsOrdered()
            .WithCancellation(cancellationToken)
            .Select(d => Spoken.Of(d.Evaluation, network, d.Snapshot))
            .ToList();
        var decisions = new List<Decision>();
        foreach (var one in spoken)
        {
            Lift(one.Evaluation.Campaign, rules, now);
            foreach (var verdict in one.Fired)
                decisions.AddRange(await ActAsync(one, verdict, now, cancellationToken));
        }
        decisions.AddRange(await KeepAsync(spoken, cancellationToken));
        return decisions;
    }

    internal async Task<List<Evaluation>> UndecidedAsync(IReadOnlyList<Evaluation> asked, CancellationToken cancellationToken)
    {
        var keys = asked.Select(e => e.Key).ToList();
        var decided = await db
            .EvaluationRecords.Where(r => keys.Contains(r.Evaluation))
            .Select(r => r.Evaluation)
            .ToListAsync(cancellationToken);
        return [.. asked.Where(e => !decided.Contains(e.Key))];
    }

    /// <summary>What one of these rules held, it holds again below if its reason still stands.</summary>
    private void Lift(Campaign campaign, IReadOnlyList<Rule> rules, DateTimeOffset now)
    {
        if (campaign.HeldBy?.StartsWith(HeldByRule, StringComparison.Ordinal) != true)
            return;
        var by = campaign.HeldBy[HeldByRule.Length..];
        // A rule that is gone holds nothing any more; one that does not speak this time keeps its hold.
        if (rules.All(r => r.Id != by) && InForce().Any(r => r.Id == by))
            return;
        db.Note(campaign.Id, now, by, new("Hold looked at again.", "重新检查暂停原因。"));
        campaign.HeldBy = null;
    }

    /// <summary>Each action of what fired is a decision of its own.</summary>
    internal async Task<IReadOnlyList<Decision>> ActAsync(
        Spoken spoken,
        Verdict verdict,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var decisions = new List<Decision>();
        foreach (var action in verdict.Actions)
        {
            var decision = spoken.Draft(verdict, action, decisions.Count);
            db.Decisions.Add(decision);
            await carryOut.HandleAsync(spoken.Evaluation.Campaign, verdict, decision, action, now, cancellationToken);
            decisions.Add(decision);
        }
        return decisions;
    }

    /// <summary>What was refused, and the records.</summary>
    internal async Task<IReadOnlyList<Decision>> KeepAsync(IReadOnlyList<Spoken> spoken, CancellationToken cancellationToken)
    {
        IReadOnlyList<Decision> refused = [.. spoken.SelectMany(s => s.Refused)];
        IReadOnlyList<EvaluationRecord> records = [.. spoken.Select(s => s.Record)];
        if (spoken.Count > 1)
        {
            await ManyRows.AddAsync(db, refused, cancellationToken);
            await ManyRows.AddAsync(db, records, cancellationToken);
        }
        else
        {
            db.Decisions.AddRange(refused);
            db.EvaluationRecords.AddRange(records);
        }
        return refused;
    }

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

    internal async Task RememberVersionsAsync(IReadOnlyList<Rule> rules, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var hashes = rules.Select(r => r.Hash).ToList();
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
