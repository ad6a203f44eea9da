using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Machine;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Rules;

/// <summary>What rules said of one campaign or portfolio, not yet acted upon.</summary>
/// <param name="Fired">To be carried out, in the order in which they spoke.</param>
/// <param name="Refused">What guards or other rules kept back.</param>
/// <param name="Record">Why and why not of all, and what it was decided on.</param>
public sealed record Spoken(
    Evaluation Evaluation,
    DateTimeOffset At,
    IReadOnlyList<Verdict> Fired,
    IReadOnlyList<Decision> Refused,
    EvaluationRecord Record
)
{
    public static Spoken Of(Evaluation evaluation, RuleNetwork network, Snapshot snapshot)
    {
        var verdicts = RuleEngine.Evaluate(network, snapshot);
        return Of(evaluation, RuleRecord.Of(network.Rules, snapshot), verdicts, verdicts);
    }

    /// <param name="told">The verdicts as they are put before people.</param>
    public static Spoken Of(Evaluation evaluation, RuleRecord record, IReadOnlyList<Verdict> verdicts, IReadOnlyList<Verdict> told)
    {
        var at = record.Snapshot.Now;
        return new(
            evaluation,
            at,
            [.. told.Where(v => v.Kind == VerdictKind.Fired)],
            [
                .. told.Where(v => v.Kind is VerdictKind.Blocked or VerdictKind.Lost)
                    .OrderBy(v => v.Kind)
                    // What was refused is told once, by its main action.
                    .Select(v => Draft(evaluation, at, v, KeyOf(evaluation, v), v.Actions is [var main, ..] ? main : null)),
            ],
            EvaluationRecord.Of(evaluation, record, verdicts, told)
        );
    }

    /// <param name="number">Of the action among those of its verdict.</param>
    public Decision Draft(Verdict verdict, RuleAction action, int number) =>
        Draft(Evaluation, At, verdict, $"{KeyOf(Evaluation, verdict)}:{number}", action);

    /// <summary>What asked for nothing, to be looked at beside decisions; its id is always the same.</summary>
    public static Decision Silent(Evaluation evaluation, DateTimeOffset at, Verdict verdict)
    {
        var key = KeyOf(evaluation, verdict);
        return Draft(evaluation, at, verdict, key, null, new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 16)));
    }

    private static string KeyOf(Evaluation evaluation, Verdict verdict)
    {
        var subject = string.Join(">", verdict.Subject.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value));
        return $"{evaluation.Campaign.Code}:{verdict.Rule}:{subject}:{evaluation.Key}";
    }

    private static Decision Draft(
        Evaluation evaluation,
        DateTimeOffset at,
        Verdict verdict,
        string key,
        RuleAction? action,
        Guid? id = null
    ) =>
        new()
        {
            Id = id ?? Guid.CreateVersion7(),
            CampaignId = evaluation.Campaign.Id,
            Key = key,
            Evaluation = evaluation.Key,
            Day = evaluation.Campaign.Today(at),
            At = at,
            FactsAsOf = at,
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
