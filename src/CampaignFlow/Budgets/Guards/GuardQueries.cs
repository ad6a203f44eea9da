using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets.Guards;

/// <summary>The strictest value of a guard and the setting it comes from.</summary>
public sealed record GuardInForce(Guard Guard, GuardValue Value, GuardSetting Setting);

/// <summary>What people set beside the rule files, and which of it holds.</summary>
public sealed class GuardQueries(CampaignFlowDb db)
{
    /// <summary>The guards that bind a campaign, and a rule in it; one entry a guard, the strictest.</summary>
    public async Task<IReadOnlyList<GuardInForce>> InForceAsync(Guid campaign, string? rule, CancellationToken cancellationToken)
    {
        var scopes = Scope.Binding(campaign, rule);
        return Strictest(await db.GuardSettings.AsNoTracking().Where(s => scopes.Contains(s.Scope)).ToListAsync(cancellationToken));
    }

    public static IReadOnlyList<GuardInForce> Strictest(IEnumerable<GuardSetting> settings)
    {
        var best = new Dictionary<string, GuardInForce>(StringComparer.Ordinal);
        foreach (var setting in settings.OrderBy(s => s.Scope, StringComparer.Ordinal))
        {
            if (Guard.Of(setting.Guard) is not { } guard || guard.Read(setting.Value, out _) is not { } value)
                continue; // a guard of another version of the product
            if (!best.TryGetValue(guard.Key, out var known) || guard.IsStricter(value, known.Value))
                best[guard.Key] = new(guard, value, setting);
        }
        return [.. Guard.All.Where(g => best.ContainsKey(g.Key)).Select(g => best[g.Key])];
    }

    /// <summary>All that is set anywhere, read once for whoever looks at many campaigns.</summary>
    public async Task<GuardBook> BookAsync(CancellationToken cancellationToken) =>
        new(
            await db.GuardSettings.AsNoTracking().ToListAsync(cancellationToken),
            await db.MoneyStops.AsNoTracking().Where(s => s.ReleasedAt == null).ToListAsync(cancellationToken)
        );

    /// <summary>The same for the engine: limits of all rules in the campaign, and of each rule that has its own; kill switches with it.</summary>
    public async Task<IReadOnlyDictionary<string, GuardLimits>> LimitsAsync(Campaign campaign, CancellationToken cancellationToken) =>
        (await BookAsync(cancellationToken)).Limits(campaign);
}
