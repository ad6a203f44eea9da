using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
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

    /// <summary>The same for the engine: limits of all rules in the campaign, and of each rule that has its own; kill switches with it.</summary>
    public async Task<IReadOnlyDictionary<string, GuardLimits>> LimitsAsync(Campaign campaign, CancellationToken cancellationToken)
    {
        var settings = await db.GuardSettings.AsNoTracking().ToListAsync(cancellationToken);
        var stops = await db.MoneyStops.AsNoTracking().Where(s => s.ReleasedAt == null).ToListAsync(cancellationToken);
        var limits = new Dictionary<string, GuardLimits>(StringComparer.Ordinal);
        string[] wide = [Scope.Everything, Scope.Of(campaign)];
        Add(GuardLimits.AllRules, scope => wide.Contains(scope));
        foreach (
            var rule in settings
                .Select(s => s.Scope)
                .Concat(stops.Select(s => s.Scope))
                .Select(Scope.RuleIn)
                .OfType<string>()
                .Distinct(StringComparer.Ordinal)
        )
            Add(rule, scope => scope == Scope.OfRule(rule));
        return limits;

        void Add(string key, Func<string, bool> binds)
        {
            var set = Of(campaign, Strictest(settings.Where(s => binds(s.Scope))), stops.Where(s => binds(s.Scope)).MinBy(s => s.At));
            if (set != new GuardLimits())
                limits.Add(key, set);
        }
    }

    private static GuardLimits Of(Campaign campaign, IReadOnlyList<GuardInForce> inForce, MoneyStop? stop)
    {
        double? Number(string key) => inForce.FirstOrDefault(g => g.Guard.Key == key)?.Value.Number;
        var mode = inForce.FirstOrDefault(g => g.Guard.Key == Guard.Mode)?.Value;
        return new()
        {
            LeastConversions = Number(Guard.Sample),
            Certainty = Number(Guard.Certainty),
            IgnoreLastDays = (int?)Number(Guard.Maturity),
            CooldownDays = (int?)Number(Guard.Cooldown),
            ChangeAtMost = Number(Guard.Step),
            MoveAtMost = Number(Guard.DailyTotal),
            ChangesPerWeek = (int?)Number(Guard.Changes),
            Mode = mode?.Mode switch
            {
                "observe" => new Mode.Observe(),
                "ask" => new Mode.Ask(),
                "ask above" => new Mode.AskAbove(Money.FromUnits((decimal)mode.Value.Number, campaign.Currency).Minor),
                "auto" => new Mode.Auto(),
                _ => null,
            },
            Stopped = stop is null ? null : StopMoney.Sentence(stop),
        };
    }
}
