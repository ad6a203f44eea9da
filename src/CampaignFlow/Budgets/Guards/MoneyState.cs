using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets.Guards;

/// <summary>What stops money now: switches that are thrown, and the campaign's breaker when it is open.</summary>
public sealed record MoneyState(IReadOnlyList<MoneyStop> Stops, DataBreaker? Breaker)
{
    public MoneyStop? At(string scope) => Stops.FirstOrDefault(s => s.Scope == scope);
}

/// <summary>One guard as a scope has it: what is set there, and what holds with everything above it.</summary>
public sealed record GuardLine(Guard Guard, GuardSetting? Here, GuardInForce? InForce);

public sealed class MoneyStateQueries(CampaignFlowDb db)
{
    /// <param name="campaign">Null: switches of everything and of rules only.</param>
    public async Task<MoneyState> FindAsync(Guid? campaign, string? rule, CancellationToken cancellationToken)
    {
        string[] scopes =
        [
            Scope.Everything,
            .. campaign is { } c ? [Scope.Of(c)] : Array.Empty<string>(),
            .. rule is null ? [] : new[] { Scope.OfRule(rule) },
        ];
        var stops = await db
            .MoneyStops.AsNoTracking()
            .Where(s => s.ReleasedAt == null && scopes.Contains(s.Scope))
            .OrderBy(s => s.At)
            .ToListAsync(cancellationToken);
        var breaker = campaign is { } id
            ? await db.DataBreakers.AsNoTracking().FirstOrDefaultAsync(b => b.CampaignId == id && b.ClosedAt == null, cancellationToken)
            : null;
        return new(stops, breaker);
    }

    /// <summary>All guards of a scope, with what binds there from wider ones.</summary>
    public async Task<IReadOnlyList<GuardLine>> GuardsAsync(string scope, CancellationToken cancellationToken)
    {
        var settings = await db
            .GuardSettings.AsNoTracking()
            .Where(s => s.Scope == scope || s.Scope == Scope.Everything)
            .ToListAsync(cancellationToken);
        var inForce = GuardQueries.Strictest(settings).ToDictionary(g => g.Guard.Key);
        return
        [
            .. Guard.All.Select(g => new GuardLine(
                g,
                settings.Find(s => s.Scope == scope && s.Guard == g.Key),
                inForce.GetValueOrDefault(g.Key)
            )),
        ];
    }

    /// <summary>Every switch that is thrown and every scope with guards of its own, by the names people know.</summary>
    public async Task<(IReadOnlyList<MoneyStop> Stops, IReadOnlyList<(string Scope, string Name, int Guards)> Scopes)> OverviewAsync(
        CancellationToken cancellationToken
    )
    {
        var stops = await db.MoneyStops.AsNoTracking().Where(s => s.ReleasedAt == null).OrderBy(s => s.At).ToListAsync(cancellationToken);
        var counts = await db
            .GuardSettings.AsNoTracking()
            .Where(s => s.Scope != Scope.Everything)
            .GroupBy(s => s.Scope)
            .Select(g => new { g.Key, Count = g.Count() })
            .ToListAsync(cancellationToken);
        var campaigns = await db
            .Campaigns.AsNoTracking()
            .Where(c => c.State != CampaignState.Archived && c.State != CampaignState.Cancelled)
            .OrderBy(c => c.Name)
            .ToListAsync(cancellationToken);
        return (
            stops,
            [
                .. campaigns.Select(c => (Scope.Of(c), c.Name, counts.Find(n => n.Key == Scope.Of(c))?.Count ?? 0)),
                .. counts.Where(n => Scope.RuleIn(n.Key) is not null).Select(n => (n.Key, Scope.RuleIn(n.Key)!, n.Count)),
            ]
        );
    }
}
