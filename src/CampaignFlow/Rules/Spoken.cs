using System.Text.Json;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Machine;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Rules;

/// <summary>What rules said of one campaign or portfolio, not yet acted upon.</summary>
/// <param name="Fired">To be carried out, in the order in which they spoke.</param>
/// <param name="Silent">Why and why not of all others.</param>
public sealed record Spoken(
    Evaluation Evaluation,
    Snapshot Snapshot,
    IReadOnlyList<Verdict> Fired,
    IReadOnlyList<Decision> Silent,
    EvaluationRecord Record
)
{
    public static Spoken Of(Evaluation evaluation, RuleNetwork network, Snapshot snapshot) =>
        Of(evaluation, RuleRecord.Of(network.Rules, snapshot), RuleEngine.Evaluate(network, snapshot), why => why);

    /// <param name="tell">How reasons are put before people.</param>
    public static Spoken Of(Evaluation evaluation, RuleRecord record, IReadOnlyList<Verdict> verdicts, Func<Phrase, Phrase> tell)
    {
        var snapshot = record.Snapshot;
        var said = RuleRecord.VerdictsOf(verdicts);
        verdicts = [.. verdicts.Select(v => v with { Why = tell(v.Why) })];
        return new(
            evaluation,
            snapshot,
            [.. verdicts.Where(v => v.Kind == VerdictKind.Fired)],
            [
                .. verdicts
                    .Where(v => v.Kind != VerdictKind.Fired)
                    .OrderBy(v => v.Kind)
                    // What was refused is told once, by its main action.
                    .Select(v => Draft(evaluation, snapshot, v, KeyOf(evaluation, v), v.Actions is [var main, ..] ? main : null)),
            ],
            EvaluationRecord.Of(evaluation, record, said, snapshot.Now)
        );
    }

    /// <param name="number">Of the action among those of its verdict.</param>
    public Decision Draft(Verdict verdict, RuleAction action, int number) =>
        Draft(Evaluation, Snapshot, verdict, $"{KeyOf(Evaluation, verdict)}:{number}", action);

    private static string KeyOf(Evaluation evaluation, Verdict verdict)
    {
        var subject = string.Join(">", verdict.Subject.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value));
        return $"{evaluation.Campaign.Code}:{verdict.Rule}:{subject}:{evaluation.Key}";
    }

    private static Decision Draft(Evaluation evaluation, Snapshot snapshot, Verdict verdict, string key, RuleAction? action) =>
        new()
        {
            CampaignId = evaluation.Campaign.Id,
            Key = key,
            Evaluation = evaluation.Key,
            Day = snapshot.Today,
            At = snapshot.Now,
            FactsAsOf = snapshot.Now,
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

    private static string NameOf(RuleAction action) => action.GetType().Name.ToLowerInvariant();
}
