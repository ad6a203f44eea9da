using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;
using CampaignFlow.Storage;

namespace CampaignFlow.Rules.Lab;

/// <summary>Backtests and analyses one text and keeps the result, whatever it says.</summary>
public sealed class ProveRule(CampaignFlowDb db, LabQueries lab, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <returns>The proof, or why there is none.</returns>
    public async Task<(RuleProof? Proof, Phrase? Refusal)> HandleAsync(
        Rule rule,
        History history,
        string source,
        string by,
        CancellationToken cancellationToken
    )
    {
        var others = lab.HashOfOthers(rule.Id);
        var inForce = lab.InForce();
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Longest);
        LabReport report;
        try
        {
            report = await Task.Run(() => RuleLab.Examine(rule, inForce, history, bounded.Token), cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, new("The backtest took more than two minutes: choose a shorter history.", "回测超过两分钟：请选择较短的历史。"));
        }
        var proof = new RuleProof
        {
            Rule = rule.Id,
            Hash = rule.Hash,
            OthersHash = others,
            Source = source,
            At = clock.GetUtcNow(),
            By = by,
            MayPublish = report.MayPublish,
            Report = ProofReport.Of(report, history).Write(),
        };
        db.RuleProofs.Add(proof);
        await db.SaveChangesAsync(cancellationToken);
        return (proof, null);
    }
}
