using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>What a rule would say about a campaign now.</summary>
/// <param name="Names">Channel names by code.</param>
/// <param name="LeftOut">Promotion days that the rule's windows leave out.</param>
public sealed record RuleTrial(
    Campaign Campaign,
    DateTimeOffset AsOf,
    IReadOnlyList<Verdict> Verdicts,
    IReadOnlyDictionary<string, string> Names,
    IReadOnlyList<Promotion> LeftOut
)
{
    public int Count(VerdictKind kind) => Verdicts.Count(v => v.Kind == kind);
}

/// <summary>Evaluates one rule on a campaign's numbers of this moment and keeps nothing of it: no decision, no version, no shift.</summary>
public sealed class TryRule(CampaignFlowDb db, CampaignSnapshot snapshots, TimeProvider clock)
{
    /// <returns>Null when there is no such campaign.</returns>
    public async Task<RuleTrial?> HandleAsync(Rule rule, string campaignCode, CancellationToken cancellationToken)
    {
        var campaign = await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == campaignCode, cancellationToken);
        if (campaign is null)
            return null;
        var snapshot = await snapshots.TakeAsync(campaign, clock.GetUtcNow(), cancellationToken);
        var verdicts = RuleEngine.Evaluate([rule], snapshot);
        return new(
            campaign,
            snapshot.Now,
            [.. verdicts.OrderBy(v => v.Kind)],
            snapshot.Channels.ToDictionary(c => c.Code, c => c.Name, StringComparer.Ordinal),
            rule.Guard.IgnorePromotions ? snapshot.Promotions : []
        );
    }
}
