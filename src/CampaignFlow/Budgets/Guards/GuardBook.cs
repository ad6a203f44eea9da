using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Budgets.Guards;

/// <summary>What people have set and stopped at one moment, for any campaign.</summary>
public sealed class GuardBook(IReadOnlyList<GuardSetting> settings, IReadOnlyList<MoneyStop> stops)
{
    /// <summary>The guards that bind all rules of a campaign; one entry a guard, the strictest.</summary>
    public IReadOnlyList<GuardInForce> InForce(Campaign campaign)
    {
        var scopes = Scope.Binding(campaign.Id, null);
        return GuardQueries.Strictest(settings.Where(s => scopes.Contains(s.Scope)));
    }

    /// <summary>Limits of all rules in the campaign, and of each rule that has its own; kill switches with it.</summary>
    public IReadOnlyDictionary<string, GuardLimits> Limits(Campaign campaign)
    {
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
            var set = Of(
                campaign,
                GuardQueries.Strictest(settings.Where(s => binds(s.Scope))),
                stops.Where(s => binds(s.Scope)).MinBy(s => s.At)
            );
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
