using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Machine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>
/// Runs rules about portfolios: all campaigns of one owner in one currency, seen as one. A decision stands in the books of the first of
/// them by code and says whose portfolio it is about.
/// </summary>
public sealed class EvaluatePortfolios(CampaignFlowDb db, CampaignSnapshot snapshots, EvaluateCampaign evaluate)
{
    /// <param name="due">The day a campaign's clock is at, once the hour of the daily check has come; null before.</param>
    public async Task<IReadOnlyList<Decision>> HandleAsync(
        IReadOnlyList<Campaign> campaigns,
        Func<Campaign, DateOnly?> due,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var network = RuleNetwork.OfPortfolios(evaluate.InForce());
        if (network.Rules.Count == 0 || campaigns.Count == 0)
            return [];
        var byCode = campaigns.ToDictionary(c => c.Code, StringComparer.Ordinal);
        var facts = await snapshots.GatherAsync(campaigns, now, cancellationToken);
        var portfolios = Portfolio
            .Split(campaigns.Select(facts.Of))
            .Select(p => (Portfolio: p, First: byCode[p.Campaigns[0].Campaign]))
            .Select(p => (p.Portfolio, p.First, Day: due(p.First)))
            .Where(p => p.Day is not null)
            .ToDictionary(p => $"portfolio:{p.Portfolio.Owner}:{p.Portfolio.Currency}:{p.Day:yyyyMMdd}", StringComparer.Ordinal);
        var open = await evaluate.UndecidedAsync([.. portfolios.Select(p => new Evaluation(p.Value.First, p.Key))], cancellationToken);
        if (open.Count == 0)
            return [];
        await evaluate.RememberVersionsAsync(network.Rules, now, cancellationToken);
        var names = await OwnersAsync(open.ConvertAll(e => e.Campaign.OwnerId), cancellationToken);
        var spoken = open.ConvertAll(e => Look(e, portfolios[e.Key].Portfolio, network, names));
        var decisions = new List<Decision>();
        foreach (var one in spoken)
        foreach (var verdict in one.Fired)
            decisions.AddRange(await evaluate.ActAsync(one, verdict, now, cancellationToken));
        decisions.AddRange(await evaluate.KeepAsync(spoken, cancellationToken));
        return decisions;
    }

    private static Spoken Look(Evaluation evaluation, Portfolio portfolio, RuleNetwork network, Dictionary<Guid, string> names)
    {
        var snapshot = portfolio.AsOne();
        var owner = evaluation.Campaign.OwnerId is { } id ? names.GetValueOrDefault(id) : null;
        var (count, currency) = (portfolio.Campaigns.Count, portfolio.Currency);
        var verdicts = RuleEngine.Evaluate(network, snapshot);
        var told = verdicts.Select(v =>
            v with
            {
                Why = new(
                    $"Portfolio of {owner ?? "nobody"}, {count} campaigns in {currency}: {v.Why.En}",
                    $"{owner ?? "无负责人"}的活动组合（{count} 个，{currency}）：{v.Why.Zh}"
                ),
            }
        );
        return Spoken.Of(evaluation, RuleRecord.Of(network.Rules, snapshot), verdicts, [.. told]);
    }

    private async Task<Dictionary<Guid, string>> OwnersAsync(List<Guid?> owners, CancellationToken cancellationToken)
    {
        var ids = owners.OfType<Guid>().ToList();
        return await db.People.Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.DisplayName, cancellationToken);
    }
}
