using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>An evaluation that was repeated.</summary>
/// <param name="Verdicts">What the rules say, in canonical bytes.</param>
/// <param name="Same">They say the same bytes as then; null when only the record is at hand.</param>
/// <param name="Record">What it was repeated from.</param>
public sealed record Rerun(string Verdicts, bool? Same, string Record);

/// <summary>Repeats the evaluation behind a decision from its record; changes nothing and looks at nothing else.</summary>
public sealed class RerunDecision(CampaignFlowDb db)
{
    /// <param name="asked">Id of a decision, or key of an evaluation.</param>
    /// <returns>The repetition, or why there is none.</returns>
    public async Task<(Rerun? Rerun, Phrase? Refusal)> HandleAsync(string asked, CancellationToken cancellationToken)
    {
        var evaluation = Guid.TryParse(asked, out var id)
            ? await db.Decisions.Where(d => d.Id == id).Select(d => d.Evaluation).SingleOrDefaultAsync(cancellationToken)
            : asked;
        var record = await db.EvaluationRecords.AsNoTracking().SingleOrDefaultAsync(r => r.Evaluation == evaluation, cancellationToken);
        return record is null
            ? (null, new($"there is no record of a decision or evaluation '{asked}'", $"没有决策或评估“{asked}”的记录"))
            : Of(record.Json(), record.VerdictsHash);
    }

    /// <param name="hash">Of what was said then.</param>
    public static (Rerun? Rerun, Phrase? Refusal) Of(string json, string? hash = null)
    {
        var (record, refusal) = RuleRecord.Read(json);
        if (record is null)
            return (null, refusal);
        var verdicts = record.Verdicts();
        return (new(verdicts, hash is null ? null : EvaluationRecord.HashOf(verdicts) == hash, json), null);
    }
}
